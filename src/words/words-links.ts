import { findAddresses } from '../lib/text/addresses-in-text.ts';

/** What in somebody's words would make a link, as places in the text; `isSure` is false where it may be two sentences. */
type LinkInWords = { start: number; end: number; kind: 'link' | 'address'; isSure: boolean };

const TOKEN = /\S+/gu;
/**
 * Names in a row with points between them. It begins only where no name is going on, so that each sign is looked at once.
 */
const HOST = /(?<![\p{L}\p{M}\p{N}_-])[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)+/gu;
const WWW = /(?<![\p{L}\p{M}\p{N}])www\d?\.(?=[\p{L}\p{N}])/giu;
/** Schemes that people paste, also where a word is stuck to them; any other one stands alone. */
const KNOWN_SCHEME = /(?:https?|ftps?|tg|whatsapp)$/i;
const ANY_SCHEME = /(?<![\p{L}\p{M}\p{N}])[a-z][a-z0-9+.-]{1,20}$/iu;
/** Ends an address on the web wherever it stands: blanks, quotation marks, dashes that no keyboard puts into an address. */
const NOT_IN_LINK = new Set([...'<>"“”„‟«»‹›¡¿|\\^`{}—–…。，、']);
const BEHIND_LINK = /[.,;:!?'’*_~]/u;
const PATH = /[/?#]/;
const IN_PATH = /[\p{L}\p{N}?#&=_%@-]/u;

/** Endings that are no word of either language: they make a link by themselves. */
const SURE_ENDINGS = new Set('com org gov gob biz edu example xyz dev'.split(' '));
/** A link with a path behind it; alone they may be the next sentence's first word. */
const ENDINGS = new Set(
  (
    'net info mil int test io app top site online click link live shop store web blog news club pro ' +
    'mx gt hn sv ni cr pa co ve ec pe cl ar uy br us ca uk es fr de it pt nl ch ru cn eu me tv cc ly gl be to la'
  ).split(' '),
);
/** Endings that are everyday words: "madre.me quitaron". A path makes a link of them only where no word can be meant. */
const WORD_ENDINGS = new Set('me mil us ca de es to la it be co ni pa no ve net'.split(' '));
const SHORT_LINKS = new Set('t.me wa.me m.me bit.ly goo.gl youtu.be fb.me'.split(' '));
/** The second last name of com.mx, gob.gt, co.uk. */
const SECOND_LEVEL = new Set('com org net edu gob gov co ac'.split(' '));
const SUBDOMAINS = new Set('m es en l lm maps docs drive sites mail blog news web mobile'.split(' '));

/** Of several lines, in the order in which they stand. Takes time in proportion to the text. */
function findLinks(text: string): LinkInWords[] {
  return [...text.matchAll(TOKEN)].flatMap(({ 0: token, index }) =>
    token.includes('.') || token.includes('://')
      ? linksOf(token).map((link) => ({ ...link, start: link.start + index, end: link.end + index }))
      : [],
  );
}

/** What a mail program may make a link of although it was not meant as one. It is told, and never left out. */
export function findDoubtfulLinks(text: string): string[] {
  const doubtful = findLinks(text).filter(({ isSure }) => !isSure);
  return [...new Set(doubtful.map(({ start, end }) => text.slice(start, end)))];
}

/** The text with `leftOut` where a link or an address stands beyond doubt; nothing else is touched. */
export function withoutLinks(text: string, leftOut: { link: string; address: string }): string {
  let rest = '';
  let from = 0;
  for (const { start, end, kind, isSure } of findLinks(text)) {
    if (!isSure) continue;
    rest += text.slice(from, start) + leftOut[kind];
    from = end;
  }
  return rest + text.slice(from);
}

/** The first of those that overlap holds: an address within a link belongs to it. */
function linksOf(token: string): LinkInWords[] {
  const found = [
    ...withScheme(token),
    ...[...token.matchAll(WWW)].map(({ index }) => link(index, endOfLink(token, index))),
    ...mailAddresses(token),
    ...[...token.matchAll(HOST)].flatMap(({ 0: host, index }) => bareHost(token, host, index) ?? []),
  ].sort((a, b) => a.start - b.start || Number(b.isSure) - Number(a.isSure) || b.end - a.end);
  const kept: LinkInWords[] = [];
  for (const one of found) if (one.start >= (kept.at(-1)?.end ?? 0)) kept.push(one);
  return kept;
}

function link(start: number, end: number, isSure = true): LinkInWords {
  return { start, end, kind: 'link', isSure };
}

function withScheme(token: string): LinkInWords[] {
  const found: LinkInWords[] = [];
  for (let at = token.indexOf('://'); at >= 0; at = token.indexOf('://', at + 3)) {
    const before = token.slice(Math.max(0, at - 22), at);
    const scheme = (KNOWN_SCHEME.exec(before) ?? ANY_SCHEME.exec(before))?.[0];
    const end = endOfLink(token, at + 3);
    if (scheme && end > at + 3) found.push(link(at - scheme.length, end));
  }
  return found;
}

function mailAddresses(token: string): LinkInWords[] {
  return findAddresses(token).flatMap(({ start, address }) => {
    const at = address.lastIndexOf('@') + 1;
    const domain = /^[\p{L}\p{M}\p{N}-]{1,63}(?:\.[\p{L}\p{M}\p{N}-]{1,63}){1,8}/u.exec(
      address.slice(at),
    )?.[0];
    if (!domain) return [];
    const prefix = token.slice(0, start).toLowerCase().endsWith('mailto:') ? 'mailto:'.length : 0;
    const end = start + at + withoutSentence(domain).length;
    return [{ start: start - prefix, end, kind: 'address' as const, isSure: true }];
  });
}

/** A host and, if something stands behind it, the path. */
function endOfLink(token: string, from: number): number {
  let end = from;
  while (end < token.length && isOfHost(token, from, end)) end += 1;
  if (PATH.test(token[end] ?? '')) end = endOfPath(token, end);
  while (end > from && BEHIND_LINK.test(token[end - 1] ?? '')) end -= 1;
  return from + withoutSentence(token.slice(from, end)).length;
}

/** A colon stands before a port, within [::1], and in user:password@. */
function isOfHost(token: string, from: number, at: number): boolean {
  const sign = token[at] ?? '';
  if ('[]'.includes(sign)) return token[from] === '[';
  if (sign !== ':') return /[\p{L}\p{M}\p{N}.@%_~-]/u.test(sign);
  return /\d/.test(token[at + 1] ?? '') || token[from] === '[' || token.indexOf('@', at) > at;
}

/** Up to a bracket that was opened before the link, or a comma between two words, where the sentence goes on. */
function endOfPath(token: string, from: number): number {
  let open = 0;
  for (let at = from; at < token.length; at += 1) {
    const sign = token[at] ?? '';
    if (NOT_IN_LINK.has(sign) || (/[,;]/.test(sign) && /\p{L}/u.test(token[at + 1] ?? ''))) return at;
    if ('(['.includes(sign)) open += 1;
    if (')]'.includes(sign) && --open < 0) return at;
  }
  return token.length;
}

/** Without the first word of the next sentence: "https://a.example.Luego", "correo.com.me". */
function withoutSentence(link: string): string {
  const point = link.lastIndexOf('.');
  const last = link.slice(point + 1);
  const before = link.slice(0, point);
  if (point < 1 || !before.includes('.')) return link;
  const isSentence = /^\p{Lu}[\p{Ll}\p{M}]{1,40}$/u.test(last) && !isEnding(last.toLowerCase());
  const isWord = WORD_ENDINGS.has(last) && SURE_ENDINGS.has(before.slice(before.lastIndexOf('.') + 1));
  return isSentence || isWord ? before : link;
}

/** Where neither scheme nor www. stands: the last name decides. */
function bareHost(token: string, whole: string, index: number): LinkInWords | undefined {
  const names = withoutSentence(whole).split('.');
  const last = names.at(-1) ?? '';
  const host = names.join('.');
  const ending = last.toLowerCase();
  if (!isEnding(ending) || !/\p{L}/u.test(names.at(-2) ?? '') || host.search(WWW) >= 0) return undefined;
  const end = index + host.length;
  const path = host.length === whole.length && PATH.test(token[end] ?? '') ? token.slice(end) : '';
  const hasPath = path.length > 1 && IN_PATH.test(path[1] ?? '');
  const isPair =
    names.length > 2 && ending.length === 2 && SECOND_LEVEL.has(names.at(-2)?.toLowerCase() ?? '');
  const isSure =
    (SURE_ENDINGS.has(ending) && last !== 'Edu') ||
    isPair ||
    (hasPath && (!WORD_ENDINGS.has(ending) || isNoWord(path) || SHORT_LINKS.has(host.toLowerCase())));
  // With a capital it is a sentence; a number before it is an amount.
  if (!isSure && last !== ending) return undefined;
  const start = index + lengthBefore(names, isPair ? 3 : 2, hasPath);
  return link(start, isSure ? endOfLink(token, start) : end, isSure);
}

function isEnding(name: string): boolean {
  return SURE_ENDINGS.has(name) || ENDINGS.has(name);
}

function isNoWord(path: string): boolean {
  return /[\d=&_%]/.test(path);
}

/** How much of the names stands before the link: the end of a sentence, "ayer.facebook.com", is kept. */
function lengthBefore(names: readonly string[], own: number, hasPath: boolean): number {
  let first = names.length - own;
  while (first > 0 && isSubdomain(names[first - 1] ?? '', hasPath)) first -= 1;
  return names.slice(0, first).reduce((sum, { length }) => sum + length + 1, 0);
}

function isSubdomain(name: string, hasPath: boolean): boolean {
  return SUBDOMAINS.has(name.toLowerCase()) || (hasPath && /^[a-z0-9-]{1,63}$/.test(name));
}
