import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openInstallation } from '../src/installation/installation.service.ts';
import { createInstallationStore } from '../src/installation/installation.store.ts';
import { shellActor } from '../src/lib/actor.ts';
import { createCached } from '../src/lib/cached.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../src/lib/clock.ts';
import { silentLogger } from '../src/lib/logger.ts';
import { createCircuitBreaker } from '../src/mail/circuit-breaker.ts';
import { createProviderBreaker } from '../src/mail/provider-breaker.ts';
import { TESTER } from './support/actor.ts';
import { openCampaign, type TestCampaign } from './support/campaign.ts';
import { createTestClock } from './support/clock.ts';
import { releaseAll } from './support/letters.ts';
import { seen } from './support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const OFFICE = 'us-dhs-secretary';
const EMAIL = 'ana@home.example';
const form = { name: 'Ana Rosa', email: EMAIL, country: 'US', region: 'US-TX', over16: 'on' };
const YEAR = 365 * DAY;

let campaign: TestCampaign;
beforeEach(async () => {
  await campaign?.close();
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

/** What is done while the clock is a year ahead; then it is put right. */
async function aYearAhead<T>(act: () => Promise<T>): Promise<T> {
  campaign.clock.advance(YEAR);
  const result = await act();
  campaign.clock.advance(-YEAR + MINUTE);
  return result;
}
const sign = () => campaign.post(`/en/petitions/${SLUG}/signatures`, form);
const subjects = async () => (await campaign.services.mailbox.list()).map(({ subject }) => subject);
const heal = () => campaign.services.retention.step();

describe('what a clock that was a year ahead has written holds nothing back for a year:', () => {
  test('a mail that was left in the outbox goes', async () => {
    await aYearAhead(sign);
    await campaign.sendMail();
    expect(await subjects()).toEqual([]);
    await heal();
    await campaign.sendMail();
    expect(await subjects()).toHaveLength(1);
  });

  test('a row whose sender stopped is free when a whole lease is over', async () => {
    const { outbox } = campaign.services.stores;
    await aYearAhead(async () => {
      await sign();
      const [row] = await outbox.listDue(campaign.clock.now(), 1);
      const lease = {
        audience: 'person',
        now: campaign.clock.now(),
        claim: 'gone',
        leaseMs: MINUTE,
      } as const;
      await outbox.claimRows([row?._id ?? ''], lease);
    });
    await heal();
    await campaign.sendMail();
    expect(await subjects()).toEqual([]);
    campaign.clock.advance(HOUR);
    await campaign.sendMail();
    expect(await subjects()).toHaveLength(1);
  });

  test('a doubtful mail can be resolved, and what has ended is deleted in time', async () => {
    const { outbox } = campaign.services.stores;
    await campaign.addSupporter(EMAIL);
    await aYearAhead(() => campaign.sendMail());
    const ended = async () =>
      campaign.connection.collection('outbox').countDocuments({ endedAt: { $gt: new Date(0) } });
    const before = await ended();
    expect(before).toBeGreaterThan(0);
    await heal();
    campaign.clock.advance(31 * DAY);
    await outbox.deleteEnded(new Date(campaign.clock.now().getTime() - 30 * DAY));
    expect(await ended()).toBe(0);
  });

  test('whoever was mailed then is mailed again on the same matter', async () => {
    await aYearAhead(async () => {
      await sign();
      await campaign.sendMail();
    });
    await sign();
    await campaign.sendMail();
    expect(await subjects()).toHaveLength(2);
  });

  test('an address that rested then does not rest for a year, and can be gone for good later', async () => {
    const { suppressions } = campaign.services.stores;
    const gone = { emailKey: campaign.emailKeyOf(EMAIL), scope: 'all', reason: 'no-such-address' } as const;
    await aYearAhead(() => suppressions.heed(gone, campaign.clock.now()));
    const hold = () => suppressions.findHold(gone.emailKey, 'all', campaign.clock.now());
    expect(await hold()).toBeUndefined();
    expect(await suppressions.isSuppressed(gone.emailKey, 'all')).toBe(true);
    await suppressions.heed(gone, campaign.clock.now());
    expect(await hold()).toEqual(new Date(campaign.clock.now().getTime() + 7 * DAY));
    campaign.clock.advance(8 * DAY);
    await suppressions.heed(gone, campaign.clock.now());
    expect(await hold()).toBe('suppressed');
  });

  test('the network behind a "not me" of then is neither blamed for a year nor kept', async () => {
    const { suppressions } = campaign.services.stores;
    const said = { emailKey: 'k', scope: 'all', reason: 'not-me', network: 'n' } as const;
    await aYearAhead(() => suppressions.heed(said, campaign.clock.now()));
    const now = campaign.clock.now();
    expect(await suppressions.countNotMe('n', new Date(now.getTime() - DAY), now)).toBe(0);
    await heal();
    expect(await campaign.connection.collection('suppressions').countDocuments({ network: 'n' })).toBe(0);
  });

  test('who withdrew then, and signs again, is written to', async () => {
    await campaign.addSupporter(EMAIL);
    await campaign.sendMail();
    const manage = await campaign.linkTo('manage', EMAIL);
    await aYearAhead(() => campaign.post(`${manage}/withdraw`));
    await campaign.count();
    campaign.clock.advance(HOUR);
    await sign();
    await campaign.sendMail();
    expect(await subjects()).toContain('Please confirm your signature: No more unsafe returns of children');
    const pressed = await campaign.post(await campaign.linkTo('confirm', EMAIL), {
      name: 'Ana',
      country: 'US',
    });
    expect(pressed.statusCode).toBe(200);
  });

  test('who signed before a petition was closed then can still confirm', async () => {
    await sign();
    await aYearAhead(() => campaign.services.petitions.closePetition(SLUG, shellActor('Ana')));
    campaign.clock.advance(10 * SECOND);
    expect((await campaign.post(await campaign.linkTo('confirm', EMAIL))).statusCode).toBe(200);
  });

  test('and who signed then, before it is closed now, likewise', async () => {
    await aYearAhead(sign);
    await campaign.services.petitions.closePetition(SLUG, shellActor('Ana'));
    campaign.clock.advance(10 * SECOND);
    expect((await campaign.post(await campaign.linkTo('confirm', EMAIL))).statusCode).toBe(200);
  });

  test('a page of thanks of then invites whoever it is passed on to', async () => {
    await campaign.addSupporter(EMAIL);
    await campaign.count();
    const link = await aYearAhead(() => campaign.linkTo('signed', EMAIL));
    expect(seen((await campaign.get(link)).body)).toContain('Will you sign too?');
  });

  test('a mail that came then, and whose reader stopped, is taken when it is brought again', async () => {
    const { incoming } = campaign.services.stores;
    const record = () => ({ kind: 'unknown', at: campaign.clock.now() }) as const;
    const message = { contentHash: 'a', idHash: undefined };
    expect(await aYearAhead(() => incoming.take(message, record()))).toBe('mine');
    expect(await incoming.take(message, record())).toBe('mine');
    expect(await incoming.take(message, record())).toBe('busy');
  });

  test('the breakdowns of a petition are made each day', async () => {
    const { ledger, tallies } = campaign.services;
    await campaign.addSupporter(EMAIL);
    await campaign.count();
    await aYearAhead(() => ledger.publishDaily());
    expect(await ledger.publishDaily()).toBe(1);
    expect(await ledger.publishDaily()).toBe(0);
    expect((await tallies.getTally(SLUG))?.published?.day).toBe('2026-11-24');
  });

  describe('an office', () => {
    beforeEach(async () => {
      const { offices, planner, mailWorker } = campaign.services;
      await offices.verifyEmailChannel(TESTER, OFFICE, {
        email: 'letters@dhs.example',
        source: 'https://example.org',
        checked: '2026-11-24',
      });
      campaign.clock.set('2027-03-01T15:00:00Z');
      await campaign.addSupporter(EMAIL);
      await campaign.count();
      await aYearAhead(async () => {
        await planner.planDigests();
        await releaseAll(campaign.services);
        await mailWorker.drainOffices();
      });
      await campaign.addSupporter('eva@home.example');
      await campaign.count();
    });
    const digest = (n: number) => campaign.services.letters.getDelivery(`${SLUG}:${OFFICE}:digest:${n}`);

    test('that was sent a digest then is due the next one', async () => {
      expect((await digest(1)).state).toBe('sent');
      const planned = await campaign.services.planner.planDigests('pace');
      expect(planned.find(({ officeId }) => officeId === OFFICE)?.result).toBe('planned');
      const { deliveries } = campaign.services.stores;
      expect(await deliveries.findLastReleased(OFFICE, SLUG, campaign.clock.now())).toBeUndefined();
    });

    test('whose mail came back then can be sent it once more now, and a report about that copy counts', async () => {
      const { decisions, stores, reports } = campaign.services;
      await stores.deliveries.move(await digest(1), 'bounced');
      await decisions.resolve(TESTER, (await digest(1))._id, 'again');
      await stores.deliveries.move(await digest(1), 'sent', { againAt: new Date('2028-03-01T15:00:00Z') });
      const at = campaign.clock.now();
      await stores.deliveries.addNote((await digest(1))._id, { id: 'r', at, kind: 'bounce', text: 'gone' });
      await reports.weigh((await digest(1))._id);
      expect((await digest(1)).state).toBe('bounced');
    });
  });
});

describe('in a process that saw the clock go back', () => {
  const clock = createTestClock();
  const ahead = (act: () => void) => {
    clock.advance(YEAR);
    act();
    clock.advance(-YEAR);
  };

  test('a pause of the relay, or of a provider, ends', () => {
    const breaker = createCircuitBreaker({ clock, logger: silentLogger });
    const providers = createProviderBreaker({ clock, logger: silentLogger });
    ahead(() => {
      breaker.report('relay', '535 no');
      for (let n = 0; n < 5; n += 1) providers.reportGone('mail.example', `key-${n}`);
      expect(breaker.isOpen()).toBe(true);
      expect(providers.pausedUntil('mail.example')).toBeDefined();
    });
    expect(breaker.isOpen()).toBe(false);
    expect(providers.pausedUntil('mail.example')).toBeUndefined();
  });

  test('what is remembered is asked for again', async () => {
    let asked = 0;
    const cached = createCached({ load: async () => (asked += 1), freshMs: SECOND, clock });
    clock.advance(YEAR);
    await cached.get();
    clock.advance(-YEAR);
    expect(await cached.get()).toBe(2);
  });

  test('pages are drawn anew', async () => {
    campaign.clock.advance(YEAR);
    await campaign.get(`/en/petitions/${SLUG}`);
    campaign.clock.advance(-YEAR);
    await campaign.services.petitions.closePetition(SLUG, shellActor('Ana'));
    expect(seen((await campaign.get(`/en/petitions/${SLUG}`)).body)).toContain('This petition is closed');
  });
});

test('a server of another machine that said so a year ahead does not keep its settings in force', async () => {
  const store = createInstallationStore(campaign.connection);
  await campaign.connection.collection('installation').deleteMany({});
  const own = {
    publicUrl: 'https://a.example',
    mailDomain: 'a.example',
    mailFrom: 'A <a@a.example>',
    hasRelay: true,
    saysWhere: true,
  };
  const role = { host: 'one', pid: 1, isWeb: true, sends: true, isSole: false };
  const open = (id: string, host: string, publicUrl: string) =>
    openInstallation({
      store,
      own: { ...own, publicUrl },
      server: { ...role, id, host },
      isAlive: async () => true,
      clock: campaign.clock,
      logger: silentLogger,
    });
  await aYearAhead(() => open('first', 'one', 'https://a.example'));
  expect((await open('second', 'two', 'https://b.example')).site.publicUrl).toBe('https://b.example');
});
