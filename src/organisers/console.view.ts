import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { ACCESS, mayDo } from './access.ts';
import { HOME, type Visit } from './visit.ts';

/** What the layout of every page of the console needs. */
export type ConsoleFrame = {
  locale: Locale;
  title: string;
  /** carried by every form */
  token: string;
  home: string;
  nav: { href: string; label: string; isCurrent: boolean }[];
  me?: { name: string; role: string };
  switchLocale: Locale;
  /** where the language switch comes back to */
  here: string;
};

/** Pages that the bar names, in its order: below /organise, and the key of the name. */
const NAV = [
  ['/', 'today'],
  ['/tracking', 'tracking'],
  ['/words', 'words'],
  ['/petitions', 'petitions'],
  ['/facts', 'facts'],
  ['/deliveries', 'deliveries'],
  ['/answers', 'answers'],
  ['/offices', 'offices'],
  ['/signatures', 'signatures'],
  ['/packs', 'packs'],
  ['/updates', 'updates'],
  ['/exports', 'exports'],
  ['/campaign', 'campaign'],
  ['/people', 'people'],
  ['/audit', 'audit'],
  ['/roles', 'roles'],
  ['/account', 'account'],
] as const;

export function consoleFrame(
  translator: Pick<Translator, 't'>,
  visit: Visit,
  { title, token, path }: { title: string; token: string; path: string },
): ConsoleFrame {
  const { locale, session, me } = visit;
  const isIn = session?.stage === 'full' && me !== undefined;
  const [here = HOME] = path.split('?', 1);
  const seen = isIn
    ? NAV.filter(([page]) => mayDo(me.role, ACCESS[`GET ${page}`] ?? { to: [], what: 'own' }))
    : [];
  return {
    locale,
    title,
    token,
    home: HOME,
    nav: seen.map(([page, key]) => {
      const href = page === '/' ? HOME : HOME + page;
      return { href, label: translator.t(locale, `console.nav.${key}`), isCurrent: href === here };
    }),
    ...(isIn && { me: { name: me.profile.name, role: translator.t(locale, `console.role.${me.role}`) } }),
    switchLocale: locale === 'en' ? 'es' : 'en',
    here,
  };
}
