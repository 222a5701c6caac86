import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';
import { loadPage } from './load.ts';
import { freePort, START_FLAGS, startProgram } from './program.ts';
import { SLUG } from './seed.ts';
import { type Row, spread } from './table.ts';

/** Many and short, so that a slow moment of the machine meets both of a pair or neither. */
const ROUNDS = 25;
const SECONDS = 1;
const PATH = `/en/petitions/${SLUG}`;

const COUNT_PATH = `/api/petitions/${SLUG}/count`;

/** Answers of the cache against bare routes that return the same bytes, in turn, and what a telephone loads. */
export async function benchPage(): Promise<Row[]> {
  const program = await startProgram();
  try {
    const page = await compare(program.url, PATH);
    const count = await compare(program.url, COUNT_PATH);
    return [
      { what: 'cached petition page', ...spread(page.ours), unit: '/s' },
      {
        what: 'cached page against a bare route, same headers',
        ...spread(page.ratios),
        unit: '%',
        atLeast: 90,
      },
      { what: 'count as JSON', ...spread(count.ours), unit: '/s' },
      { what: 'count against a bare route, same headers', ...spread(count.ratios), unit: '%', atLeast: 70 },
      ...(await weights(program.url)),
    ];
  } finally {
    await program.stop();
  }
}

async function compare(ourUrl: string, path: string) {
  const port = await freePort();
  const bareUrl = `http://localhost:${port}`;
  const bare = spawn(
    process.execPath,
    // The same program flags: what is compared is the route.
    [...START_FLAGS, join(import.meta.dirname, 'bare-server.ts'), ourUrl + path, String(port)],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  try {
    while (!(await isAnswered(bareUrl + path))) await sleep(100);
    const load = (url: string) => loadPage(url, { seconds: SECONDS, connections: 50, path });
    await load(ourUrl);
    await load(bareUrl);
    const ours: number[] = [];
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // Now the one first and now the other.
      const isOursFirst = round % 2 === 0;
      const first = await load(isOursFirst ? ourUrl : bareUrl);
      const second = await load(isOursFirst ? bareUrl : ourUrl);
      const [a, b] = isOursFirst ? [first, second] : [second, first];
      if (a.other + b.other > 0) throw new Error('a request was not answered');
      ours.push(a.perSecond);
      ratios.push((a.perSecond / b.perSecond) * 100);
    }
    return { ours, ratios };
  } finally {
    bare.kill();
  }
}

async function isAnswered(url: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => undefined);
  return answer?.ok ?? false;
}

async function weights(url: string): Promise<Row[]> {
  const html = await (await fetch(url + PATH)).text();
  const linked = [...html.matchAll(/<(?:link rel="stylesheet"|script)[^>]*(?:href|src)="([^"]+)"/g)].map(
    ([, path = '']) => path,
  );
  let css = 0;
  let js = 0;
  for (const path of linked) {
    const bytes = brotliCompressSync(Buffer.from(await (await fetch(url + path)).arrayBuffer())).length;
    if (path.endsWith('.js')) js += bytes;
    else css += bytes;
  }
  const kilobytes = (bytes: number) => ({
    median: bytes / 1000,
    min: bytes / 1000,
    max: bytes / 1000,
    unit: 'KB',
  });
  return [
    {
      what: 'sign page: HTML + CSS + JS, compressed',
      ...kilobytes(brotliCompressSync(html).length + css + js),
      atMost: 14,
    },
    { what: 'of which JS', ...kilobytes(js), atMost: 10 },
  ];
}
