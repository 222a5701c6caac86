import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { signatureId } from '../../src/signatures/signature.ts';
import {
  linkIn,
  makeDataDir,
  openBeside,
  type Program,
  readMailbox,
  startProgram,
  until,
} from '../support/program.ts';
import { gatherCrowd, SLUG } from './crowd.ts';

const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 1);
/** A blow falls once so many have been answered: the crowd is in full swing. */
const ENOUGH = 80;
const PEOPLE = 50;
/** So many more are answered after it when the program lives: it has found its database again. */
const AGAIN = 20;
const LEASE_IS_OVER_MS = 10 * 60_000;

let folder: Awaited<ReturnType<typeof makeDataDir>>;
let program: Program;

beforeAll(async () => {
  folder = await makeDataDir();
  program = await startProgram({ DATA_DIR: folder.path });
});
// One blow after the other on the same data; where one has failed, the next still finds a program.
beforeEach(async () => {
  if (!(await program.isUp())) program = await startProgram({ DATA_DIR: folder.path });
});
afterAll(async () => {
  await program.stop();
  await folder.remove();
});

/** What becomes of the crowd: it goes on, its connections break and the web comes back by itself, or nobody is left. */
type After = 'goes on' | 'web comes back' | 'all is gone';
const blows: { whom: string; strike: () => Promise<void>; after: After }[] = [
  { whom: 'the program', strike: () => program.killProgram(), after: 'all is gone' },
  { whom: 'the starting process', strike: () => program.killOnly('start'), after: 'all is gone' },
  { whom: 'the web', strike: () => program.killOnly('web'), after: 'web comes back' },
  { whom: 'the workers', strike: () => program.killOnly('workers'), after: 'goes on' },
  { whom: 'the database', strike: () => program.killDatabase(), after: 'goes on' },
  { whom: 'both', strike: () => program.killBoth(), after: 'all is gone' },
];

describe.each(blows)('kill -9 of $whom while 50 people sign at once', ({ whom, strike, after }) => {
  it('loses no acknowledged signature and no mail, and the count is exact', {
    timeout: 60_000 * ROUNDS,
  }, async () => {
    const acknowledged: string[] = [];
    const tag = whom.replaceAll(' ', '-');
    for (let round = 0; round < ROUNDS; round += 1) {
      const crowd = gatherCrowd({ url: () => program.url, tag: `${tag}-${round}`, people: PEOPLE });
      await until(async () => crowd.acknowledged().length >= ENOUGH, 60_000);
      await strike();
      if (after === 'goes on') {
        const before = crowd.acknowledged().length;
        await until(async () => crowd.acknowledged().length > before + AGAIN, 90_000);
      }
      await crowd.leave();
      if (after === 'goes on') expectHonestAnswers(crowd.sent);
      else if (after === 'web comes back') await until(program.isUp, 30_000);
      else program = await startProgram({ DATA_DIR: folder.path, PORT: new URL(program.url).port });
      acknowledged.push(...crowd.acknowledged());
    }
    await expectAllThere(acknowledged, tag);
  });
});

/** Nobody was hung up on; who was not acknowledged was told so, with the form as typed. */
function expectHonestAnswers(
  sent: readonly { email: string; status?: number; body: string; fault?: string }[],
) {
  expect(sent.filter(({ fault }) => fault !== undefined)).toEqual([]);
  const refused = sent.filter(({ status }) => status !== 303);
  for (const { status, email, body } of refused) {
    expect(status).toBe(503);
    expect(body).toContain(`value="${email}"`);
    expect(body).toContain('value="Ana Rosa"');
  }
}

/** In the database once, written to once, confirmed through their own links, and counted. */
async function expectAllThere(acknowledged: readonly string[], tag: string): Promise<void> {
  const beside = await openBeside(program, await program.databaseUri(), {
    now: () => new Date(Date.now() + LEASE_IS_OVER_MS),
  });
  try {
    const { services, connection } = beside;
    const ids = acknowledged.map((email) => signatureId(SLUG, services.keys.emailKeyOf(email)));
    expect(await connection.collection('signatures').countDocuments({ _id: { $in: ids as never[] } })).toBe(
      acknowledged.length,
    );
    await untilStill(() => services.stores.outbox.countWaiting(new Date(Date.now() + HOUR), 10_000));
    // Mails that the dead one had leased wait for the end of the lease; here it is over at once.
    while (await services.mailWorker.step());

    const mails = await readMailbox(program.dataDir, `${tag}-`);
    const links = new Map<string, string[]>();
    for (const mail of mails) links.set(mail.to, [...(links.get(mail.to) ?? []), linkIn(mail, 'confirm')]);
    const notOnce = acknowledged.filter((email) => links.get(email)?.length !== 1);
    expect(notOnce.map((email) => `${email}: ${links.get(email)?.length ?? 0} mails`)).toEqual([]);

    // Everybody who got a mail confirms, also those who never saw an answer.
    const total = (await count()) + links.size;
    await pressAll([...links.values()].map(([link]) => link ?? ''));
    await until(
      async () => (await count()) === total,
      60_000,
      () => `not all of ${total} are counted`,
    );
    const report = await services.ledger.verify();
    expect(report.ok).toBe(true);
    expect(report.petitions.find(({ petitionId }) => petitionId === SLUG)?.total).toBe(total);
  } finally {
    await beside.close();
  }
}

/** As many at once as there were people who signed. */
async function pressAll(links: string[]): Promise<void> {
  const left = [...links];
  const person = async () => {
    for (let link = left.pop(); link !== undefined; link = left.pop()) await press(link);
  };
  await Promise.all(Array.from({ length: PEOPLE }, person));
}

/** On a busy machine some get an honest 503, and press again. */
async function press(link: string): Promise<void> {
  const statuses: number[] = [];
  while (statuses.length < 3 && statuses.at(-1) !== 200) {
    const { status } = await fetch(`${program.url}${link}`, { method: 'POST', redirect: 'manual' });
    statuses.push(status);
  }
  expect(statuses.slice(0, -1).every((status) => status === 503)).toBe(true);
  expect(statuses.at(-1)).toBe(200);
}

async function count(): Promise<number> {
  const answer = await fetch(`${program.url}/api/petitions/${SLUG}/count`);
  return ((await answer.json()) as { count: number }).count;
}

/** Longer than workers that were killed need to be back on a busy machine. */
const STILL_MS = 5_000;

/** Until nothing waits, or what waits has not become less for so long: then nobody is at it any more. */
async function untilStill(count: () => Promise<number>): Promise<void> {
  let last = Number.POSITIVE_INFINITY;
  let since = Date.now();
  await until(async () => {
    const now = await count();
    if (now < last) since = Date.now();
    last = now;
    return now === 0 || Date.now() - since > STILL_MS;
  }, 60_000);
}
