import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
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

const SIGNED = 200;
/** One process does everything. */
const ROLES = 'web,mail,ledger,letters';

let folder: Awaited<ReturnType<typeof makeDataDir>>;
let first: Program;
let second: Program;
let beside: Awaited<ReturnType<typeof openBeside>>;

beforeAll(async () => {
  folder = await makeDataDir();
  first = await startProgram({ DATA_DIR: folder.path, ROLES });
  const uri = await first.databaseUri();
  // The same keys and the same mailbox; the database is the first one's.
  second = await startProgram({ DATA_DIR: folder.path, ROLES, MONGODB_URI: uri });
  beside = await openBeside(first, uri);
});
afterAll(async () => {
  await beside.close();
  await second.stop();
  await first.stop();
  await folder.remove();
});

describe('two programs on one database, both with all roles', () => {
  let links: string[];

  it('take signatures at both doors and write to each person once', { timeout: 60_000 }, async () => {
    const doors = [first, second].map(({ url }, door) =>
      gatherCrowd({ url: () => url, tag: `door${door}`, people: 25 }),
    );
    const acknowledged = () => doors.flatMap((door) => door.acknowledged());
    await until(async () => acknowledged().length >= SIGNED, 20_000);
    await Promise.all(doors.map((door) => door.leave()));
    await until(async () => (await waiting()) === 0, 30_000);

    const mails = await readMailbox(folder.path);
    expect(mails.map(({ to }) => to).sort()).toEqual(acknowledged().sort());
    links = mails.map((mail) => linkIn(mail, 'confirm'));
  });

  it('count everybody once while people confirm at both', async () => {
    await inCrowds(links, (link, i) => press(i % 2 === 0 ? first : second, link));
    await expectCount(links.length);
  });

  it('are right about people who withdraw while entries are being written', async () => {
    await until(async () => (await waiting()) === 0, 30_000);
    const receipts = (await readMailbox(folder.path)).filter(({ text }) => text.includes('/my-signature/'));
    expect(receipts).toHaveLength(links.length);
    const manage = receipts.map((mail) => linkIn(mail, 'my-signature'));

    // Half of them leave, while as many newcomers confirm.
    const crowd = gatherCrowd({ url: () => first.url, tag: 'later', people: 25 });
    await until(async () => crowd.acknowledged().length >= SIGNED / 2, 20_000);
    await crowd.leave();
    await until(async () => (await waiting()) === 0, 30_000);
    const newcomers = (await readMailbox(folder.path)).filter(({ to }) => to.startsWith('later-'));
    const leaving = manage.slice(0, manage.length / 2);
    await Promise.all([
      inCrowds(leaving, (link, i) => press(i % 2 === 0 ? first : second, `${link}/withdraw`)),
      inCrowds(newcomers, (mail, i) => press(i % 2 === 0 ? second : first, linkIn(mail, 'confirm'))),
    ]);
    await expectCount(links.length - leaving.length + newcomers.length);
  });

  it('are right about people who confirm and withdraw at the same moment', async () => {
    const before = await count(first);
    const crowd = gatherCrowd({ url: () => second.url, tag: 'brief', people: 25 });
    await until(async () => crowd.acknowledged().length >= 50, 20_000);
    await crowd.leave();
    await until(async () => (await waiting()) === 0, 30_000);
    const brief = (await readMailbox(folder.path)).filter(({ to }) => to.startsWith('brief-'));
    const { links: mint, keys, petitions } = beside.services;
    const { number: petitionNumber } = await petitions.getPetition(SLUG);
    await inCrowds(brief, async (mail, i) => {
      await press(first, linkIn(mail, 'confirm'));
      const { linkVersion = 0 } =
        (await beside.services.stores.signatures.findSignature(`${SLUG}:${keys.emailKeyOf(mail.to)}`)) ?? {};
      const token = mint.mint('manage', {
        petitionNumber,
        emailKey: keys.emailKeyOf(mail.to),
        linkVersion,
      });
      if (i % 2 === 0) await press(second, `/en/my-signature/${token}/withdraw`);
    });
    await expectCount(before + Math.floor(brief.length / 2));
  });
});

async function expectCount(expected: number): Promise<void> {
  // The tally follows the marks.
  await until(async () => (await due()) === 0, 15_000);
  const areRight = async () => (await count(first)) === expected && (await count(second)) === expected;
  await until(areRight, 5_000).catch(() => undefined);
  expect(await count(first)).toBe(expected);
  expect(await count(second)).toBe(expected);
  const report = await beside.services.ledger.verify();
  expect(report.petitions.flatMap(({ faults }) => faults)).toEqual([]);
  expect(report.petitions.find(({ petitionId }) => petitionId === SLUG)?.total).toBe(expected);
}

const waiting = () => beside.services.stores.outbox.countWaiting(new Date(Date.now() + HOUR));
const due = () => beside.connection.collection('signatures').countDocuments({ ledgerDue: { $exists: true } });

/** So many at once: a slow database answers more of them with an honest 503, and a person would press again. */
const CROWD = 40;

async function inCrowds<T>(all: readonly T[], act: (one: T, index: number) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += CROWD) {
    await Promise.all(all.slice(at, at + CROWD).map((one, i) => act(one, at + i)));
  }
}

async function press(program: Program, link: string, status = 200): Promise<void> {
  const answer = await fetch(`${program.url}${link}`, { method: 'POST', redirect: 'manual' });
  expect(answer.status).toBe(status);
}

async function count(program: Program): Promise<number> {
  const answer = await fetch(`${program.url}/api/petitions/${SLUG}/count`);
  return ((await answer.json()) as { count: number }).count;
}
