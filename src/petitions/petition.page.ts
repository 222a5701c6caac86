import type { CampaignService } from '../campaign/campaign.service.ts';
import type { Infra } from '../infra.ts';
import type { Locale } from '../lib/locales.ts';
import type { TypedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { Drawn } from '../web/pages.ts';
import { type Catalog, type Petition, petitionText } from './petition.ts';
import { petitionView } from './petition.view.ts';
import type { ShownTally } from './shown-tally.ts';
import { toSource } from './source.ts';

/** `isSent`: it came with a POST, so that it must come back as it was typed. */
export type SignAttempt = {
  values: TypedValues;
  errors?: Record<string, string>;
  problem?: string;
  isSent?: boolean;
};

/** Of the room that takes signatures: the form as the template shows it. */
type FirstForm = (input: {
  locale: Locale;
  action: string;
  submit: string;
  values: TypedValues;
  errors: Readonly<Record<string, string>>;
  problem?: string;
  isFirst: true;
}) => object;

/** The petition's page with its form, empty or as it was typed. */
export function createPetitionPage(
  deps: Pick<Infra, 'translator' | 'clock'> &
    Pick<OfficesRoom, 'listKnownOffices'> &
    Pick<CampaignService, 'getZone'> & {
      formView: FirstForm;
      getCatalog(): Promise<Catalog>;
      /** of the room that tells its news: what of it stands on the page */
      drawNews(petitionId: string, reader: { locale: Locale; zone: string }): Promise<object>;
      getTally(petitionId: string): Promise<ShownTally | null>;
    },
) {
  const { translator, formView, getCatalog, listKnownOffices, getTally, getZone, drawNews, clock } = deps;

  async function draw(petition: Petition, locale: Locale, attempt?: SignAttempt): Promise<Drawn> {
    // A form that comes back with what was typed is worth more than a fresh count.
    const tallied = getTally(petition._id).catch((error) => {
      if (attempt) return null;
      throw error;
    });
    const [tally, offices, zone, catalog] = await Promise.all([
      tallied,
      listKnownOffices(),
      getZone(),
      getCatalog(),
    ]);
    const news = await drawNews(petition._id, { locale, zone });
    const { title, summary } = petitionText(petition, locale);
    const view = petitionView({
      petition,
      catalog,
      offices,
      count: tally?.total ?? 0,
      published: tally?.published,
      locale,
      zone,
      now: clock.now(),
    });
    const form = formView({
      locale,
      action: paths.sign(locale, petition._id),
      submit: translator.t(locale, 'form.sign'),
      values: attempt?.values ?? {},
      errors: attempt?.errors ?? {},
      ...(attempt?.problem && { problem: attempt.problem }),
      isFirst: true,
    });
    const source = toSource(attempt?.values.source);
    const path = paths.petition(locale, petition._id) + (source === 'direct' ? '' : `?source=${source}`);
    const typed = attempt?.isSent && {
      typed: { action: paths.sign(locale, petition._id), values: attempt.values },
    };
    const frame = { locale, path, title: titleOf(title, locale, attempt), description: summary, ...typed };
    return { page: 'petition', frame, view: { ...view, news, form } };
  }

  /** The title is what a screen reader says first: a form that came back says so there. */
  function titleOf(title: string, locale: Locale, attempt?: SignAttempt): string {
    const isFaulty = attempt?.errors !== undefined || attempt?.problem !== undefined;
    return isFaulty ? translator.t(locale, 'form.faultyTitle', { title }) : title;
  }

  return { draw };
}
export type PetitionPage = ReturnType<typeof createPetitionPage>;
