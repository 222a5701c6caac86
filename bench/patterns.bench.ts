import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import { listBuiltPatterns, listPatterns, loadBuiltPatterns, type Pattern, shapesFor } from './patterns.ts';
import { type Row, spread } from './table.ts';

const MOST_MS = 50;
/** Long enough to tell the shapes apart, short enough to try all of them. */
const TRIAL_LENGTH = 700;
const WORST_SHAPES = 5;

/** The longest text that the patterns of a file are asked about, in characters, where it is not the usual. */
const USUAL = 20_000;
const LONGEST: readonly [file: RegExp, length: number][] = [
  // What is cut before anybody looks: a subject, the words of one recipient, the first words of a mail.
  [/^mail\/incoming\/stop\.ts$/, 2_000],
  [/^mail\/incoming\/(bounce|report|saying|failed|reason)\.ts$/, 8_000],
  [/^mail\/(incoming\/(message|parts|words|html|flowed|fields)|mailbox\.routes)\.ts$/, 200_000],
  // A field before it is cut: as long as a form may be.
  [/^lib\/text\/text\.ts$/, 64 * 1024],
  // A person's own words: 2,000 characters, each of them two units at most. Names and addresses are shorter.
  [/^(signatures|words)\//, 4_000],
  [/^voices\//, 4_000],
  // Our own texts, and what an operator types.
  [/^(starter|packs|campaign|offices)\//, 2_000],
  [/^(config|cli|operator)\.ts$/, 2_000],
];

/**
 * Built anew at each use: of routes, a port, an address with its signs escaped. That of mail/incoming/token.ts begins at a
 * word, and what follows in it cannot hold that word again.
 */
const BUILT_IN_USE = [
  'mail/incoming/token.ts',
  'mail/smtp-reply.ts',
  'web/allowed-methods.ts',
  'web/drain.ts',
];

/** What each pattern over text that others write costs at worst: one long text must hold nobody up. */
export async function benchPatterns(): Promise<Row[]> {
  const root = join(import.meta.dirname, '..', 'src');
  const built = listBuiltPatterns(root);
  const unknown = built.filter(({ file, isAtStart }) => !isAtStart && !BUILT_IN_USE.includes(file));
  if (unknown.length > 0)
    throw new Error(`nobody has said whose text is in ${unknown.map(({ file }) => file).join(', ')}`);
  const patterns = [...listPatterns(root), ...(await loadBuiltPatterns(root, built))];
  const idle = LONGEST.filter(([file]) => !patterns.some((pattern) => file.test(pattern.file)));
  if (idle.length > 0) throw new Error(`no pattern stands in ${idle.map(([file]) => file).join(', ')}`);
  const costs = patterns.map((pattern) => ({ pattern, ...worstOf(pattern) }));
  const slow = costs.filter(({ milliseconds }) => milliseconds > MOST_MS);
  for (const { pattern, milliseconds, shape } of slow)
    console.error(`${pattern.file}:${pattern.line} ${Math.round(milliseconds)} ms for ${shape}`);
  if (slow.length > 0) process.exitCode = 1;
  const milliseconds = costs.map((cost) => cost.milliseconds);
  return [
    { what: `slowest of ${patterns.length} patterns`, ...spread(milliseconds), unit: 'ms', atMost: MOST_MS },
  ].map((row) => ({ ...row, median: row.max }));
}

function worstOf(pattern: Pattern): { milliseconds: number; shape: string } {
  const regex = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''));
  const trials = [...shapesFor(pattern, TRIAL_LENGTH)].map(([shape, text]) => {
    const milliseconds = costOf(regex, text, 2);
    return { shape, milliseconds };
  });
  trials.sort((a, b) => b.milliseconds - a.milliseconds);
  const chosen = new Set(trials.slice(0, WORST_SHAPES).map(({ shape }) => shape));
  const length = LONGEST.find(([file]) => file.test(pattern.file))?.[1] ?? USUAL;
  let worst = { milliseconds: 0, shape: '' };
  for (const [shape, text] of shapesFor(pattern, length)) {
    if (!chosen.has(shape)) continue;
    const milliseconds = costOf(regex, text, 2);
    if (milliseconds > worst.milliseconds) worst = { milliseconds, shape };
  }
  return worst;
}

const look = new Script('regex.test(text)');
const context = createContext({ regex: /a/, text: '' });

/** The least of so many turns; a pattern without end is stopped after two seconds. */
function costOf(regex: RegExp, text: string, turns: number): number {
  let least = Number.POSITIVE_INFINITY;
  Object.assign(context, { regex, text });
  for (let turn = 0; turn < turns; turn += 1) {
    const started = process.cpuUsage();
    try {
      look.runInContext(context, { timeout: 2_000 });
    } catch {
      return 2_000;
    }
    const { user, system } = process.cpuUsage(started);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}
