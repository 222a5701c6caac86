/**
 * hard: nothing can be delivered to this address, now or later. soft: this one was not delivered, another may be.
 * delayed: it is still being tried.
 */
export type Severity = 'hard' | 'soft' | 'delayed';
export type BounceReason =
  | 'no-such-address'
  | 'disabled'
  | 'full'
  | 'too-large'
  | 'blocked'
  | 'unreachable'
  | 'other';
export type Verdict = { severity: Severity; reason: BounceReason };

const hard = (reason: BounceReason): Verdict => ({ severity: 'hard', reason });
const soft = (reason: BounceReason): Verdict => ({ severity: 'soft', reason });

/** RFC 3463 codes that say enough by themselves; the last ones are what Exchange makes of them. */
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
  [
    /\b(mailbox|inbox|account|user|quota|storage|buz[oó]n|bandeja|cuota)\b.{0,40}\b(full|exceeded|over ?quota|over the (maximum|limit)|lleno|llena|excedid[oa]|sobrepas\w+)\b|over ?quota|insufficient (system )?storage|not enough (disk )?space/i,
    soft('full'),
  ],
  [
    /\b(message|mail|mensaje)\b.{0,40}\b(too (large|big)|demasiado grande)\b|\b(message|mail) size exceeds|exceeds? (the )?(maximum |fixed )?(message )?size|supera el (l[ií]mite de )?tama[nñ]o/i,
    soft('too-large'),
  ],
  [
    /\b(spam|black ?list\w*|block ?list\w*|deny ?list\w*|dnsbl|rbl|spamhaus|reputation|dmarc|spf (check|fail)\w*|virus|lista negra)\b|(rejected|refused|blocked) (by|due to|for) (.{0,30})?(policy|content|recipient policy)|\b(policy (violation|reasons?)|relay(ing)? (access )?denied|not (authori[sz]ed|permitted) to (send|relay)|no tiene permiso|bloquead[oa] por)\b/i,
    soft('blocked'),
  ],
  [
    /\b(unknown (user|recipient|mailbox|address|local[- ]part)|(user|recipient|mailbox|address|account|addressee)( address)?( is)? unknown|no such (user|recipient|person|mailbox|address|account)|no mailbox (here )?by that name|not (a )?(valid|known) (user|recipient|mailbox|address)|invalid (user|recipient|mailbox)|recipientnotfound|not listed in (the )?(domino|public))\b/i,
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
    /\b((host|domain)( or domain name)? not found|domain (name )?(does(n['’]t| not) exist|not found|couldn['’]t be found)|nxdomain|unrouteable (address|mail domain)|(host|domain) unknown|unknown (host|domain)|el dominio no existe|no se encontr[oó] el dominio)\b/i,
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
  const code = '([245]\\.\\d{1,3}\\.\\d{1,3})(?!\\.?\\d)';
  const found =
    new RegExp(`\\b[245]\\d\\d[ -]+[#(<\\[ ]*${code}`).exec(text) ??
    new RegExp(`(?<![\\d.])${code}`).exec(text);
  return found?.[1];
}

/** The narrower of the two: many say `5.0.0` in the status and the rest in words. */
export function preciseCode(status: string | undefined, words: string): string | undefined {
  const given = enhancedCodeIn(status ?? '');
  if (given && !/^\d\.(0\.0|\d\.0)$/.test(given)) return given;
  const inWords = enhancedCodeIn(words);
  return inWords && inWords[0] === (given ?? inWords)[0] ? inWords : given;
}

/** Why something was not delivered. What nobody can name is soft: hard needs a word for it. */
export function reasonOf(code: string | undefined, words: string): Verdict {
  const byWords = BY_WORDS.find(([pattern]) => pattern.test(words))?.[1];
  if (code?.startsWith('4.')) return soft(byWords?.severity === 'soft' ? byWords.reason : 'unreachable');
  const byCode = code && BY_CODE.find(([pattern]) => pattern.test(code))?.[1];
  return byCode || byWords || soft('other');
}
