/** What a session still waits for: `joining` sets a second factor up, `half` gives it, `full` may look. */
export const STAGES = ['joining', 'half', 'full'] as const;
export type Stage = (typeof STAGES)[number];

export type Session = {
  /** hash of what the browser carries */
  _id: string;
  /** how the list of sessions names it */
  ref: string;
  organiser: string;
  stage: Stage;
  startedAt: Date;
  seenAt: Date;
  endsAt: Date;
  /** when the second factor was last given */
  provedAt?: Date;
  /** keyed */
  network: string;
  /** which browser, in two words that name nobody: `Firefox · Android` */
  browser: string;
};

const BROWSERS = [
  ['Firefox', /Firefox\//],
  ['Edge', /Edg\w{0,9}\//],
  ['Opera', /OPR\//],
  ['Samsung Internet', /SamsungBrowser\//],
  ['Chrome', /Chrom(e|ium)\//],
  ['Safari', /Safari\//],
] as const;
const SYSTEMS = [
  ['Android', /Android/],
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Windows', /Windows/],
  ['Mac', /Mac OS X|Macintosh/],
  ['Linux', /Linux/],
] as const;

export function browserOf(userAgent = ''): string {
  const find = (known: readonly (readonly [string, RegExp])[]) =>
    known.find(([, pattern]) => pattern.test(userAgent.slice(0, 400)))?.[0];
  return [find(BROWSERS), find(SYSTEMS)].filter(Boolean).join(' · ') || '?';
}
