import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { startProgram } from './program.ts';
import { attach, seedSignatures } from './seed.ts';
import type { Row } from './table.ts';

const MAILS = 6_000;

/** Confirm mails a second, composed and handed to a real SMTP server on loopback that takes everything. */
export async function benchMail(): Promise<Row[]> {
  let taken = 0;
  const sink = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, _session, callback) {
      stream.resume();
      stream.on('end', () => {
        taken += 1;
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', () => resolve()));
  const address = sink.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
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
      SMTP_URL: `smtp://127.0.0.1:${port}`,
    });
    while (taken < 500) await sleep(10);
    const [from, start] = [taken, Date.now()];
    while (taken < MAILS) await sleep(20);
    const rate = ((taken - from) * 1000) / (Date.now() - start);
    await program.stop();
    return [{ what: 'mails/s to a local SMTP sink', median: rate, min: rate, max: rate, unit: '/s' }];
  } finally {
    await new Promise<void>((resolve) => sink.close(() => resolve()));
    await rm(dataDir, { recursive: true, force: true });
  }
}
