import type { OfficeAnswerService } from '../answers/office-answer.service.ts';
import type { CampaignService } from '../campaign/campaign.service.ts';
import type { Config } from '../config.ts';
import type { DeliveryStore } from '../deliveries/delivery.store.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import type { Composition, Compositions } from '../deliveries/rendered.ts';
import type { Infra } from '../infra.ts';
import { AppError } from '../lib/errors.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import type { OfficeCalendar } from '../offices/calendar.ts';
import { holderOn, type Office } from '../offices/office.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { WordsService } from '../words/words.service.ts';
import type { DigestMail } from './digest.mail.ts';
import { renderDigestPdf } from './digest.pdf.ts';
import type { DigestContentService } from './digest.service.ts';
import type { Digest } from './digest.ts';
import type { LetterMail } from './letter.mail.ts';
import type { OfficeMailInput } from './office-mail.ts';

type Common = OfficeMailInput & { delivery: Delivery };

/** Writes a digest or a letter from the data of this moment; keeps nothing. */
export function createCompositions(
  deps: Pick<Infra, 'clock' | 'translator'> &
    Pick<Config, 'publicUrl'> &
    Pick<CampaignService, 'getCampaign'> &
    Pick<PetitionService, 'getPetition'> &
    Pick<WordsService, 'getLetterWriter'> &
    Pick<DeliveryStore, 'findRootMessageId'> & {
      calendar: Pick<OfficeCalendar, 'dayOf'>;
      content: Pick<DigestContentService, 'collect'>;
      digestMail: DigestMail;
      letterMail: LetterMail;
      mintAnswerToken: OfficeAnswerService['mint'];
    },
) {
  const { content, digestMail, letterMail, getCampaign, getPetition, getLetterWriter } = deps;
  const { mintAnswerToken, calendar, translator, publicUrl, clock } = deps;

  /** Null when nobody may be quoted any more in what is a letter. @throws LEDGER_BROKEN */
  async function compose(delivery: Delivery, office: Office, to: string): Promise<Composition | null> {
    const { takenDown } = await getPetition(delivery.petitionId);
    if (takenDown) throw new AppError('PETITION_TAKEN_DOWN', { message: 'The petition was taken down.' });
    const common = {
      delivery,
      to,
      campaign: await getCampaign(),
      date: clock.now(),
      rootMessageId: await deps.findRootMessageId(delivery.petitionId, office._id),
      addressee: addresseeOf(office),
      answerUrl: absoluteUrl(publicUrl, paths.answer(office.language, await mintAnswerToken(delivery))),
    };
    if (delivery.kind === 'letter') return composeLetter(common, office);
    const { digest, ...rest } = await content.collect(delivery, office);
    const message = await digestMail.composeDigest({ ...common, digest });
    const about = { ...rest, ...(digest.closedOn && { isClosing: true as const }) };
    if (!delivery.withPdf) return { message, ...about };
    return { message: { ...message, attachments: [await attachPdf(digest, common)] }, ...about };
  }

  /** Never a past holder: whoever holds it on the day of the letter, in the office's own zone. */
  function addresseeOf(office: Office): string {
    const { language, name } = office;
    const holder = holderOn(office, calendar.dayOf(office, clock.now()));
    if (!holder) return name[language];
    const title = holder.title[language];
    return translator.t(language, 'letter.addressee', { title, name: holder.name, office: name[language] });
  }

  async function attachPdf(digest: Digest, { delivery, campaign, date }: Common) {
    const petitionUrl = absoluteUrl(publicUrl, paths.petition(digest.locale, delivery.petitionId));
    const themes = digest.themes.map(({ numbers, ...theme }) => ({ ...theme, quotes: numbers }));
    const voices = { themes, ungrouped: digest.ungrouped };
    return {
      filename: `${delivery.petitionId}-${delivery.n}.pdf`,
      contentType: 'application/pdf',
      content: await renderDigestPdf(digest, { translator, date, petitionUrl, campaign, voices }),
    };
  }

  async function composeLetter(common: Common, office: Office): Promise<Composition | null> {
    const { petitionId, quotes } = common.delivery;
    const [quote] = quotes;
    const writer = quote && (await getLetterWriter(quote.ref, office._id));
    if (!writer) return null;
    const petition = await getPetition(petitionId);
    const message = await letterMail.composeLetter({
      ...common,
      writer,
      number: quote.number,
      petition,
      office,
    });
    return { message, quotes, texts: [writer], places: {} };
  }

  return { compose } satisfies Compositions;
}
