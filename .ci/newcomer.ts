import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Starts the program as a newcomer would, on the database from PyPI, signs one petition through HTTP, opens the
 * mail, confirms, and sees the count move. Prints the run's closing line.
 */
const START_SECONDS = 120;
const slug = 'no-more-unsafe-returns';
const dataDir = await mkdtemp(join(tmpdir(), 'newcomer-'));
const port = await freePort();
const site = `http://localhost:${port}`;
const [passedBefore = 0, failedBefore = 0, skippedBefore = 0] =
  (process.argv[2] ?? '').match(/\d+/g)?.map(Number) ?? [];
let passed = 0;
let failed = 0;

const program = spawn('npm', ['start'], {
  env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, LOCAL_DATABASE: 'pypi' },
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true,
});
const exited = new Promise<number | null>((resolve) => program.on('exit', resolve));

try {
  await step('the program starts and listens', () =>
    until(async () => (await fetch(`${site}/readyz`)).ok, START_SECONDS),
  );
  await step('the front page sends a Spanish reader to Spanish', async () => {
    const answer = await fetch(site, { redirect: 'manual', headers: { 'accept-language': 'es-MX' } });
    return answer.headers.get('location') === '/es';
  });
  await step('a signature is taken', async () => {
    const body = new URLSearchParams({
      name: 'Ana Rosa',
      email: 'ana@home.example',
      country: 'MX',
      region: 'MX-CHP',
      over16: 'on',
    });
    const answer = await fetch(`${site}/es/petitions/${slug}/signatures`, {
      method: 'POST',
      body,
      redirect: 'manual',
    });
    const next = answer.headers.get('location') ?? '';
    return answer.status === 303 && next.startsWith('/es/check-your-email?at=home.example');
  });
  let link = '';
  await step('the mail arrives with its link', () =>
    until(async () => {
      link = (await mails()).join('\n').match(/^http\S+\/es\/confirm\/\S+$/m)?.[0] ?? '';
      return link !== '';
    }, 20),
  );
  await step(
    'looking at the link changes nothing',
    async () => (await fetch(link)).ok && (await count()) === 0,
  );
  await step('the button confirms', async () => (await fetch(link, { method: 'POST' })).ok);
  await step('the count moves', () => until(async () => (await count()) === 1, 10));
  await step('the program stops when asked', async () => {
    process.kill(-Number(program.pid), 'SIGINT');
    return (await Promise.race([exited, sleep(20_000, 'still running')])) !== 'still running';
  });
} finally {
  if (program.exitCode === null && program.signalCode === null) process.kill(-Number(program.pid), 'SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
}
process.stdout.write(
  `${passedBefore + passed} passed, ${failedBefore + failed} failed, ${skippedBefore} skipped\n`,
);
process.exit(failed + failedBefore === 0 && passedBefore > 0 ? 0 : 1);

async function step(title: string, check: () => Promise<boolean>): Promise<void> {
  const isGood = await check().catch(() => false);
  process.stdout.write(`${isGood ? 'ok' : 'NOT OK'}  ${title}\n`);
  if (isGood) passed += 1;
  else failed += 1;
}

async function until(check: () => Promise<boolean>, seconds: number): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) {
    if (await check().catch(() => false)) return true;
  }
  return false;
}

async function count(): Promise<number> {
  const answer = (await (await fetch(`${site}/api/petitions/${slug}/count`)).json()) as { count: number };
  return answer.count;
}

/** The text parts as they lie in the local mailbox. */
async function mails(): Promise<string[]> {
  const folder = join(dataDir, 'mailbox');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eml'));
  const raw = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return raw.map((mail) => mail.replaceAll('=\r\n', '').replaceAll('=3D', '='));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
