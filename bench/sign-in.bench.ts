import autocannon from 'autocannon';
import { loadSign } from './load.ts';
import { startProgram } from './program.ts';
import { SLUG } from './seed.ts';
import { type Row, spread } from './table.ts';

const PER_SECOND = 200;
const SECONDS = 30;
/** People who sign meanwhile. */
const CONNECTIONS = 8;

/**
 * A flood of guesses at the door of the console, each for another account and from another network, so that no slow-down
 * stops it: what those who sign feel of it, and what it weighs.
 */
export async function benchSignIn(): Promise<Row[]> {
  const program = await startProgram({ TRUSTED_PROXIES: 'loopback' });
  try {
    const sign = (tag: string) =>
      loadSign(program.url, { seconds: SECONDS, connections: CONNECTIONS, tag, slug: SLUG });
    await loadSign(program.url, { seconds: 5, connections: CONNECTIONS, tag: 'warm', slug: SLUG });
    const quiet = await sign('quiet');
    const before = await program.rssMegabytes();
    const [flooded, flood] = await Promise.all([sign('flooded'), guess(program.url)]);
    const after = await program.rssMegabytes();
    if (flooded.other > 0) throw new Error(`${flooded.other} answers were no acknowledgement`);
    const one = (value: number) => spread([value]);
    const ratio = flooded.p99 / quiet.p99;
    const grown = Math.max(...Object.entries(after).map(([part, mb]) => mb - (before[part] ?? mb)));
    return [
      { what: 'guesses answered at the sign-in', ...one(flood / SECONDS), unit: '/s' },
      { what: 'sign p99 without guesses', ...one(quiet.p99), unit: 'ms' },
      { what: 'sign p99 among 200 guesses/s, by that', ...one(ratio), unit: '×', atMost: 2 },
      { what: 'RSS more after 30 s of guesses', ...one(grown), unit: 'MB', atMost: 100 },
    ];
  } finally {
    await program.stop();
  }
}

async function guess(url: string): Promise<number> {
  const page = await fetch(`${url}/organise/sign-in`);
  const cookie = (page.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
  const [, token = ''] = /name="_token" value="([^"]*)"/.exec(await page.text()) ?? [];
  let n = 0;
  const result = await autocannon({
    url,
    connections: 20,
    overallRate: PER_SECOND,
    duration: SECONDS,
    requests: [
      {
        method: 'POST',
        path: '/organise/sign-in',
        setupRequest(request) {
          n += 1;
          const form = { _token: token, email: `guess-${n}@team.example`, password: `guess ${n}` };
          return {
            ...request,
            headers: {
              cookie,
              origin: url,
              'content-type': 'application/x-www-form-urlencoded',
              'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`,
            },
            body: new URLSearchParams(form).toString(),
          };
        },
      },
    ],
  });
  return result.requests.total;
}
