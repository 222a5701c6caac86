import type { Locale } from './locales.ts';

/** Paths that outsiders use are stable; this is the one place where they are put together. */
export const paths = {
  home: (locale: Locale) => `/${locale}`,
  petition: (locale: Locale, slug: string) => `/${locale}/petitions/${slug}`,
  sign: (locale: Locale, slug: string) => `/${locale}/petitions/${slug}/signatures`,
  lostLink: (locale: Locale, slug: string) => `/${locale}/petitions/${slug}/links`,
  packs: (locale: Locale, slug: string) => `/${locale}/petitions/${slug}/packs`,
  packFile: (locale: Locale, slug: string, file: string) => `/${locale}/petitions/${slug}/packs/${file}`,
  /** `at`: the domain of the address; `slug`: the petition to go back to */
  checkYourEmail: (locale: Locale, more: { at?: string | undefined; slug?: string | undefined } = {}) => {
    const query = new URLSearchParams({
      ...(more.at && { at: more.at }),
      ...(more.slug && { petition: more.slug }),
    }).toString();
    return `/${locale}/check-your-email${query && `?${query}`}`;
  },
  confirm: (locale: Locale, token: string) => `/${locale}/confirm/${token}`,
  signed: (locale: Locale, token: string) => `/${locale}/signed/${token}`,
  signedAlso: (locale: Locale, token: string) => `/${locale}/signed/${token}/also`,
  mySignature: (locale: Locale, token: string) => `/${locale}/my-signature/${token}`,
  myWords: (locale: Locale, token: string) => `/${locale}/my-words/${token}`,
  byHand: (locale: Locale, slug: string) => `/${locale}/petitions/${slug}/by-hand`,
  byHandLetter: (locale: Locale, slug: string, officeId: string) =>
    `/${locale}/petitions/${slug}/by-hand/${officeId}`,
  notMe: (locale: Locale, token: string) => `/${locale}/not-me/${token}`,
  unsubscribe: (locale: Locale, token: string) => `/${locale}/unsubscribe/${token}`,
  offices: (locale: Locale) => `/${locale}/offices`,
  office: (locale: Locale, slug: string) => `/${locale}/offices/${slug}`,
  demands: (locale: Locale, slug: string) => `/${locale}/petitions/${slug}/demands`,
  updates: (locale: Locale, slug: string) => `/${locale}/petitions/${slug}/updates`,
  checkMessage: (locale: Locale) => `/${locale}/check-message`,
  answer: (locale: Locale, token: string) => `/${locale}/answer/${token}`,
  draft: (locale: Locale, token: string) => `/${locale}/draft/${token}`,
  privacy: (locale: Locale) => `/${locale}/privacy`,
  corrections: (locale: Locale) => `/${locale}/corrections`,
} as const;

/** Pages whose address holds a sealed link. */
export const PRIVATE_PAGES = [
  'confirm',
  'signed',
  'my-signature',
  'my-words',
  'not-me',
  'unsubscribe',
  'answer',
  'draft',
] as const;
/** What may follow the sealed link, by page. */
export const SUB_PAGES: Readonly<Record<string, readonly string[]>> = {
  signed: ['also'],
  'my-signature': ['download', 'withdraw', 'also'],
  'my-words': ['preview'],
  'not-me': ['undo'],
};

/** Full addresses for mail and share links. */
export function absoluteUrl(publicUrl: string, path: string): string {
  return `${publicUrl}${path}`;
}
