import { LOCALES } from '../lib/locales.ts';
import { PRIVATE_PAGES, SUB_PAGES } from '../lib/urls.ts';

const PRIVATE_URL = new RegExp(
  `^/(${LOCALES.join('|')})/(${PRIVATE_PAGES.join('|')})/+([^?]*)(\\?.*)?$`,
  's',
);

/**
 * The address of a page behind a sealed link without what a mail program put before or behind the token: a bracket, a quote,
 * a blank, `&amp;utm_source=x`, remains of quoted-printable, a percent sign that stands alone. Any other address as it is.
 */
export function readableUrl(url: string): string {
  const [, locale, page = '', rest = '', query = ''] = PRIVATE_URL.exec(url) ?? [];
  const [, token, behind = ''] = /^[^\w-]*([\w-]+)(.*)$/s.exec(decodeToken(rest)) ?? [];
  if (!locale || !token) return url;
  const sub = /^[^\w/-]*\/+([a-z]+)(?![\w-])/.exec(behind)?.[1] ?? '';
  const isKnown = SUB_PAGES[page]?.includes(sub);
  return `/${locale}/${page}/${token}${isKnown ? `/${sub}` : ''}${query}`;
}

/** Percent signs that stand for a character of a token, or for a slash; all others are blanks to us. */
function decodeToken(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w/-]/.test(character) ? character : ' ';
  });
}

/**
 * The path of a public page without what stands behind its last letter or digit, with its query; undefined when nothing
 * does. The paths of this site hold letters, digits, dots, dashes and slashes, and end in a letter or a digit.
 */
export function withoutTail(url: string): string | undefined {
  const [path = '', query] = url.split(/\?(.*)/s, 2);
  const clean = (/^[\w./-]*/.exec(path)?.[0] ?? '')
    .replace(/\/{2,}/g, '/')
    .replace(/(?:(?<![.-])[.-]+|(?<!_)_)$/, '');
  // What has nothing left between its last slash and its end named nothing.
  if (clean === '' || clean.endsWith('/') || clean === path) return undefined;
  return query === undefined ? clean : `${clean}?${query}`;
}
