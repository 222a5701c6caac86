import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectLmtp } from '../test/support/lmtp.ts';
import { benchShapes } from './incoming-shapes.ts';
import { freePort, startProgram } from './program.ts';
import { type Row, spread } from './table.ts';

const TURNS = 3;
const BY_PIPE = 3;
const BY_LMTP = 150;
/** As many connections as Postfix opens to one destination is 20; a few show it. */
const CONNECTIONS = 4;
const PIPE = join(import.meta.dirname, '../deploy/mail-receive');
const RECIPIENT = 'hello@safe-passage.example';

let made = 0;
function message(): Buffer {
  made += 1;
  const head = `From: Jane <jane@office.example>\r\nTo: ${RECIPIENT}\r\nSubject: answer ${made}\r\nMessage-ID: <${made}@office.example>`;
  return Buffer.from(`${head}\r\n\r\nWe answer your letter, number ${made}.\r\n`);
}

/** Messages a second by LMTP in turns with the pipe; and what the hardest shapes of 10 MB cost. */
export async function benchIncoming(): Promise<Row[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'safe-passage-bench-'));
  const port = await freePort();
  const program = await startProgram({ DATA_DIR: dataDir, LMTP_PORT: String(port), LOG_LEVEL: 'error' });
  try {
    // The workers, which take it, start beside the web.
    await listening(port);
    await rateOf(20, CONNECTIONS, () => byLmtp(port));
    const [pipe, lmtp]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < TURNS; turn += 1) {
      pipe.push(await rateOf(BY_PIPE, 1, async () => () => byPipe(dataDir)));
      lmtp.push(await rateOf(BY_LMTP, CONNECTIONS, () => byLmtp(port)));
    }
    const ratios = lmtp.map((rate, turn) => rate / (pipe[turn] ?? 1));
    return [
      { what: 'messages/s by the pipe, one after the other', ...spread(pipe), unit: '/s' },
      { what: 'messages/s by LMTP, 4 connections', ...spread(lmtp), unit: '/s' },
      { what: '… over the pipe, in turns', ...spread(ratios), unit: '×', atLeast: 50 },
      ...(await benchShapes(dataDir)),
    ];
  } finally {
    await program.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** `open` gives each of `workers` its own way of bringing one. */
async function rateOf(
  count: number,
  workers: number,
  open: () => Promise<(() => Promise<void>) & { end?: () => void }>,
): Promise<number> {
  const ways = await Promise.all(Array.from({ length: workers }, open));
  const start = performance.now();
  let left = count;
  await Promise.all(
    ways.map(async (bring) => {
      while (left > 0) {
        left -= 1;
        await bring();
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  for (const { end } of ways) end?.();
  return count / seconds;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const client = await connectLmtp(port).catch(() => undefined);
    if (client) {
      client.end();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`nobody takes mail on port ${port}`);
}

async function byLmtp(port: number) {
  const client = await connectLmtp(port);
  const bring = async () => {
    const [reply = ''] = await client.deliver({
      sender: 'jane@office.example',
      recipients: [RECIPIENT],
      raw: message(),
    });
    if (!reply.startsWith('250')) throw new Error(reply);
  };
  return Object.assign(bring, { end: client.end });
}

async function byPipe(dataDir: string): Promise<void> {
  const child = spawn(PIPE, [`--recipient=${RECIPIENT}`, '--sender=jane@office.example'], {
    env: { PATH: '/usr/bin:/bin', DATA_DIR: dataDir },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin?.end(message());
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`the pipe exited with ${code}`);
}
