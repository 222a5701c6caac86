import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openInstallation, type ServerRole } from '../../src/installation/installation.service.ts';
import { createInstallationStore } from '../../src/installation/installation.store.ts';
import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const ours = {
  publicUrl: 'https://petitions.aid.org',
  mailDomain: 'aid.org',
  mailFrom: 'Aid <hello@aid.org>',
  hasRelay: true,
  saysWhere: true,
};
const wrong = {
  publicUrl: 'http://localhost:3000',
  mailDomain: 'safe-passage.example',
  mailFrom: 'Safe Passage <hello@safe-passage.example>',
  hasRelay: false,
  saysWhere: false,
};
const { hasRelay: _, saysWhere: __, ...site } = ours;

let database: TestDatabase;
let clock: ReturnType<typeof createTestClock>;
let events: string[];
let dead: number[];

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  clock = createTestClock();
  events = [];
  dead = [];
  await database.connection.collection('installation').deleteMany({});
});

let pid = 100;
function server(role: Partial<ServerRole> = {}): ServerRole {
  pid += 1;
  return { id: `server-${pid}`, host: 'one', pid, isWeb: true, sends: true, isSole: false, ...role };
}
const open = (own: typeof ours & { dkimSelector?: string }, role?: ServerRole) =>
  openInstallation({
    store: createInstallationStore(database.connection),
    own,
    server: role,
    isAlive: async (process) => !dead.includes(process.pid),
    clock,
    logger: {
      ...silentLogger,
      warn: (_fields: object, event: string) => void events.push(event),
      error: (_fields: object, event: string) => void events.push(event),
    },
  });
const works = (one: Awaited<ReturnType<typeof open>>, work: 'render' | 'send') =>
  one.guard(work, async () => true, false)();

describe('what the processes of an installation render with', () => {
  test('a command has the server’s addresses, and says so when it was given others', async () => {
    await open(ours, server());
    expect((await open(wrong)).site).toEqual(site);
    expect(events).toEqual([]);
    expect((await open({ ...wrong, saysWhere: true })).site).toEqual(site);
    expect(events).toEqual(['installation.configured-otherwise']);
  });

  test('before any server has started, a command has its own', async () => {
    expect((await open(wrong)).site.publicUrl).toBe('http://localhost:3000');
    expect(await database.connection.collection('installation').countDocuments()).toBe(0);
  });

  test('a second server of other settings takes the first one’s, says so, and changes nothing', async () => {
    const first = await open(ours, server());
    const second = await open(wrong, server());
    expect(second.site).toEqual(site);
    expect(events).toEqual(['installation.configured-otherwise']);
    expect(await works(first, 'send')).toBe(true);
  });

  test('two that start at once agree', async () => {
    const [one, two] = await Promise.all([open(ours, server()), open(wrong, server())]);
    expect(one.site).toEqual(two.site);
  });

  test('once all servers have stopped, the next one says where it is', async () => {
    const first = await open(wrong, server());
    await first.leave();
    expect((await open(ours, server())).site).toEqual(site);
    expect((await open(wrong)).site).toEqual(site);
  });

  test('a server that was killed is not waited for: at once on its own machine, after a minute elsewhere', async () => {
    await open(wrong, server({ pid: 7 }));
    dead = [7];
    expect((await open(ours, server({ host: 'two' }))).site.publicUrl).toBe('http://localhost:3000');
    expect((await open(ours, server())).site).toEqual(site);
    await database.connection.collection('installation').deleteMany({});
    await open(wrong, server({ pid: 7 }));
    clock.advance(MINUTE + SECOND);
    expect((await open(ours, server({ host: 'two' }))).site).toEqual(site);
  });

  test('one that runs is believed for as long as it says so', async () => {
    const first = await open(ours, server());
    for (let at = 0; at < 10; at += 1) {
      clock.advance(15 * SECOND);
      await first.hold();
    }
    expect((await open(wrong, server({ host: 'two' }))).site).toEqual(site);
  });

  test('a server whose database is its own needs nobody’s leave', async () => {
    await open(wrong, server({ pid: 7 }));
    expect((await open(ours, server({ isSole: true }))).site).toEqual(site);
  });

  test('a process that serves no pages takes what the web server says, also when that comes later', async () => {
    const worker = await open(wrong, server({ isWeb: false }));
    expect(worker.site.publicUrl).toBe('http://localhost:3000');
    await open(ours, server());
    clock.advance(2 * SECOND);
    expect(await works(worker, 'render')).toBe(false);
    expect(events).toContain('installation.left-to-others');
    expect((await open(wrong, server({ isWeb: false }))).site).toEqual(site);
  });

  test('without the server’s relay a process writes and does not send; without its key it does neither', async () => {
    await open({ ...ours, dkimSelector: 'one' }, server());
    const keyless = await open(ours);
    expect([await works(keyless, 'render'), await works(keyless, 'send')]).toEqual([false, false]);
    await expect(keyless.checkRender()).rejects.toThrow(/DKIM_KEY is not set here/);
    const mute = await open({ ...wrong, dkimSelector: 'one' });
    expect([await works(mute, 'render'), await works(mute, 'send')]).toEqual([true, false]);
    expect(await works(await open({ ...ours, dkimSelector: 'one' }), 'send')).toBe(true);
  });

  test('a relay that only the mail process has is remembered, until one server does everything without it', async () => {
    await open({ ...ours, hasRelay: false }, server({ pid: 7, sends: false }));
    await open(ours, server({ isWeb: false }));
    expect(await works(await open(wrong), 'send')).toBe(false);
    await open({ ...ours, hasRelay: false }, server({ isSole: true }));
    expect(await works(await open(wrong), 'send')).toBe(true);
  });
});
