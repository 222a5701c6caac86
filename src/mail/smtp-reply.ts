import { replaceAddresses } from '../lib/text/addresses-in-text.ts';
import type { SendOutcome } from './mail.ts';

/** RFC 3463 codes that say, at RCPT, that there is no such address (law 17). Nothing else suppresses anybody. */
export const NO_SUCH_ADDRESS = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10']);
/** What nodemailer tells of a failure. */
type SmtpError = Error & { code?: string; responseCode?: number; response?: string; command?: string };

/**
 * How far the conversation had come. `isNamed`: the connection stood, encrypted and signed in, and MAIL FROM was the next word.
 * `hasBegun`: the content had begun to go out.
 */
export type Stage = { isNamed: boolean; hasBegun: boolean };

/**
 * The stage decides first, then the numeric reply (law 7). A fault before the recipient was named means that nothing was sent.
 * From then on, without a reply code, nobody knows.
 */
export function classifyFailure(error: unknown, { isNamed, hasBegun }: Stage): SendOutcome {
  const { code = '', responseCode, response, command, message } = error as SmtpError;
  const reply = (response || message || code || String(error)).slice(0, 500);
  const isReply = responseCode !== undefined && responseCode >= 400 && responseCode <= 599;
  const at = { ...(isReply && { code: responseCode }), ...(command && { command }), reply };
  // A pooled connection that turns out to be closed has not been spoken to.
  const isUnsaid = command === 'API' && code === 'ECONNECTION';
  if (!isNamed || isUnsaid) return { result: 'again', isBefore: true, ...at };
  // What nodemailer itself refuses, such as an address that is none, goes to no server.
  if (response === undefined && (code === 'EENVELOPE' || code === 'EMESSAGE'))
    return { result: 'refused', code: 554, reply: `554 not sent: ${reply}`, isLocal: true };
  if (isReply && responseCode >= 500) return refusal(responseCode, reply, command);
  if (isReply) return { result: 'again', ...at };
  return { result: 'unknown', reply, ...(hasBegun && { mayHaveArrived: true }) };
}

/** What was said to the content. Anything but a whole `2xx` is no word that it was taken (law 7). */
export function readAcceptance(response: string, messageId: string): SendOutcome {
  const reply = response.slice(0, 500);
  const code = /^(2\d\d)(?:[ -]|$)/.exec(reply)?.[1];
  if (!code) return { result: 'unknown', reply, mayHaveArrived: true };
  return { result: 'sent', code: Number(code), reply, messageId };
}

function refusal(code: number, reply: string, command: string | undefined): SendOutcome {
  const enhancedCode = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(reply)?.[0];
  return {
    result: 'refused',
    code,
    reply,
    ...(enhancedCode && { enhancedCode }),
    ...(command && { command }),
  };
}

export function saysNoSuchAddress(outcome: SendOutcome): boolean {
  return outcome.result === 'refused' && isAt(outcome, 'RCPT') && speaksOfNobody(outcome);
}

/** The same word at whatever command: one that says it to the sender, or when the content is over, suppresses nobody. */
export function speaksOfNobody(outcome: SendOutcome): boolean {
  if (outcome.result !== 'refused') return false;
  return NO_SUCH_ADDRESS.has(outcome.enhancedCode ?? '') && !saysOtherwise(outcome.reply);
}

/** Words that make a code of "no such address" mean something else: it is full, busy, or it is we who are not wanted. */
const OTHERWISE =
  /\b(temporar(y|ily)|try (again|later)|again later|(mailbox|inbox|quota|storage) (is )?(full|exceeded)|over ?quota|grey ?list(ed|ing)?|rate ?limit(ed)?|throttled|too many|black ?list(ed)?|block ?list(ed)?|spam|policy|reputation|dnsbl|spamhaus|relay(ing)? (access )?denied|sender (address )?(rejected|denied|verify|verification|unknown)|temporalmente|m[aá]s tarde|intente de nuevo|buz[oó]n lleno)\b/i;

function saysOtherwise(words: string): boolean {
  return OTHERWISE.test(words);
}

/**
 * `relay`: the relay takes none of our mail now. `recipient`: the fault is at the other end, such as a full mailbox.
 * `mail`: the fault is in this mail.
 */
export type Fault = 'relay' | 'recipient' | 'mail';

/** Sign-in, too many connections, and commands that the server does not take now. */
const RELAY_CODES = new Set([421, 432, 454, 500, 502, 503, 504, 530, 534, 535, 538]);
const BLOCKED =
  /\b(block(ed|ing|list|listed)|black ?list(ed)?|deny ?list(ed)?|dnsbl|rbl|spamhaus|reputation|spam|relay(ing)? (access )?(denied|not permitted))\b/i;

export function faultOf(outcome: Exclude<SendOutcome, { result: 'sent' }>): Fault {
  if (outcome.result === 'unknown') return 'mail';
  const { code, reply } = outcome;
  if (outcome.result === 'again' && outcome.isBefore) return 'relay';
  if (code === undefined || RELAY_CODES.has(code)) return 'relay';
  // Policy, and what is wrong with our sender's address.
  if (/\b5\.(7\.\d+|1\.[78])\b/.test(reply) || BLOCKED.test(reply)) return 'relay';
  if (/\b5\.(3\.4|2\.3)\b/.test(reply)) return 'mail';
  if (code === 552 || /\b[45]\.2\.[12]\b/.test(reply)) return 'recipient';
  if (code === 452) return 'relay';
  // Refused before anybody was named: it meets every mail alike.
  const isOfThisMail = isAt(outcome, 'RCPT') || isAt(outcome, 'DATA');
  return outcome.result === 'refused' && outcome.command && !isOfThisMail ? 'relay' : 'mail';
}

function isAt(outcome: { command?: string }, command: 'RCPT' | 'DATA'): boolean {
  return outcome.command?.toUpperCase().startsWith(command) === true;
}

/** A server's words without the person they speak of: replies are logged, and lie unsealed in the outbox (law 10). */
export function withoutRecipient(reply: string, address: string): string {
  const local = address.slice(0, address.lastIndexOf('@'));
  const whole = replaceAddresses(reply, () => '…');
  return local.length < 2 ? whole : whole.replaceAll(new RegExp(escapeRegExp(local), 'gi'), '…');
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\-]/g, '\\$&');
}
