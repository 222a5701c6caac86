import { formatDate } from '../lib/format.ts';
import type { Locale } from '../lib/locales.ts';
import { paths } from '../lib/urls.ts';
import { type PublishedUpdate, paragraphsOf, type Update } from './update.ts';

/** A piece with `href` is an address that can be followed. */
type Piece = { text: string; href?: string };
export type UpdateView = {
  /** the fragment of its page that mails lead to */
  id: string;
  title: string;
  on: string;
  /** for `datetime` */
  at: string;
  paragraphs: { pieces: Piece[] }[];
};
/** The last ones, and where all of them are when there are more. */
export type TimelineView = { updates: UpdateView[]; allPath?: string };

const SHOWN = 3;
const ADDRESS = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)'»”])/;

export function updateView(update: Update, locale: Locale, zone: string, on: Date): UpdateView {
  const { title, body } = update.texts[locale];
  return {
    id: `update-${update._id}`,
    title,
    on: formatDate(on, locale, zone),
    at: on.toISOString(),
    paragraphs: paragraphsOf(body).map((paragraph) => ({ pieces: piecesOf(paragraph) })),
  };
}

export function timelineView(
  published: readonly PublishedUpdate[],
  petitionId: string,
  { locale, zone, limit = SHOWN }: { locale: Locale; zone: string; limit?: number },
): TimelineView {
  return {
    updates: published.slice(0, limit).map((update) => updateView(update, locale, zone, update.approved.at)),
    ...(published.length > limit && { allPath: paths.updates(locale, petitionId) }),
  };
}

function piecesOf(paragraph: string): Piece[] {
  return paragraph
    .split(ADDRESS)
    .filter((text) => text !== '')
    .map((text) => (ADDRESS.test(text) && URL.canParse(text) ? { text, href: text } : { text }));
}
