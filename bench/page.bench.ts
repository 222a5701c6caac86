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

/** The cached petition page against a bare route that returns the same bytes, in turn, and what a telephone loads. */
export async function benchPage(): Promise<Row[]> {
  const program = await startProgram({ ROLES: 'web,ledger', RATE_LIMITS: 'off' });
  const port = await freePort();
  const bare = spawn(
    process.execPath,
    // The same program flags: what is compared is the route.
    [...START_FLAGS, join(import.meta.dirname, 'bare-server.ts'), program.url + PATH, String(port)],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  try {
    const bareUrl = `http://localhost:${port}`;
    while (
      !(await fetch(bareUrl + PATH).then(
        ({ ok }) => ok,
        () => false,
      ))
    )
      await sleep(100);
    const load = (url: string) => loadPage(url, { seconds: SECONDS, connections: 50, path: PATH });
    await load(program.url);
    await load(bareUrl);
    const ours: number[] = [];
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // Now the one first and now the other.
      const isOursFirst = round % 2 === 0;
      const first = await load(isOursFirst ? program.url : bareUrl);
      const second = await load(isOursFirst ? bareUrl : program.url);
      const [a, b] = isOursFirst ? [first, second] : [second, first];
      if (a.other + b.other > 0) throw new Error('a page was not answered');
      ours.push(a.perSecond);
      ratios.push((a.perSecond / b.perSecond) * 100);
    }
    return [
      { what: 'cached petition page', ...spread(ours), unit: '/s' },
      { what: 'cached petition page against the bare route', ...spread(ratios), unit: '%', atLeast: 80 },
      ...(await weights(program.url)),
    ];
  } finally {
    bare.kill();
    await program.stop();
  }
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
      atMost: 60,
    },
    { what: 'of which JS', ...kilobytes(js), atMost: 10 },
  ];
}
