import { failedAddresses } from './failed.ts';
import { type Fields, readFieldGroups, readTypedAddress } from './fields.ts';
import type { IncomingMessage } from './message.ts';
import { enhancedCodeIn, isPrecise, reasonOf, type Verdict, verdictIn } from './reason.ts';
import { cleanWords, introOf, isDaemon, SERVER_REPLY, sayingLine } from './saying.ts';

export type Bounce = Verdict & {
  kind: 'bounce';
  /** RFC 3463 */
  code?: string;
  /** the reporter's words, without addresses */
  diagnostic: string;
  /** the addresses that failed, lower case; behind an alias or a forward, others than were written to; empty when none is named */
  recipients: string[];
};

const MAX_WORDS = 2_000;
const REPORT = /^message\/(global-)?delivery-status$/;
const DISPOSITION = /^message\/(global-)?disposition-notification$/;
const RANK = { hard: 0, soft: 1, delayed: 2 } as const;

/** RFC 3464 and RFC 6533. Undefined when the message is no such report, or when it reports a success. */
export function readDeliveryReport(message: IncomingMessage, mailDomain: string): Bounce | undefined {
  const report = message.parts.find(({ type }) => REPORT.test(type));
  if (!report || !isReport(message)) return undefined;
  return worstOf(report.text, message, mailDomain);
}

/** The worst result that the report has for any recipient, and all recipients with that result. */
export function worstOf(report: string, message: IncomingMessage, mailDomain: string): Bounce | undefined {
  const about = aboutOf(message, mailDomain);
  const found = readFieldGroups(report)
    .flatMap((fields) => readRecipient(fields, about) ?? [])
    .sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  const [worst] = found;
  if (!worst) return undefined;
  const alike = found.filter(({ severity }) => severity === worst.severity);
  return { ...worst, recipients: [...new Set(alike.flatMap(({ recipients }) => recipients))] };
}

type About = { failed: string; intro: string; mailDomain: string };

function aboutOf({ headers, text }: IncomingMessage, mailDomain: string): About {
  const failed = headers.get('x-failed-recipients')?.join(',') ?? '';
  return { failed, intro: introOf(text), mailDomain };
}

/** Somebody who forwards a report to us reports nothing. */
function isReport({ headers, hasNullSender, from }: IncomingMessage): boolean {
  const type = headers.get('content-type')?.[0] ?? '';
  if (/^multipart\/report\b/i.test(type) && !/report-type="?(disposition|feedback)/i.test(type)) return true;
  return hasNullSender || isDaemon(from);
}

function readRecipient(fields: Fields, about: About): Bounce | undefined {
  const action = fields.get('action')?.toLowerCase() ?? '';
  const status = fields.get('status');
  const isDelayed = action.startsWith('delay');
  // Some say nothing but the status.
  if (!isDelayed && !action.startsWith('fail') && (action !== '' || !/^[45]\./.test(status ?? '')))
    return undefined;
  const diagnostic = (fields.get('diagnostic-code') ?? '')
    .slice(0, MAX_WORDS)
    .replace(/^[\w-]{1,40};\s{0,20}/, '');
  const given = enhancedCodeIn(status ?? '');
  const words = causeOf(diagnostic, given, about.intro);
  const code = codeOf(given, words);
  const verdict = reasonOf(code, words);
  const [final, original] = ['final-recipient', 'original-recipient'].map((name) =>
    readTypedAddress(fields.get(name)),
  );
  return {
    kind: 'bounce',
    ...(isDelayed ? { severity: 'delayed', reason: verdict.reason } : verdict),
    ...(code && { code }),
    diagnostic: cleanWords(words || (status ?? '')),
    recipients: failedAddresses({
      final: final ?? '',
      original: original ?? '',
      words: diagnostic,
      ...about,
    }),
  };
}

/** The words that name the cause: the server's own, or else those for people. */
function causeOf(diagnostic: string, status: string | undefined, intro: string): string {
  const hasCause = verdictIn(diagnostic) !== undefined || isPrecise(enhancedCodeIn(diagnostic));
  if (hasCause) return diagnostic;
  const said = sayingLine(intro, undefined);
  // A status that names the cause needs no words for people, unless they hold the server's own.
  if (isPrecise(status) && !SERVER_REPLY.test(said)) return diagnostic;
  return said || diagnostic;
}

/** The code in the server's words before the status beside them, where it says anything. */
function codeOf(status: string | undefined, words: string): string | undefined {
  const inWords = enhancedCodeIn(words);
  if (inWords && !inWords.startsWith('2.') && (isPrecise(inWords) || !isPrecise(status))) return inWords;
  return status;
}

/**
 * RFC 8098: what was deleted without being shown did not arrive, whoever's program says so: a rule of the mailbox
 * (RFC 5429), its quota.
 */
export function readDeletion(message: IncomingMessage): Bounce | undefined {
  const part = message.parts.find(({ type }) => DISPOSITION.test(type));
  const fields = part && readFieldGroups(part.text).find((group) => group.has('disposition'));
  if (!fields || !/[;/,]\s{0,20}(deleted|denied|failed)\b/i.test(fields.get('disposition') ?? ''))
    return undefined;
  const intro = introOf(message.text);
  const verdict = verdictIn(intro);
  const code = enhancedCodeIn(intro);
  const final = readTypedAddress(fields.get('final-recipient') ?? fields.get('original-recipient'));
  return {
    kind: 'bounce',
    severity: 'soft',
    reason: verdict?.severity === 'soft' ? verdict.reason : 'blocked',
    ...(code && { code }),
    diagnostic: cleanWords(intro || message.subject),
    recipients: final === '' ? [] : [final],
  };
}
