import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { createCli } from '../support/cli.ts';
import { releaseAll } from '../support/letters.ts';

let campaign: TestCampaign;
let cli: ReturnType<typeof createCli>;
beforeAll(async () => {
  campaign = await openCampaign();
  cli = createCli(campaign.services);
});
afterAll(() => campaign.close());
const isOpen = async (id: string, at: string) =>
  campaign.services.calendar.isOpen(await campaign.services.offices.getOffice(id), new Date(at));
const december = ['--because', 'Acuerdo de días inhábiles', '--source', 'https://dof.example/acuerdo'];
const add = ['office', 'closing', 'add'];

describe('closing days that an office publishes', () => {
  test('close that office on each of them, the last too, and no other', async () => {
    const { out } = await cli(...add, 'mx-inm', '--from', '2026-12-21', '--to', '2027-01-05', ...december);
    expect(out).toMatch(/2026-12-21 +2027-01-05 +Acuerdo de días inhábiles +https:\S+ +Rosa/);
    expect(await isOpen('mx-inm', '2026-12-18T17:00:00Z')).toBe(true);
    expect(await isOpen('mx-inm', '2026-12-21T17:00:00Z')).toBe(false);
    expect(await isOpen('mx-inm', '2027-01-05T17:00:00Z')).toBe(false);
    expect(await isOpen('mx-inm', '2027-01-06T17:00:00Z')).toBe(true);
    expect(await isOpen('mx-sre', '2026-12-21T17:00:00Z')).toBe(true);
    expect((await cli('office', 'show', 'mx-inm')).out).toContain('https://dof.example/acuerdo');
    const office = await campaign.services.offices.getOffice('mx-inm');
    const opening = campaign.services.calendar.nextOpening(office, new Date('2026-12-18T23:30:00Z'));
    expect(opening.toISOString()).toBe('2027-01-06T15:00:00.000Z');
  });

  test('that an executive order gives close every office of the country', async () => {
    const order = ['--because', 'Executive order', '--source', 'https://federalregister.example/x'];
    expect((await cli(...add, '--country', 'US', '--from', '2026-12-24', ...order)).error).toBe('');
    expect(await isOpen('us-dhs-secretary', '2026-12-24T16:00:00Z')).toBe(false);
    expect(await isOpen('us-cbp-commissioner', '2026-12-24T16:00:00Z')).toBe(false);
    expect(await isOpen('us-dhs-secretary', '2026-12-23T16:00:00Z')).toBe(true);
    await cli('office', 'closing', 'remove', 'us-dhs-secretary', '--from', '2026-12-24');
    expect(await isOpen('us-dhs-secretary', '2026-12-24T16:00:00Z')).toBe(true);
  });

  test.each([
    [['--from', '2027-02-30', ...december], /from: must be a calendar day/],
    [['--from', '2027-03-05', '--to', '2027-03-01', ...december], /to: must not be before/],
    [['--from', '2027-03-05', '--because', 'x', '--source', 'a book'], /source: must be the http/],
    [['--from', '2026-12-31', ...december], /is closed from 2026-12-21 to 2027-01-05 already/],
  ])('are refused where they cannot be right: %o', async (args, says) => {
    expect((await cli(...add, 'mx-inm', ...args)).error).toMatch(says);
    expect((await campaign.services.offices.getOffice('mx-inm')).closings).toHaveLength(1);
  });

  test('Inauguration Day closes an office in Washington, and none in the same zone elsewhere', async () => {
    await cli(
      'office',
      'add',
      'us-boston',
      '--name-en',
      'Boston',
      '--name-es',
      'Boston',
      '--country',
      'US',
      '--zone',
      'America/New_York',
      '--language',
      'en',
    );
    expect(await isOpen('us-dhs-secretary', '2025-01-20T16:00:00Z')).toBe(false);
    expect(await isOpen('us-boston', '2037-01-20T16:00:00Z')).toBe(true);
    await cli('office', 'set', 'us-boston', '--washington');
    expect(await isOpen('us-boston', '2037-01-20T16:00:00Z')).toBe(false);
    const both = await cli('office', 'set', 'us-boston', '--washington', '--not-washington');
    expect(both.error).toContain('it is one of the two');
    await cli('office', 'set', 'us-boston', '--zone', 'America/New_York');
    expect(await isOpen('us-boston', '2037-01-20T16:00:00Z')).toBe(false);
    await cli('office', 'set', 'us-boston', '--not-washington');
    expect(await isOpen('us-boston', '2037-01-20T16:00:00Z')).toBe(true);
  });

  test('put off the next report: on days when nobody is there to read, the office’s time stands still', async () => {
    const { offices, planner, stores, mailWorker } = campaign.services;
    const seen = { email: 'cartas@inm.example', source: 'https://x.example', checked: '2026-11-24' };
    await offices.verifyEmailChannel(TESTER, 'mx-inm', seen);
    await offices.setPace(TESTER, 'mx-inm', { digestsPerMonth: 1 });
    campaign.clock.set('2027-06-01T17:00:00Z');
    await campaign.addSupporter('ana@home.example');
    await campaign.count();
    await planner.planDigests();
    await releaseAll(campaign.services);
    await mailWorker.drainOffices();
    await campaign.addSupporter('eva@home.example');
    await campaign.count();
    await cli(...add, 'mx-inm', '--from', '2027-06-07', '--to', '2027-06-18', ...december);
    const planned = async (at: string) => {
      campaign.clock.set(at);
      const found = await planner.planDigests('pace');
      return found.find(
        ({ officeId, petitionId }) => officeId === 'mx-inm' && petitionId === 'no-more-unsafe-returns',
      )?.result;
    };
    expect(await planned('2027-07-02T17:00:00Z')).toBe('too-soon');
    expect(await planned('2027-07-10T17:00:00Z')).toBe('too-soon');
    expect(await planned('2027-07-11T18:00:00Z')).toBe('planned');
    expect((await stores.deliveries.listByState(['planned'], { officeId: 'mx-inm' })).length).toBeGreaterThan(
      0,
    );
  });

  test.each([
    'America/Indiana/Indianapolis',
    'America/Kentucky/Louisville',
    'US/Eastern',
    'UTC',
    'Asia/Kolkata',
  ])('an office may be in the zone %s', async (zone) => {
    expect((await cli('office', 'set', 'mx-sre', '--zone', zone)).error).toBe('');
    expect((await campaign.services.offices.getOffice('mx-sre')).zone).toBe(zone);
    expect((await cli('office', 'set', 'mx-sre', '--zone', `${zone}x`)).error).toMatch(/no IANA time zone/);
  });
});

describe('an answer on paper', () => {
  const record = (on: string) =>
    cli(
      'answers',
      'record',
      '--petition',
      'no-more-unsafe-returns',
      '--office',
      'mx-inm',
      '--on',
      on,
      '--text',
      'No.',
    );
  test.each(['2026-02-30', '2026-02-29', '2026-13-01', '2026-00-10', '2026-1-1', 'today', '2026-04-31'])(
    'of %s is refused: there is no such day',
    async (day) => {
      expect((await record(day)).error).toBe('--on is a calendar day, YYYY-MM-DD.');
    },
  );

  test('of today is taken in the morning too, of tomorrow it is not', async () => {
    campaign.clock.set('2026-11-24T08:00:00Z');
    expect((await record('2026-11-25')).error).toMatch(/future/);
    const { out } = await record('2026-11-24');
    const id = /^\S+/.exec(out)?.[0] ?? '';
    expect((await cli('answers', 'show', id)).out).toContain('recorded by Rosa on 2026-11-24T08:00');
  });

  test('that is public is not set aside before it is taken off the page', async () => {
    campaign.clock.set('2026-11-24T20:00:00Z');
    const id = /^\S+/.exec((await record('2026-11-23')).out)?.[0] ?? '';
    await cli('answers', 'publish', id, '--text', 'We have read it.', '--locale', 'en');
    expect((await cli('answers', 'set-aside', id)).error).toMatch(/is public. First take it off/);
    expect((await cli('answers', 'show', id)).out).not.toContain('set-aside');
    await cli('answers', 'unpublish', id);
    expect((await cli('answers', 'set-aside', id)).out).toContain('counts as no answer');
    expect((await cli('answers', 'set-aside', 'nope')).error).toMatch(/There is no answer/);
  });
});
