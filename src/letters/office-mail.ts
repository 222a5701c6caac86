import type { Campaign } from '../campaign/campaign.ts';
import type { Config } from '../config.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { LANG_TAG, type Locale } from '../lib/locales.ts';
import { wrapText } from '../lib/text/wrap-text.ts';
import type { RenderMail } from '../mail/mail.ts';

/** RFC 5322, 2.1.1 asks for at most 78. */
const LINE_WIDTH = 76;

/** What every mail to an office is composed with. */
export type OfficeMailInput = {
  /** its token is opaque: it names the delivery in the sender's address, for bounces, and in the Message-ID */
  delivery: Pick<Delivery, 'token' | 'petitionId' | 'n'>;
  to: string;
  campaign: Campaign;
  date: Date;
  /** the first message to this office on this petition; absent on the first itself */
  rootMessageId?: string | undefined;
  /** the office, and who holds it on that day if that is known */
  addressee: string;
  /** where the office says, for each demand, how it stands */
  answerUrl: string;
};

/** What composing it takes from the rooms around. */
export type OfficeMailDeps = Pick<Config, 'publicUrl' | 'mailDomain'> & { renderLetter: RenderMail };

/**
 * Addresses of one delivery. The token is opaque and names it: in the sender's address, which is the envelope's too, so
 * that a bounce says what bounced (VERP), and in the address for answers.
 */
export function addressesOf(token: string, mailDomain: string): { from: string; replies: string } {
  return { from: `letters+${token}@${mailDomain}`, replies: `replies+${token}@${mailDomain}` };
}

/**
 * RFC 3834: a report that a program puts together says so; what a person wrote does not. RFC 2369: STOP is read by the
 * one who reads answers.
 */
export function officeHeaders(input: {
  date: Date;
  locale: Locale;
  /** where the word STOP is read */
  stopAt: string;
  isReport: boolean;
}): Record<string, string> {
  return {
    Date: input.date.toUTCString().replace('GMT', '+0000'),
    ...(input.isReport && { 'Auto-Submitted': 'auto-generated' }),
    'Content-Language': LANG_TAG[input.locale],
    'List-Unsubscribe': `<mailto:${mailtoAddress(input.stopAt)}?subject=STOP>`,
  };
}

/** The text template marks a heading by `# `; nobody's words can stand at the start of a line. */
export function plainLetter(text: string, locale: Locale): string {
  const raised = text.replace(/^# (.*)$/gm, (_, heading: string) => heading.toLocaleUpperCase(locale));
  return wrapText(raised, LINE_WIDTH);
}

/** RFC 6068: what has a meaning in a URL is escaped. */
function mailtoAddress(address: string): string {
  return encodeURIComponent(address).replace('%40', '@');
}
