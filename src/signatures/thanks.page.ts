import type { Infra } from '../infra.ts';
import type { Locale } from '../lib/locales.ts';
import { paths } from '../lib/urls.ts';
import { isOpen, phaseOf } from '../petitions/petition.ts';
import { type AlsoService, isStillThanks } from './also.service.ts';
import type { LinkReader } from './linked.service.ts';
import type { SignedViews } from './signed.view.ts';

/**
 * The page of thanks, drawn for two: the press that confirmed is answered with it, so that nobody on a weak signal waits
 * for one request more; and its own address shows it, as long as it is not a page that was passed on.
 */
export function createThanksPage(
  deps: Pick<Infra, 'translator' | 'clock'> & {
    reader: LinkReader;
    also: Pick<AlsoService, 'listOthers'>;
    getTotal(petitionId: string): Promise<number>;
    views: SignedViews;
  },
) {
  const { reader, also, getTotal, views, translator, clock } = deps;

  /**
   * `pressed` is given to the press alone: `wordsPath`, the way to one's own words, is in nothing that can be passed on.
   * @throws LINK_INVALID, LINK_EXPIRED
   */
  return async function drawThanks(locale: Locale, token: string, pressed?: { wordsPath?: string }) {
    const { petition, signature, link } = await reader.followLive('signed', token);
    const now = clock.now();
    const path = paths.signed(locale, token);
    // Whoever pressed the button has seen it by then: from now on it is a page that was passed on.
    if (!isStillThanks(link, now)) {
      const count = await getTotal(petition._id);
      const { titleKey, view } = views.invitationView(petition, count, locale, isOpen(petition, now));
      return { page: 'told', frame: { title: translator.t(locale, titleKey), path }, view };
    }
    const [count, { open }] = await Promise.all([
      getTotal(petition._id),
      also.listOthers(link.emailKey, petition._id),
    ]);
    const view = views.signedView({
      petition,
      signature,
      count,
      locale,
      alsoAction: paths.signedAlso(locale, token),
      others: open,
      isClosed: phaseOf(petition, now) === 'closed',
      ...(pressed && { pressed: { ...pressed, ownPath: path } }),
    });
    const waits = view.place === undefined && !pressed && { refreshSeconds: 2 };
    const frame = { title: translator.t(locale, 'signed.title'), path, ...waits };
    return { page: 'signed', frame, view };
  };
}
export type DrawThanks = ReturnType<typeof createThanksPage>;
