import { formatDay } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { paths } from '../lib/urls.ts';
import type { Channel, Office } from '../offices/office.ts';

/** One way by which an office is reached; `lines` is a postal address, `href` a page of its own or of ours. */
export type ReachedView = { label: string; lines?: string; href?: string; source?: string };

/** How an office is reached, with where that stands and since when. An e-mail address is never shown (law 9). */
export function reachedView(
  office: Office,
  offices: readonly Office[],
  t: Translator['t'],
  locale: Locale,
): ReachedView[] {
  const channels = office.channels.flatMap((channel) => channelView(channel, offices, t, locale));
  const hasEmail = office.channels.some(({ kind }) => kind === 'email');
  if (office.isPostOnly) return [{ label: t(locale, 'record.reached.postOnly') }, ...channels];
  return hasEmail ? channels : [{ label: t(locale, 'record.reached.noEmail') }, ...channels];
}

function channelView(
  channel: Channel,
  offices: readonly Office[],
  t: Translator['t'],
  locale: Locale,
): ReachedView[] {
  const { state, value, source, verifiedOn } = channel;
  const kind: string = channel.kind;
  const seen =
    source && verifiedOn && !source.includes('@')
      ? {
          source: t(locale, 'record.reached.seen', {
            source: shortUrl(source),
            date: formatDay(verifiedOn, locale),
          }),
        }
      : {};
  switch (kind) {
    case 'email':
      return [{ label: t(locale, `record.reached.email.${state}`), ...seen }];
    case 'post':
      return [{ label: t(locale, 'record.reached.post'), lines: value, ...seen }];
    case 'form':
      return isWebPage(value) ? [{ label: t(locale, 'record.reached.form'), href: value, ...seen }] : [];
    case 'via': {
      const other = offices.find(({ _id }) => _id === value);
      if (!other) return [];
      const label = t(locale, 'record.reached.via', { office: other.name[locale] });
      return [{ label, href: paths.office(locale, other._id), ...seen }];
    }
    case 'do-not-contact':
      return [{ label: t(locale, 'record.reached.doNotContact'), ...seen }];
    default:
      return [];
  }
}

function isWebPage(value: string): boolean {
  return /^https?:\/\//.test(value) && !value.includes('@');
}

function shortUrl(source: string): string {
  return source.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
