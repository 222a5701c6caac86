import { entriesOf } from '../deliveries/coverage.ts';
import { formatDate } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { paths } from '../lib/urls.ts';
import type { Office } from '../offices/office.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';
import type { Sent } from './offices-page.service.ts';

export type CheckMessageView = {
  action: string;
  typed: string;
  isAsked: boolean;
  heading?: string;
  paragraphs?: string[];
  rows?: { label: string; value: string; href?: string }[];
};

export type Checked = {
  typed: string;
  /** what was pasted holds a Message-ID */
  isReadable: boolean;
  found?: { sent: Sent; petition: Petition; office: Office; siteName: string };
};

/** What an office's IT staff learn of a mail; nothing of persons, and nothing of mail to them. */
export function checkMessageView(
  { t }: Pick<Translator, 't'>,
  locale: Locale,
  checked?: Checked,
): CheckMessageView {
  const action = paths.checkMessage(locale);
  if (!checked) return { action, typed: '', isAsked: false };
  const { typed, isReadable, found } = checked;
  const base = { action, typed, isAsked: true };
  if (!isReadable)
    return {
      ...base,
      heading: t(locale, 'check-message.result'),
      paragraphs: [t(locale, 'check-message.unreadable')],
    };
  if (!found) {
    return {
      ...base,
      heading: t(locale, 'check-message.notOurs'),
      paragraphs: [t(locale, 'check-message.notOurs.text'), t(locale, 'check-message.notOurs.people')],
    };
  }
  return {
    ...base,
    heading: t(locale, 'check-message.ours'),
    paragraphs: [t(locale, 'check-message.ours.text')],
    rows: rowsOf(found, t, locale),
  };
}

function rowsOf(
  found: NonNullable<Checked['found']>,
  t: Translator['t'],
  locale: Locale,
): NonNullable<CheckMessageView['rows']> {
  const { sent, petition, office } = found;
  const isDigest = sent.kind === 'digest';
  const at = sent.endedAt ?? sent.releasedAt;
  const isOut = ['sent', 'failed', 'bounced', 'unknown'].includes(sent.state);
  const row = (name: string, value: string, href?: string) => ({
    label: t(locale, `check-message.${name}`),
    value,
    ...(href && { href }),
  });
  return [
    row('campaign', found.siteName),
    row('petition', petitionText(petition, locale).title, paths.petition(locale, petition._id)),
    row('office', office.name[locale], paths.office(locale, office._id)),
    row('kind', isDigest ? t(locale, 'record.kind.digest') : t(locale, 'record.kind.letter', { count: 1 })),
    row('people', t(locale, 'check-message.people.count', { count: sent.people })),
    ...(isDigest ? [row('entries', t(locale, 'record.entries', entriesOf(sent)))] : []),
    ...(at && isOut ? [row('sentOn', formatDate(at, locale, office.zone))] : []),
    row('state', t(locale, isOut ? `record.state.${sent.state}` : 'check-message.onItsWay')),
  ];
}
