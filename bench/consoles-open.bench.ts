import { setTimeout as sleep } from 'node:timers/promises';
import { openOwner } from './console.ts';
import { loadPage, loadSign } from './load.ts';
import { startProgram } from './program.ts';
import { attach, SLUG, seedCounted } from './seed.ts';
import { openSink } from './sink.ts';
import { type Row, spread } from './table.ts';

const ROUNDS = 10;
const SECONDS = 4;
const CONNECTIONS = 50;
const CONSOLES = 10;
/** As often as an open page looks again. */
const REFRESH_MS = 20_000;
const PAGES = [`/organise/tracking/${SLUG}`, '/organise/tracking', '/organise'];

/** Signing and the cached page while ten organisers have pages open that look again, in turns with none. */
export async function benchConsolesOpen(): Promise<Row[]> {
  const sink = await openSink();
  const program = await startProgram({ SMTP_URL: sink.url });
  const { services, empty, close } = await attach(program.dataDir);
  try {
    await seedCounted(services, 10_000, 30);
    await services.tracking.rebuild([SLUG]);
    const { owner, close: closeApp } = await openOwner(services, program.dataDir);
    const cookie = [...owner.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    await closeApp();
    const load = { seconds: SECONDS, connections: CONNECTIONS };
    const turn = async (tag: string) => {
      const sign = await loadSign(program.url, { ...load, tag, slug: SLUG });
      const page = await loadPage(program.url, { ...load, seconds: 2, path: `/en/petitions/${SLUG}` });
      return { sign: sign.perSecond, page: page.perSecond };
    };
    await turn('warm');
    const ratios: { sign: number; page: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await empty();
      await sleep(1_000);
      const none = await turn(`none-${round}`);
      await empty();
      await sleep(1_000);
      const stop = openConsoles(program.url, cookie);
      const open = await turn(`open-${round}`);
      await stop();
      ratios.push({ sign: (open.sign / none.sign) * 100, page: (open.page / none.page) * 100 });
    }
    const row = (what: string, values: number[]): Row => ({
      what,
      ...spread(values),
      unit: '%',
      atLeast: 97,
    });
    return [
      row(
        `sign POST/s with ${CONSOLES} consoles open`,
        ratios.map(({ sign }) => sign),
      ),
      row(
        `cached page with ${CONSOLES} consoles open`,
        ratios.map(({ page }) => page),
      ),
    ];
  } finally {
    await close();
    await program.stop();
    await sink.close();
  }
}

/** Pages that look again as a browser's do, evenly one after the other. */
function openConsoles(url: string, cookie: string): () => Promise<void> {
  let isOpen = true;
  const running = (async () => {
    for (let turn = 0; isOpen; turn += 1) {
      const page = PAGES[turn % PAGES.length] ?? '';
      const { status } = await fetch(url + page, {
        headers: { cookie, 'x-refresh': '1' },
        redirect: 'manual',
      });
      if (status !== 200) throw new Error(`${page} answered ${status}`);
      await sleep(REFRESH_MS / CONSOLES);
    }
  })();
  return async () => {
    isOpen = false;
    await running;
  };
}
