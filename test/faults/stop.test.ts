import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signatureId } from '../../src/signatures/signature.ts';
import { makeDataDir, openBeside, type Program, startProgram, until } from '../support/program.ts';
import { gatherCrowd, SLUG } from './crowd.ts';

const ENOUGH = 300;
/** Refused, or reset in the instant in which the door closes: in both cases nothing of the request had left. */
const CLOSED_DOOR = ['ECONNREFUSED', 'ECONNRESET'];

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
 * No program can look at the system's queue and close it in one step; a connection made within those fifty
 * microseconds, or while the program is kept from the processor between the two, is reset: hence the retries for those
 * who connect anew.
 */
describe.each([
  { crowdOf: 'one connection each, kept alive', restMs: 0, retry: 2 },
  { crowdOf: 'a new connection each time', restMs: 500, retry: 2 },
])('Ctrl-C under load, $crowdOf', ({ restMs, retry }) => {
  it('drops no request', { timeout: 60_000, retry }, () => stopUnderLoad(restMs));
});

async function stopUnderLoad(restMs: number): Promise<void> {
  const crowd = gatherCrowd({ url: () => program.url, tag: 'stop', restMs });
  await until(async () => crowd.acknowledged().length >= ENOUGH, 20_000);
  const code = await program.interrupt();
  await crowd.leave();

  expect(code).toBe(0);
  const turnedAway = crowd.sent.filter(({ fault, sentAt }) => !sentAt && CLOSED_DOOR.includes(fault ?? ''));
  expect(crowd.sent.filter((one) => one.status !== 303 && !turnedAway.includes(one))).toEqual([]);
  // The load did not end before the program did.
  expect(turnedAway).toHaveLength(50);

  program = await startProgram({ DATA_DIR: folder.path });
  const { services, connection, close } = await openBeside(program, await program.databaseUri());
  const ids = crowd.acknowledged().map((email) => signatureId(SLUG, services.keys.emailKeyOf(email)));
  const stored = await connection.collection('signatures').countDocuments({ _id: { $in: ids as never[] } });
  await close();
  expect(stored).toBe(crowd.acknowledged().length);
}
