import type { SendOutcome } from './mail.ts';

/** RFC 3463 codes that say, at RCPT, that there is no such address (law 17). Nothing else suppresses anybody. */
export const NO_SUCH_ADDRESS = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10']);
/** Of the call `connect` alone: the same errors from an open connection say nothing of what was taken. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

/** What nodemailer and the system tell of a failure. */
type SmtpError = Error & {
  code?: string;
  originalCode?: string;
  syscall?: string;
  errors?: readonly SmtpError[];
  responseCode?: number;
  response?: string;
  command?: string;
};

/**
 * Only a numeric reply decides (law 7). Without one, a name that did not resolve or a connection that was never made
 * took nothing for certain; after anything else nobody knows. `hasBegun`: the content had begun to go out.
 */
export function classifyFailure(error: unknown, hasBegun: boolean): SendOutcome {
  const { code, responseCode, response, command, message } = error as SmtpError;
  const reply = (response || message || code || String(error)).slice(0, 500);
  if (responseCode !== undefined && responseCode >= 500) return refusal(responseCode, reply, command);
  if (responseCode !== undefined && responseCode >= 400) {
    return { result: 'again', code: responseCode, reply, ...(command && { command }) };
  }
  if (code === 'EDNS' || neverConnected(error as SmtpError)) return { result: 'again', reply };
  return { result: 'unknown', reply, ...(hasBegun && { mayHaveArrived: true }) };
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

/** A name with several addresses fails with an error for each. */
function neverConnected({ code, originalCode, syscall, errors }: SmtpError): boolean {
  if (errors && errors.length > 0) return errors.every(neverConnected);
  return syscall === 'connect' && NEVER_CONNECTED.has(originalCode ?? code ?? '');
}

export function saysNoSuchAddress(outcome: SendOutcome): boolean {
  return (
    outcome.result === 'refused' && isAt(outcome, 'RCPT') && NO_SUCH_ADDRESS.has(outcome.enhancedCode ?? '')
  );
}

/** `relay`: none of our mail is taken now. `recipient`: something at the other end, a full mailbox. `mail`: this mail itself. */
export type Fault = 'relay' | 'recipient' | 'mail';

/** Sign-in, too many connections, and commands that the server does not take now. */
const RELAY_CODES = new Set([421, 432, 454, 500, 502, 503, 504, 530, 534, 535, 538]);
const BLOCKED =
  /\b(block(ed|ing|list|listed)|black ?list(ed)?|deny ?list(ed)?|dnsbl|rbl|spamhaus|reputation|spam|relay(ing)? (access )?(denied|not permitted))\b/i;

export function faultOf(outcome: Exclude<SendOutcome, { result: 'sent' }>): Fault {
  if (outcome.result === 'unknown') return 'mail';
  const { code, reply } = outcome;
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
  const whole = reply.replaceAll(/[^\s<>()"']+@[^\s<>()"',;:]+/g, '…');
  return local.length < 2 ? whole : whole.replaceAll(new RegExp(escapeRegExp(local), 'gi'), '…');
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\-]/g, '\\$&');
}
