import { afterEach, beforeEach, expect, it } from 'vitest';
import { signatureId } from '../../src/signatures/signature.ts';
import { makeDataDir, openBeside, type Program, startProgram, until } from '../support/program.ts';
import { gatherCrowd, SLUG } from './crowd.ts';

const ENOUGH = 300;

let folder: Awaited<ReturnType<typeof makeDataDir>>;
let program: Program;

beforeEach(async () => {
  folder = await makeDataDir();
  program = await startProgram({ DATA_DIR: folder.path });
});
afterEach(async () => {
  await program.stop();
  await folder.remove();
});

/**
 * Sent is what had left for the system's hands: from then on it must be answered, whether the signal came before or
 * after. Whoever comes too late is refused the connection, which a browser says before anything is lost.
 */
it.each([
  { crowdOf: 'one connection each, kept alive', restMs: 0 },
  { crowdOf: 'a new connection each time', restMs: 500 },
])('drops no request at Ctrl-C under load: $crowdOf', { timeout: 60_000 }, async ({ restMs }) => {
  const crowd = gatherCrowd({ url: () => program.url, tag: 'stop', restMs });
  await until(async () => crowd.acknowledged().length >= ENOUGH, 20_000);
  const code = await program.interrupt();
  await crowd.leave();

  expect(code).toBe(0);
  expect(
    crowd.sent.filter(({ status, fault, sentAt }) => status !== 303 && (sentAt || fault !== 'ECONNREFUSED')),
  ).toEqual([]);
  // The load did not end before the program did.
  expect(crowd.sent.filter(({ fault }) => fault === 'ECONNREFUSED')).toHaveLength(50);

  program = await startProgram({ DATA_DIR: folder.path });
  const { services, connection, close } = await openBeside(program, await program.databaseUri());
  const ids = crowd.acknowledged().map((email) => signatureId(SLUG, services.keyRing.emailKeyOf(email)));
  const stored = await connection.collection('signatures').countDocuments({ _id: { $in: ids as never[] } });
  await close();
  expect(stored).toBe(crowd.acknowledged().length);
});
