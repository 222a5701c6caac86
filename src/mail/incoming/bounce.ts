import { saysAway, unquoted } from './auto.ts';
import { failedInWords } from './failed.ts';
import { foldWords } from './fold.ts';
import type { IncomingMessage } from './message.ts';
import { enhancedCodeIn, isPrecise, reasonOf, verdictIn } from './reason.ts';
import { type Bounce, worstOf } from './report.ts';
import { cleanWords, introOf, isDaemon, isMailer, MAX_INTRO, SERVER_REPLY, sayingLine } from './saying.ts';

const MAX_WORDS = 2_000;
const FAILED = /\b(undeliver\w+|fail\w*|returned|error|devuelto|no entregad\w+)\b/i;
const SUBJECT =
  /^(undeliver(able|ed)|undelivered mail|delivery status notification|delivery (has )?fail(ure|ed)|failure notice|failed mail|mail (delivery |system )?(fail(ed|ure)|error)|mail delivery|returned mail|returned to sender|(mail|e-?mail|message) (could not|not) be? ?delivered|.{0,80}\b(user unknown|unknown user|delivery failed|could not be delivered)|message status - undeliverable|warning: (message|could not)|delayed mail|non[- ]?delivery|delivery delayed|no (se )?(puede|pudo) entregar|no se ha (podido )?entreg\w+|no entregado|mensaje no entregado|correo no entregado|error (en|de) (la )?entrega|entrega (fallida|retrasada|demorada)|fallo (en|de) (la )?entrega|correo devuelto|notificaci[oó]n (del|de) estado de (la )?entrega)/i;
const INTRO =
  /this is the mail (system|delivery agent)|created automatically by (the )?mail|has been returned because|no such user here|(was(n['’]t| not)|could(n['’]t| not)( be)?|cannot be|unable to (be )?) ?deliver(ed)?|delivery (has failed|to the following|failed)|did not reach the following|address(es)? (not found|had (permanent|transient))|i (wasn['’]t|was not|'m afraid i wasn't) able to deliver|following address(es)? failed|(was|were) undeliverable to|failed recipients?\b|not been (able to|delivered)|no se (pudo|ha podido|puede) entregar|no (se )?(pudo|ha podido) ser entregado|error (en|al) (la )?entreg\w+|no se entreg[oó]/i;
const STILL_TRIED =
  /(still (being )?tr(ied|ying)|will (be retried|continue|keep (on )?trying|retry)|no action is required|warning message only|you do not need to resend|has (not yet|been delayed)|se (volver[aá]|seguir[aá]) (a )?intent\w+|sigue intent|no es necesario que lo reenv)/i;
/** A report whose parts were lost on the way stands in the text. */
const REPORT_IN_TEXT = /^[ \t>]{0,10}(final|original)-recipient:/im;

/**
 * What the large ones send who write no report, or break it: told by who writes, by the subject or first words, and by
 * a known cause. Without all of these it is nothing of the kind.
 */
export function readPlainBounce(message: IncomingMessage, mailDomain: string): Bounce | undefined {
  const { headers, from, hasNullSender, parts } = message;
  const failed = headers.get('x-failed-recipients')?.join(',') ?? '';
  const subject = foldWords(message.subject);
  const intro = introOf(message.text);
  const isServers = isMailer(message);
  const isKnown = isServers || isDaemon(from) || failed !== '' || isGateways(message, subject, intro);
  if (!isKnown && !hasNullSender) return undefined;
  // Others may quote a bounce.
  const words = foldWords(isKnown ? intro : unquoted(intro));
  // In whatever language a server writes: it brings the letter back, or names a cause.
  const isTold =
    !/^multipart\/report\b/i.test(headers.get('content-type')?.[0] ?? '') &&
    isServers &&
    (parts.some(({ type }) => RETURNED.test(type)) || verdictIn(words) !== undefined);
  if (!isTold && !isBounceInWords({ subject, words, isKnown })) return undefined;
  const inText =
    REPORT_IN_TEXT.test(message.text.slice(0, MAX_INTRO)) &&
    worstOf(message.text.slice(0, MAX_INTRO), message, mailDomain);
  if (inText) return inText;
  const found = enhancedCodeIn(words);
  // A success is told in the subject too; else it is the number of some program's version.
  const isSuccess = found?.startsWith('2.') === true;
  if (isSuccess && !FAILED.test(subject)) return undefined;
  const code = isSuccess ? undefined : found;
  const line = sayingLine(intro, code);
  const verdict = reasonOf(code, SERVER_REPLY.test(line) && verdictIn(line) ? line : `${subject} ${words}`);
  // MDaemon's "Warning: … - User unknown!" is its last word.
  const isWarned = verdict.severity !== 'hard' && /\b(delay|warning|retrasad|demorad)/i.test(subject);
  const isDelayed = STILL_TRIED.test(words) || isWarned;
  return {
    kind: 'bounce',
    ...(isDelayed ? { severity: 'delayed', reason: verdict.reason } : verdict),
    ...(code && { code }),
    diagnostic: cleanWords(line || subject),
    recipients: failedInWords(
      failed,
      intro,
      (address) => address === from.address || address.endsWith(`@${mailDomain}`),
    ),
  };
}

const MAX_FIRST = 600;
/** The letter that comes back, or its head. */
const RETURNED = /^(message\/(rfc822|global)|text\/rfc822-headers)$/;
/** The head of the returned letter, where it stands in the text. */
const HEAD_IN_TEXT = /^(received: from .{0,200}|message-id: ?<[^<>\s]{1,300}>)$/im;

/**
 * Gateways and filters send it under names of their own, or as a report without its fields. People write of bounces, too:
 * it takes the subject and the first words of one, in a thread of its own, and the letter itself come back with them.
 */
function isGateways({ headers, parts, text }: IncomingMessage, subject: string, intro: string): boolean {
  if (headers.has('in-reply-to')) return false;
  const isReport = /^multipart\/report\b.{0,200}delivery-status/is.test(
    headers.get('content-type')?.[0] ?? '',
  );
  const isReturned =
    isReport || parts.some(({ type }) => RETURNED.test(type)) || HEAD_IN_TEXT.test(text.slice(0, MAX_INTRO));
  if (!isReturned || !(isReport || SUBJECT.test(subject))) return false;
  return INTRO.test(foldWords(unquoted(intro).slice(0, MAX_FIRST)));
}

/** An automatic reply may quote a bounce; its own subject says what it is. A gateway may answer under ours. */
function isBounceInWords(said: { subject: string; words: string; isKnown: boolean }): boolean {
  const { subject, words, isKnown } = said;
  if (SUBJECT.test(subject)) return true;
  const hasReply =
    SERVER_REPLY.test(words) && (isPrecise(enhancedCodeIn(words)) || verdictIn(words) !== undefined);
  if (isKnown) return INTRO.test(words) || hasReply;
  return !saysAway(subject) && INTRO.test(words.slice(0, MAX_WORDS)) && hasReply;
}
