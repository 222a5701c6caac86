import { printableLine } from '../../lib/text/printable.ts';
import { withoutRecipient } from '../smtp-reply.ts';
import type { IncomingMessage } from './message.ts';
import { enhancedCodeIn, verdictIn } from './reason.ts';

const MAX_DIAGNOSTIC = 300;
const MAX_WORDS = 2_000;
export const MAX_INTRO = 8_000;
const MAX_LINES = 200;

const DAEMON =
  /^(mailer-?daemon|mail-?daemon|mdaemon|postmaster|mail[-_.]?delivery[-_.\w]*|delivery[-_.]?(sub)?system|microsoftexchange[\w]*|mmdf|double-bounce)(@|$)/;
const DAEMON_NAME =
  /^(mail delivery (sub)?system|mail administrator|system administrator|microsoft outlook|microsoft exchange|administrador del sistema|sistema de correo|postmaster)$/i;

/** Behind these nobody sits; a postmaster may be a person. */
const MAILER =
  /^(mailer-?daemon|mail-?daemon|mdaemon|mail[-_.]?delivery[-_.\w]*|delivery[-_.]?(sub)?system)(@|$)/;

export function isDaemon({ address, name }: IncomingMessage['from']): boolean {
  const local = address.slice(0, address.lastIndexOf('@')).replaceAll('"', '');
  return (
    DAEMON.test(address) ||
    DAEMON.test(name.trim().toLowerCase()) ||
    DAEMON_NAME.test(name.trim()) ||
    DAEMON_NAME.test(local)
  );
}

/** A mail server by its own name. Some leave even that empty. */
export function isMailer({ from, hasNullSender }: Pick<IncomingMessage, 'from' | 'hasNullSender'>): boolean {
  return MAILER.test(from.address) || (from.address === '' && hasNullSender);
}

/** Where the returned letter begins. Not the list of failed addresses, and not a report in words. */
const COPY =
  /^[ \t>*-]{0,20}(original message\b|-{1,20} ?(the following (is|was) |this is a copy)|this is a copy of|below this line is a copy|.{0,20}(original|returned) (message|headers) (follows|headers)|original message headers|encabezados? (del mensaje )?original|mensaje original|informaci[oó]n de diagn[oó]stico para los administradores|-{3,20} ?(message headers?|unsent message|returned message|original message|mensaje original)|received: (from|by) |return-path: )/im;
/** What a server said, with the number that begins it. */
export const SERVER_REPLY = /(?<![\d.])[45]\d\d[ -]/;
/** What stands above the returned letter, line by line. */
export function introOf(text: string): string {
  const body = text.slice(0, MAX_INTRO);
  const cut = body.search(COPY);
  return cut > 40 ? body.slice(0, cut) : body;
}

/** The line that gives the server's words; one that is indented goes on in it. */
export function sayingLine(intro: string, code: string | undefined): string {
  const lines = unwrapped(intro);
  const found =
    (code && lines.find((line) => line.includes(code))) ||
    lines.find((line) => SERVER_REPLY.test(line) && enhancedCodeIn(line) !== undefined) ||
    lines.find((line) => SERVER_REPLY.test(line)) ||
    lines.find((line) => verdictIn(line) !== undefined);
  if (found === undefined) return verdictIn(intro) ? printableLine(intro) : '';
  const at = found.search(SERVER_REPLY);
  return at > 0 ? found.slice(at).replace(/\]$/, '') : found;
}

function unwrapped(text: string): string[] {
  const lines: string[] = [];
  for (const line of text.split(/\r?\n/).slice(0, MAX_LINES)) {
    const last = lines.at(-1) ?? '';
    const goesOn = /^[ \t]+\S/.test(line) && last !== '' && last.length + line.length < MAX_WORDS;
    if (goesOn) lines[lines.length - 1] = `${last} ${line.trim()}`;
    else lines.push(line.trim());
  }
  return lines;
}

export function cleanWords(words: string): string {
  return withoutRecipient(printableLine(words.slice(0, MAX_WORDS)), '')
    .replace(/^[<…>:;, ]{1,20}/, '')
    .slice(0, MAX_DIAGNOSTIC);
}
