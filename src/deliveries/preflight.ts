import type { Locale } from '../lib/locales.ts';
import { bandsOf, similarity, sketchOf } from '../lib/text/minhash.ts';
import { linkFaults } from './links-in-mail.ts';

/** ok; warn: worth a look; stop: an office's filter would rightly drop it, so it is not released. */
type Level = 'ok' | 'warn' | 'stop';
type CheckName =
  | 'bodies'
  | 'subjects'
  | 'pace'
  | 'alignment'
  | 'spf'
  | 'dkim'
  | 'dmarc'
  | 'size'
  | 'attachments'
  | 'language'
  | 'links'
  | 'channel';
export type Check = { name: CheckName; level: Level; says: string };
export type Report = { officeId: string; messages: number; checks: Check[]; mayGo: boolean };

/** A composed mail as a filter sees it. */
export type Seen = {
  subject: string;
  text: string;
  from: string;
  envelopeFrom: string;
  replyTo: string;
  sizeBytes: number;
  attachmentTypes: readonly string[];
  language: Locale;
  links: readonly string[];
  isThread: boolean;
};

/** Two bodies that share so much are one form letter to a filter. */
const NEAR_IDENTICAL = 0.9;
const SHARE_WARN = 0.1;
const SHARE_STOP = 0.3;
const SIZE_WARN_BYTES = 200_000;
const SIZE_STOP_BYTES = 2_000_000;
const ATTACHMENTS = new Set(['application/pdf']);
/** Sketches are compared here and thrown away: nothing secret is needed. */
const NO_SECRET = Buffer.alloc(0);

export function reportOn(officeId: string, messages: number, checks: readonly Check[]): Report {
  return { officeId, messages, checks: [...checks], mayGo: checks.every(({ level }) => level !== 'stop') };
}

/** Share of the batch that has a near-identical twin in it. One mail alone has none. */
export function checkBodies(bodies: readonly string[]): Check {
  const sketches = bodies.map((body) => sketchOf(body, NO_SECRET));
  const buckets = new Map<number, number[]>();
  const twins = new Set<number>();
  for (const [index, sketch] of sketches.entries()) {
    for (const band of bandsOf(sketch)) {
      const bucket = buckets.get(band) ?? [];
      for (const other of bucket) {
        if (twins.has(index) && twins.has(other)) continue;
        if (similarity(sketch, sketches[other] ?? sketch) >= NEAR_IDENTICAL) twins.add(index).add(other);
      }
      // A few of each bucket are enough to find a twin for all that follow.
      if (bucket.length < 8) buckets.set(band, [...bucket, index]);
    }
  }
  return shareCheck('bodies', twins.size, bodies.length, 'nearly identical bodies');
}

export function checkSubjects(subjects: readonly string[]): Check {
  // The number in brackets is ours, and makes no subject another.
  const counts = Map.groupBy(subjects, (subject) =>
    subject
      .toLowerCase()
      .replace(/\([^()]*\)$/, '')
      .replace(/[\d\s]+/g, ' '),
  );
  const same = [...counts.values()]
    .filter(({ length }) => length > 1)
    .reduce((sum, { length }) => sum + length, 0);
  return shareCheck('subjects', same, subjects.length, 'identical subjects');
}

function shareCheck(name: 'bodies' | 'subjects', alike: number, all: number, what: string): Check {
  const share = all === 0 ? 0 : alike / all;
  const level = share > SHARE_STOP ? 'stop' : share > SHARE_WARN ? 'warn' : 'ok';
  return { name, level, says: `${alike} of ${all} have ${what} (at most ${SHARE_STOP * 100} %)` };
}

/** From, envelope and Reply-To as DMARC and people look at them (RFC 7489, 3.1). */
export function checkAlignment(seen: readonly Seen[], mailDomain: string): Check {
  const isOurs = (address: string) => address.toLowerCase().endsWith(`@${mailDomain.toLowerCase()}`);
  const astray = seen.filter(({ from, envelopeFrom }) => !isOurs(from) || from !== envelopeFrom);
  const toWriters = seen.filter(({ replyTo }) => !isOurs(replyTo)).length;
  if (astray.length > 0)
    return { name: 'alignment', level: 'stop', says: `${astray.length} are not sent from ${mailDomain}` };
  const replies = toWriters > 0 ? `; answers to ${toWriters} go to their writers` : '';
  return {
    name: 'alignment',
    level: 'ok',
    says: `From and envelope are one address of ${mailDomain}${replies}`,
  };
}

export function checkSize(seen: readonly Seen[]): Check {
  const largest = Math.max(0, ...seen.map(({ sizeBytes }) => sizeBytes));
  const level = largest > SIZE_STOP_BYTES ? 'stop' : largest > SIZE_WARN_BYTES ? 'warn' : 'ok';
  return { name: 'size', level, says: `the largest has ${Math.ceil(largest / 1000)} kB` };
}

export function checkAttachments(seen: readonly Seen[]): Check {
  const odd = seen.flatMap(({ attachmentTypes }) => attachmentTypes.filter((type) => !ATTACHMENTS.has(type)));
  return odd.length > 0
    ? { name: 'attachments', level: 'stop', says: `filters drop ${[...new Set(odd)].join(', ')}` }
    : { name: 'attachments', level: 'ok', says: 'none but PDF' };
}

export function checkLanguage(seen: readonly Seen[], languages: readonly Locale[]): Check {
  const foreign = seen.filter(({ language }) => !languages.includes(language)).length;
  return foreign > 0
    ? { name: 'language', level: 'stop', says: `${foreign} are not in ${languages.join(' or ')}` }
    : { name: 'language', level: 'ok', says: `in ${languages.join(' or ')}` };
}

/** `isTest`: an address under .example or .test reads no mail, so its links are only told. */
export function checkLinks(
  seen: readonly Seen[],
  { isTest, ...ours }: { publicUrl: string; published: readonly string[]; isTest: boolean },
): Check {
  const { foreign, dead } = linkFaults([...new Set(seen.flatMap(({ links }) => links))], ours);
  const level = foreign.length + dead.length === 0 ? 'ok' : isTest ? 'warn' : 'stop';
  if (dead.length > 0)
    return { name: 'links', level, says: `nobody else can open ${siteOfLink(dead)} (PUBLIC_URL)` };
  if (foreign.length > 0) return { name: 'links', level, says: `${siteOfLink(foreign)} is not ours` };
  return { name: 'links', level, says: `all lead to ${ours.publicUrl} or to a published source` };
}

/** The page and not the whole link, which may be the office's own key to it. */
function siteOfLink([link = '']: readonly string[]): string {
  return URL.parse(link)?.origin ?? link;
}

/** `isTest`: an address under .example or .test reads no mail, so its pace is only told. */
export function checkPace(
  kind: 'digest' | 'letter',
  count: { before: number; batch: number; most: number; isTest: boolean },
): Check {
  const all = count.before + count.batch;
  const per = kind === 'digest' ? 'digests in 30 days' : 'letters in all';
  const level = all <= count.most ? 'ok' : count.isTest ? 'warn' : 'stop';
  return { name: 'pace', level, says: `${all} ${per}, of ${count.most} that the office takes` };
}
