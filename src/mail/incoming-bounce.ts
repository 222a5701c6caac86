import { findAddresses } from '../lib/addresses-in-text.ts';
import { printableLine } from '../lib/printable.ts';
import { type Fields, readFieldGroups, readTypedAddress } from './incoming-fields.ts';
import type { IncomingMessage } from './incoming-message.ts';
import { enhancedCodeIn, preciseCode, reasonOf, type Verdict } from './incoming-reason.ts';
import { withoutRecipient } from './smtp-reply.ts';

export type Bounce = Verdict & {
  kind: 'bounce';
  /** RFC 3463 */
  code?: string;
  /** the reporter's words, without addresses */
  diagnostic: string;
  /** whom it speaks of, lower case; empty when it names nobody */
  recipients: string[];
};

const MAX_DIAGNOSTIC = 300;
const MAX_WORDS = 2_000;
const REPORT = /^message\/(global-)?delivery-status$/;
const RANK = { hard: 0, soft: 1, delayed: 2 } as const;

/** RFC 3464 and RFC 6533. Undefined when the message is no such report, or when it reports a success. */
export function readDeliveryReport(message: IncomingMessage): Bounce | undefined {
  const report = message.parts.find(({ type }) => REPORT.test(type));
  if (!report || !isReport(message)) return undefined;
  const [worst] = readFieldGroups(report.text)
    .flatMap((fields) => readRecipient(fields) ?? [])
    .sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  return worst;
}

/** Somebody who forwards a report to us reports nothing. */
function isReport({ headers, hasNullSender, from }: IncomingMessage): boolean {
  const type = headers.get('content-type')?.[0] ?? '';
  if (/^multipart\/report\b/i.test(type) && !/report-type="?(disposition|feedback)/i.test(type)) return true;
  return hasNullSender || isDaemon(from);
}

function readRecipient(fields: Fields): Bounce | undefined {
  const action = fields.get('action')?.toLowerCase() ?? '';
  const status = fields.get('status');
  const isDelayed = action.startsWith('delay');
  // Some say nothing but the status.
  if (!isDelayed && !action.startsWith('fail') && (action !== '' || !/^[45]\./.test(status ?? '')))
    return undefined;
  const words = (fields.get('diagnostic-code') ?? '').slice(0, MAX_WORDS);
  const code = preciseCode(status, words);
  const verdict = reasonOf(code, words);
  return {
    kind: 'bounce',
    ...(isDelayed ? { severity: 'delayed', reason: verdict.reason } : verdict),
    ...(code && { code }),
    diagnostic: clean(words.replace(/^[\w-]+;\s*/, '') || (status ?? '')),
    recipients: [fields.get('original-recipient'), fields.get('final-recipient')]
      .map(readTypedAddress)
      .filter(Boolean),
  };
}

const DAEMON =
  /^(mailer-?daemon|mail-?daemon|mdaemon|postmaster|mail[-_.]?delivery[-_.\w]*|delivery[-_.]?(sub)?system|microsoftexchange[\w]*|mmdf|double-bounce)@/;
const DAEMON_NAME =
  /^(mail delivery (sub)?system|mail administrator|system administrator|microsoft outlook|microsoft exchange|administrador del sistema|sistema de correo|postmaster)$/i;
const SUBJECT =
  /^(undeliver(able|ed)|undelivered mail|delivery status notification|delivery (has )?fail(ure|ed)|failure notice|failed mail|mail (delivery |system )?(fail(ed|ure)|error)|mail delivery|returned mail|returned to sender|message (could not|not) be? ?delivered|warning: (message|could not)|delayed mail|non[- ]?delivery|delivery delayed|no (se )?(puede|pudo) entregar|no se ha (podido )?entreg\w+|no entregado|mensaje no entregado|correo no entregado|error (en|de) (la )?entrega|entrega (fallida|retrasada|demorada)|fallo (en|de) (la )?entrega|correo devuelto|notificaci[oó]n (del|de) estado de (la )?entrega)/i;
const INTRO =
  /this is the mail (system|delivery agent)|created automatically by (the )?mail|(was(n['’]t| not)|could(n['’]t| not)( be)?|cannot be|unable to (be )?) ?deliver(ed)?|delivery (has failed|to the following|failed)|did not reach the following|address(es)? (not found|had (permanent|transient))|i (wasn['’]t|was not|'m afraid i wasn't) able to deliver|following address(es)? failed|not been (able to|delivered)|no se (pudo|ha podido|puede) entregar|no (se )?(pudo|ha podido) ser entregado|error (en|al) (la )?entreg\w+|no se entreg[oó]/i;
const STILL_TRIED =
  /(still (being )?tr(ied|ying)|will (be retried|continue|keep (on )?trying|retry)|no action is required|warning message only|you do not need to resend|has (not yet|been delayed)|se (volver[aá]|seguir[aá]) (a )?intent\w+|sigue intent|no es necesario que lo reenv)/i;
const COPY =
  /^[ \t>*-]{0,20}(original message|-{1,20} ?(the following|this is a copy)|this is a copy of|below this line is a copy|.{0,20}(original|returned) (message|headers) (follows|headers)|original message headers|encabezados? (del mensaje )?original|mensaje original|informaci[oó]n de diagn[oó]stico para los administradores|-{3,} ?message header|received: (from|by) |reporting-mta:)/im;
const MAX_INTRO = 8_000;

function isDaemon({ address, name }: IncomingMessage['from']): boolean {
  return DAEMON.test(address) || DAEMON_NAME.test(name.trim());
}

/**
 * What the large ones send who write no report, or break it: told by who writes, by the subject or first words, and by
 * a known cause. Without all of these it is nothing of the kind.
 */
export function readPlainBounce(message: IncomingMessage, mailDomain: string): Bounce | undefined {
  const { headers, from, subject, text, hasNullSender } = message;
  const failed = headers.get('x-failed-recipients')?.join(',') ?? '';
  if (!isDaemon(from) && !hasNullSender && failed === '') return undefined;
  const body = text.slice(0, MAX_INTRO);
  const cut = body.search(COPY);
  const intro = cut > 40 ? body.slice(0, cut) : body;
  if (!SUBJECT.test(subject) && !INTRO.test(intro)) return undefined;
  // An automatic reply may quote a bounce; its own subject says what it is.
  if (!SUBJECT.test(subject) && !isDaemon(from) && failed === '') return undefined;
  const words = `${subject}\n${intro}`.replace(/\s+/g, ' ');
  const code = enhancedCodeIn(intro.replace(/\s+/g, ' '));
  if (code?.startsWith('2.')) return undefined;
  const verdict = reasonOf(code, words);
  const isDelayed = STILL_TRIED.test(words) || /\b(delay|warning|retrasad|demorad)/i.test(subject);
  return {
    kind: 'bounce',
    ...(isDelayed ? { severity: 'delayed', reason: verdict.reason } : verdict),
    ...(code && { code }),
    diagnostic: clean(sayingLine(intro, code) || subject),
    recipients: [
      ...new Set(findAddresses(`${failed} ${intro}`).map(({ address }) => address.toLowerCase())),
    ].filter((address) => address !== from.address && !address.endsWith(`@${mailDomain}`)),
  };
}

/** The line that gives the server's words. */
function sayingLine(intro: string, code: string | undefined): string {
  const lines = intro.split(/\r?\n/).map((line) => line.trim());
  return (
    lines.find((line) => code !== undefined && line.includes(code)) ??
    lines.find((line) => /\b[45]\d\d[ -]/.test(line)) ??
    lines.find((line) => line !== '' && reasonOf(undefined, line).reason !== 'other') ??
    ''
  );
}

function clean(words: string): string {
  return withoutRecipient(printableLine(words), '').slice(0, MAX_DIAGNOSTIC);
}
