import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { openBrowser } from '../test/support/browser.ts';
import { freePort, startProgram } from './program.ts';
import { SLUG } from './seed.ts';
import { type Row, spread } from './table.ts';

const ROUNDS = 5;
/** 176 MB with what it needs: installed where it is measured, and no dependency of the program. */
const VERSION = '13.5.0';
const FOLDER = join(tmpdir(), `safe-passage-lighthouse-${VERSION}`);
const PAGES: Record<string, string> = {
  home: '',
  petition: `/petitions/${SLUG}`,
  check: `/check-your-email?at=gmail.com&petition=${SLUG}`,
};
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];

type Lighthouse = (url: string, flags: object) => Promise<{ lhr: Report } | undefined>;
type Report = { categories: Record<string, { score: number | null }>; audits: Record<string, Audit> };
type Audit = { title: string; score: number | null };

/** What Lighthouse says of the pages that a signature begins on, as a telephone; `only` names one of them. */
export async function benchLighthouse(only?: string): Promise<Row[]> {
  const lighthouse = await install();
  const port = await freePort();
  const program = await startProgram();
  const browser = await openBrowser([`--remote-debugging-port=${port}`]);
  try {
    const rows: Row[] = [];
    for (const [name, path] of Object.entries(PAGES)) {
      if (only && only !== name) continue;
      for (const locale of ['en', 'es'])
        rows.push(
          ...(await measure(lighthouse, `${program.url}/${locale}${path}`, port, `${name} ${locale}`)),
        );
    }
    return rows;
  } finally {
    await browser.close();
    await program.stop();
  }
}

async function measure(lighthouse: Lighthouse, url: string, port: number, name: string): Promise<Row[]> {
  const scores = new Map(CATEGORIES.map((category) => [category, [] as number[]]));
  const lost = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const result = await lighthouse(url, { port, logLevel: 'error', onlyCategories: CATEGORIES });
    if (!result) throw new Error(`Lighthouse said nothing of ${url}`);
    const { categories, audits } = result.lhr;
    for (const [category, all] of scores) all.push((categories[category]?.score ?? 0) * 100);
    for (const { title, score } of Object.values(audits)) if (score !== null && score < 0.9) lost.add(title);
  }
  if (lost.size > 0) console.log(`${name}: ${[...lost].join('; ')}`);
  return CATEGORIES.map((category) => ({
    what: `${name}: ${category}`,
    ...spread(scores.get(category) ?? []),
    unit: '',
    atLeast: 100,
  }));
}

async function install(): Promise<Lighthouse> {
  const entry = join(FOLDER, 'node_modules/lighthouse/core/index.js');
  if (!existsSync(entry)) {
    await mkdir(FOLDER, { recursive: true });
    const command = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', FOLDER];
    await promisify(execFile)('npm', [...command, `lighthouse@${VERSION}`]);
  }
  return ((await import(pathToFileURL(entry).href)) as { default: Lighthouse }).default;
}
