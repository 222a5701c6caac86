import { isLocale, LOCALES, type Locale } from '../lib/locales.ts';
import { SHOW_AGAIN, type TypedValues } from '../lib/typed.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';

/** Who runs the site, as every page says it. */
export type Who = {
  siteName: string;
  isTrial: boolean;
  legalName?: string;
  postalAddress?: string;
  contactEmail?: string;
};

/** What the layout of every page needs. */
export type PageFrame = Who & {
  locale: Locale;
  title: string;
  description: string;
  publicUrl: string;
  canonical: string;
  alternates: { hreflang: string; href: string }[];
  ogLocale: string;
  /** a file of `public/` */
  shareImage: string;
  switchHref: string;
  switchLocale: Locale;
  /** where the language switch posts what was typed, and the fields that it posts; then it is a button and not a link */
  carryAction?: string;
  carried?: { name: string; value: string }[];
  homePath: string;
  privacyPath: string;
  correctionsPath: string;
  officesPath: string;
  checkMessagePath: string;
  isPrivate: boolean;
  refreshSeconds?: number;
  /** without the fragment that the browser brought along: with it, to load again would be to stay */
  refreshPath?: string;
};

/** A form that is shown as it was typed, and where it is sent to. */
export type Typed = { action: string; values: TypedValues };

const KEPT: ReadonlySet<string> = new Set(['source', 'at', 'petition']);

const OG_LOCALE: Record<Locale, string> = { en: 'en_US', es: 'es_MX' };

/**
 * `path` is the whole path with its locale; the language switch changes that and keeps the page, and of a
 * query the parts that a supporter brings along: where they came from, and where their mail was sent from which petition.
 * A private page (behind a sealed link) names no address of its own to anybody.
 */
export function pageFrame(options: {
  locale: Locale;
  path: string;
  title: string;
  description: string;
  publicUrl: string;
  who: Who;
  isPrivate?: boolean;
  refreshSeconds?: number;
  typed?: Typed;
}): PageFrame {
  const { locale, publicUrl, who, isPrivate = false, refreshSeconds, typed } = options;
  const [path = '', query] = options.path.split('?', 2);
  const kept = new URLSearchParams(
    [...new URLSearchParams(query)].filter(([name]) => KEPT.has(name)),
  ).toString();
  // A page that is in no language, such as the local mailbox, leads to the front page of the other.
  const hasLocale = isLocale(path.split('/', 2)[1]);
  const toLocale = (other: Locale, from: string) => from.replace(/^\/[^/]+/, `/${other}`);
  const inLocale = (other: Locale) => (hasLocale ? toLocale(other, path) : paths.home(other));
  const switchLocale: Locale = locale === 'en' ? 'es' : 'en';
  return {
    locale,
    title: options.title,
    description: options.description,
    publicUrl,
    canonical: absoluteUrl(publicUrl, path),
    // Without a country: they are for everybody who reads Spanish, wherever they are.
    alternates: [
      ...LOCALES.map((other) => ({
        hreflang: other as string,
        href: absoluteUrl(publicUrl, inLocale(other)),
      })),
      { hreflang: 'x-default', href: absoluteUrl(publicUrl, inLocale('en')) },
    ],
    ogLocale: OG_LOCALE[locale],
    shareImage: `share.${locale}.jpg`,
    switchHref: inLocale(switchLocale) + (kept && `?${kept}`),
    switchLocale,
    ...(typed && { carryAction: toLocale(switchLocale, typed.action), carried: carriedFields(typed) }),
    homePath: paths.home(locale),
    privacyPath: paths.privacy(locale),
    correctionsPath: paths.corrections(locale),
    officesPath: paths.offices(locale),
    checkMessagePath: paths.checkMessage(locale),
    ...who,
    isPrivate,
    ...(refreshSeconds && { refreshSeconds, refreshPath: path }),
  };
}

function carriedFields({ values }: Typed): { name: string; value: string }[] {
  const fields = Object.entries(values).filter(([name]) => name !== SHOW_AGAIN.name);
  return [...fields.map(([name, value]) => ({ name, value })), SHOW_AGAIN];
}
