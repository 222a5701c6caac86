import type { SendOutcome } from './mail.ts';

/** RFC 3463 codes that say, at RCPT, that there is no such address (law 17). Nothing else suppresses anybody. */
const NO_SUCH_ADDRESS = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10']);
const NEVER_BEGAN = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EDNS|EHOSTUNREACH|ENETUNREACH/;

type SmtpError = Error & { code?: string; responseCode?: number; response?: string; command?: string };

/**
 * Only a numeric reply decides (law 7). Without one, a name that did not resolve or a connection that was refused
 * took nothing for certain; after anything else nobody knows.
 */
export function classifyFailure(error: unknown): SendOutcome {
  const { code, responseCode, response, command, message } = error as SmtpError;
  const reply = (response ?? message ?? String(error)).slice(0, 500);
  if (responseCode !== undefined && responseCode >= 500) {
    const enhancedCode = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(reply)?.[0];
    return {
      result: 'refused',
      code: responseCode,
      reply,
      ...(enhancedCode && { enhancedCode }),
      ...(command && { command }),
    };
  }
  if (responseCode !== undefined && responseCode >= 400)
    return { result: 'again', code: responseCode, reply };
  if (NEVER_BEGAN.test(`${code} ${message}`)) return { result: 'again', reply };
  return { result: 'unknown', reply };
}

export function saysNoSuchAddress(outcome: SendOutcome): boolean {
  return (
    outcome.result === 'refused' &&
    outcome.command?.toUpperCase().startsWith('RCPT') === true &&
    NO_SUCH_ADDRESS.has(outcome.enhancedCode ?? '')
  );
}

/** `relay`: none of our mail is taken now. `recipient`: something at the other end, a full mailbox or a policy. `mail`: this mail itself. */
export type Fault = 'relay' | 'recipient' | 'mail';

export function faultOf(outcome: Exclude<SendOutcome, { result: 'sent' }>): Fault {
  if (outcome.result === 'unknown') return 'mail';
  const { code, reply } = outcome;
  if (code === undefined || [421, 432, 454, 530, 534, 535, 538].includes(code)) return 'relay';
  if (/\b5\.7\.\d+\b/.test(reply)) return 'relay';
  if (code === 452 || code === 552 || /\b[45]\.2\.[12]\b/.test(reply)) return 'recipient';
  return 'mail';
}
