import { replaceAddresses } from '../../lib/text/addresses-in-text.ts';
import { foldWords } from './fold.ts';

/**
 * hard: nothing can be delivered to this address, now or later. soft: this one was not delivered, another may be.
 * delayed: it is still being tried.
 */
type Severity = 'hard' | 'soft' | 'delayed';
type BounceReason =
  | 'no-such-address'
  | 'disabled'
  | 'full'
  | 'too-large'
  | 'blocked'
  | 'unreachable'
  | 'too-many'
  | 'other';
export type Verdict = { severity: Severity; reason: BounceReason };

/** More words than any server says of one recipient. */
const MAX_WORDS = 3_000;

const hard = (reason: BounceReason): Verdict => ({ severity: 'hard', reason });
const soft = (reason: BounceReason): Verdict => ({ severity: 'soft', reason });

/** RFC 3463 codes that need no words beside them; the last ones are those of Exchange. */
const BY_CODE: readonly [RegExp, Verdict][] = [
  [/^5\.1\.(1|2|3|6|10)$/, hard('no-such-address')],
  // What is wrong with the sender's address.
  [/^5\.1\.[78]$/, soft('blocked')],
  [/^5\.2\.1$/, hard('disabled')],
  [/^5\.2\.2$/, soft('full')],
  [/^5\.(2\.3|3\.4)$/, soft('too-large')],
  [/^5\.7\.\d+$/, soft('blocked')],
  [/^5\.4\.310$/, hard('no-such-address')],
  [/^5\.6\.\d+$/, soft('other')],
];

/** The words of those who give no code, or one that says nothing; in English and Spanish, the narrowest first. */
const BY_WORDS: readonly [RegExp, Verdict][] = [
  // What passes comes first: nothing that a server says beside it makes an address gone.
  [
    /\b(receiving (mail|messages|e-?mail) (at (a|too high a) rate|too quickly)|rate[- ]?limit\w*|sending rate|message rate|too (many|much) (messages|mails?|e-?mails?|recipients|connections|concurrent)|throttl\w+|(hourly|daily) (message |sending |mail )?(limit|quota)|max(imum)? (hourly|daily) \w+|demasiad[oa]s (mensajes|correos|conexiones|destinatarios))(?![\p{L}\d])/iu,
    soft('too-many'),
  ],
  [
    /\bsmtputf8\b|\btoo many hops\b|\b(forwarding|aliasing|mail|message|messages)[ /-]?\w{0,12} ?loop(s|ing|ed)?\b|\bloops back\b/i,
    soft('other'),
  ],
  [
    /\b(try(ing)? (it |sending )?(again|later)\b(?! (with|using))|temporar(y|ily) (un\w+|rejected|deferred|fail\w+|lookup|error|disabled|suspended|local|problem|refus\w+)|temporary|servfail|name service error\b.{0,80}\b(try again|timed? ?out)|(lookup|dns|resolver)\b.{0,40}\b(timed? ?out|fail(ed|ure))|intente(lo)? (de nuevo|nuevamente|m[aá]s tarde)|temporalmente|error temporal|falla temporal|grey ?list(ed|ing)?|local problem|internal (server )?error)(?![\p{L}\d])/iu,
    soft('unreachable'),
  ],
  [
    /\b(mailbox|mailfolder|inbox|account|user|recipient|quota|storage|disk|buz[oó]n|bandeja|cuota|cuenta)\b.{0,60}\b(full|exceeded|exceeds|over (its |the |their |his |her |your )?(disk |storage |mail )?quota|over ?quota|over the (maximum|limit)|out of (disk )?(space|storage)|no (disk )?space|lleno|llena|excedi(d[oa]|[oó])|sobrepas\w+|sin espacio)(?![p{L}\d])|\bover (its |the |their )?(disk |storage )?quota\b|\b(exceed(s|ed|ing)|out of) (the |its |their )?(mailbox |disk |storage )?(quota|space|storage)\b|\b(excedi[oó]|super[oó]|rebas[oó]) (la |su )?cuota\b|\bespacio insuficiente\b|\b(not|n't) have enough (disk )?space|\bspace not enough\b|\b(disk ?space|disk|mailbox|storage) ?quota\b|\bquota (violation|exceeded|reached)|over ?quota|insufficient (system )?storage|not enough (disk )?space/i,
    soft('full'),
  ],
  [
    /\b(message|mail|mensaje)\b.{0,40}\b(too (large|big)|demasiado grande)\b|\b(message|mail) size exceeds|exceed(s|ed)? (the )?(maximum )?(fixed |inbound )?(message )?size|\b(max(imum)?|fixed|inbound) (inbound )?message size|supera el (l[ií]mite de )?tama[nñ]o/i,
    soft('too-large'),
  ],
  [
    /\b(spam\w*|junk mail|unsolicited|bulk mail|black ?list\w*|block ?list\w*|deny ?list\w*|dnsbl|rbl|spamhaus|reputation|dmarc|spf (check|fail)\w*|virus|lista negra)\b|(rejected|refused|blocked) (by|due to|for) (.{0,30})?(policy|content|recipient policy)|\b(policy (violation|reasons?)|relay(ing)? (access )?(denied|not (permitted|allowed))|unable to relay|not (authori[sz]ed|permitted|allowed) to (send|relay)|content (rejected|filter\w*|restrictions?)|\b(is |was |been )?blocked (-|by|using|for|because|from|until)|client host .{0,60} blocked|(rejected|blocked|denied|refused) (by|per|due to) (the )?(administrator|content|filter|security|our|local|sender|policy|dmarc)|prohibited by (the )?administrator|only accepts? (mail|messages|e-?mail) from|sender (address )?(rejected|denied|not allowed|verify failed)|(on|in) (our|a|the) (block|black|deny)[- ]?list|no tiene permiso|bloquead[oa] por)\b/i,
    soft('blocked'),
  ],
  [
    /\b(unknown (user|recipient|mailbox|address|local[- ]part)|(user|recipient|mailbox|address|account|addressee)( address)?( is)? unknown|non-?existent (user|recipient|mailbox|address|account)|no such (user|recipient|person|mailbox|address|account|local (user|part))|nobody (has|by) that name|there is no <?(user|such|mailbox|account)|user (does not|doesn't|not) exist\w*|(user|recipient|mailbox|address|account) not (found|known|here)|bad (destination mailbox|recipient) address|address (rejected|unknown): (user|recipient|mailbox)? ?unknown|no mail ?box (found|(here )?by that name|available for)|no account by that name|mailbox unavailable: user not found|(rcpt|recipient|to) (\S{1,80} )?does not exist|bad_recipient|not (a )?(valid|known) (user|recipient|mailbox|address)|invalid (user|recipient|mailbox)|recipientnotfound|not listed in (the )?(domino|public))\b/i,
    hard('no-such-address'),
  ],
  [
    /\b(user|recipient|mailbox|address|account|addressee|recipient name)\b.{0,80}\b((does|do|did)(n['’]t| not) exist|could(n['’]t| not) be found|was(n['’]t| not) found|not found|is(n['’]t| not) (found|valid|active)|no longer (exists|valid|available))/i,
    hard('no-such-address'),
  ],
  [/\bdoes(n['’]t| not) have an? \S+ account\b/i, hard('no-such-address')],
  // Exchange and Outlook.com of an address that is not there, under 5.4.1 and 5.5.0.
  [
    /\b(recipient address rejected: access denied|requested action not taken: mailbox unavailable)\b/i,
    hard('no-such-address'),
  ],
  [
    /\b(usuari[oa]|destinatari[oa]|buz[oó]n|direcci[oó]n|cuenta)\b.{0,90}\b(no (existe|existen|v[aá]lid[oa]|es v[aá]lid[oa])|no (se )?(ha |pudo |puede )?(encontr\S+|ser encontrad[oa])|desconocid[oa]|inexistente)|\bno se (encontr[oó]|ha encontrado|pudo encontrar|puede encontrar) .{0,40}\b(destinatari[oa]|direcci[oó]n|buz[oó]n|usuari[oa])\b/i,
    hard('no-such-address'),
  ],
  [
    /\b((host|domain)( or domain name)? not found|domain (name )?(\S{1,80} )?(does(n['’]t| not) exist|not found|couldn['’]t be found)|nxdomain|unrouteable (address|mail domain)|unroutable (address|mail domain)|(all )?relevant mx records? point to non-?existent hosts|no (valid )?(mx|mail exchanger|mail server)s?( (records?|hosts?))? (found|exists?|for)|(does|do) not (accept|receive|take) (any )?(e-?)?mail|(doesn't|don't) (accept|receive|take) (any )?(e-?)?mail|null ?mx|no mail (is )?accepted (here|for)|domain (has )?(expired|is gone|no longer exists)|no such (domain|host)|el dominio (no (existe|acepta|recibe)|expir[oó])|no tiene servidor(es)? de correo|(host|domain) unknown|unknown (host|domain)|el dominio no existe|no se encontr[oó] el dominio)\b/i,
    hard('no-such-address'),
  ],
  [
    /\b(account|mailbox|user|cuenta|buz[oó]n)\b.{0,40}\b(disabled|inactive|suspended|deactivated|deshabilitad[oa]|inactiv[oa]|suspendid[oa])\b/i,
    hard('disabled'),
  ],
  [
    /\b(timed? ?out|retry (time|timeout)|connection refused|no route to host|could not connect|unable to connect|didn['’]t respond|not responding|too long|expired|giving up|gave up|tiempo de espera|no responde|not able to establish)\b/i,
    soft('unreachable'),
  ],
];

/** `5.1.1` of `550 5.1.1 …`, `550-5.1.1 …`, `(#5.1.1)`, `#< #5.1.1 …`; one after a reply code before any other. */
export function enhancedCodeIn(text: string): string | undefined {
  const found =
    /\b[245]\d\d[ -]{1,5}[#(<[ ]{0,5}([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)/.exec(text) ??
    /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)/.exec(text);
  return found?.[1];
}

/**
 * Exchange uses this for an address that does not exist. With a 5.7.x code, or without further words, a rule refused the
 * mail.
 */
const DENIED = /\brecipient address rejected: access denied\b/i;

/** What the words say by themselves; undefined when they name no cause. Addresses and links in them say nothing. */
export function verdictIn(words: string): Verdict | undefined {
  const bare = replaceAddresses(foldWords(words.slice(0, MAX_WORDS)), () => '…').replaceAll(
    /https?:\/\/\S{1,500}/g,
    ' ',
  );
  return BY_WORDS.find(([pattern]) => pattern.test(bare))?.[1];
}

/**
 * Why something was not delivered. The server's own words say more than the code beside them, which many give wrongly;
 * what nobody can name is soft: hard needs a word for it, and the words of a passing fault are looked for first.
 */
export function reasonOf(code: string | undefined, words: string): Verdict {
  const given = code === undefined ? undefined : BY_CODE.find(([pattern]) => pattern.test(code))?.[1];
  const isDenied = DENIED.test(words) && code?.startsWith('5.7.');
  const byWords = isDenied ? undefined : verdictIn(words);
  if (code?.startsWith('4.')) return soft(byWords?.severity === 'soft' ? byWords.reason : 'unreachable');
  // A code that says the same, but narrower.
  if (byWords?.severity === 'hard' && given && given.severity === 'hard') return given;
  return byWords ?? given ?? soft('other');
}

/** True of a code that names a cause: `5.0.0` and `5.1.0` do not, `5.7.0` says policy. */
export function isPrecise(code: string | undefined): boolean {
  return code !== undefined && !/^\d\.[0-6]\.0$/.test(code);
}
