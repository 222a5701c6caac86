import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProgram } from './program.ts';
import { attach, seedSignatures } from './seed.ts';
import { openSink } from './sink.ts';
import type { Row } from './table.ts';

const MAILS = 6_000;

/** Confirm mails a second, composed and handed to a real SMTP server on loopback that takes everything. */
export async function benchMail(): Promise<Row[]> {
  const sink = await openSink();
  const dataDir = await mkdtemp(join(tmpdir(), 'safe-passage-bench-'));
  try {
    const first = await startProgram({ DATA_DIR: dataDir, ROLES: 'web' });
    const database = await attach(dataDir);
    await seedSignatures(database.services, MAILS, 'mail');
    await database.close();
    await first.stop();
    const program = await startProgram({
      DATA_DIR: dataDir,
      ROLES: 'web,mail',
      SMTP_URL: sink.url,
    });
    while (sink.taken() < 500) await sleep(10);
    const [from, start] = [sink.taken(), Date.now()];
    while (sink.taken() < MAILS) await sleep(20);
    const rate = ((sink.taken() - from) * 1000) / (Date.now() - start);
    await program.stop();
    return [{ what: 'mails/s to a local SMTP sink', median: rate, min: rate, max: rate, unit: '/s' }];
  } finally {
    await sink.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}
