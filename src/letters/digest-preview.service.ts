import type { CampaignService } from '../campaign/campaign.service.ts';
import { isCampaignComplete, siteNameOf } from '../campaign/campaign.ts';
import type { Infra } from '../infra.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import type { RenderMail } from '../mail/mail.ts';
import type { Office } from '../offices/office.ts';
import type { Catalog, Petition } from '../petitions/petition.ts';
import { prepareDigest } from './digest.ts';

/** The first digest of a petition as an office would read it, before anybody has signed; its answer link leads nowhere. */
export function createDigestPreview(
  deps: Pick<Infra, 'translator' | 'clock'> &
    Pick<CampaignService, 'getCampaign'> & {
      renderLetter: RenderMail;
      publicUrl: string;
      getCatalog(): Promise<Catalog>;
    },
) {
  const { translator, clock, getCampaign, getCatalog, renderLetter, publicUrl } = deps;

  return async (petition: Petition, office: Office): Promise<{ subject: string; text: string }> => {
    const locale = office.language;
    const campaign = await getCampaign();
    const digest = prepareDigest({
      petition,
      office,
      catalog: await getCatalog(),
      isFirst: true,
      interval: { added: 0, removed: 0, total: 0, late: 0 },
      head: { seq: 0, hash: '', at: clock.now() },
      places: {},
      quotes: [],
      voices: { themes: [], quotes: [], ungrouped: 0 },
    });
    const { subject, text } = await renderLetter('digest', locale, {
      ...digest,
      ...(isCampaignComplete(campaign) && campaign),
      siteName: siteNameOf(campaign, translator, locale),
      petitionUrl: absoluteUrl(publicUrl, paths.petition(locale, petition._id)),
      addressee: office.name[locale],
      answerUrl: absoluteUrl(publicUrl, paths.answer(locale, '…')),
    });
    return { subject, text };
  };
}
export type DigestPreview = ReturnType<typeof createDigestPreview>;
