import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { createCli } from '../support/cli.ts';

let campaign: TestCampaign;
let cli: ReturnType<typeof createCli>;
beforeAll(async () => {
  campaign = await openCampaign();
  cli = createCli(campaign.services);
});
afterAll(() => campaign.close());

const delivery = (n: number, over: object = {}) => ({
  _id: `no-more-unsafe-returns:us-dhs-secretary:digest:${n}`,
  petitionId: 'no-more-unsafe-returns',
  officeId: 'us-dhs-secretary',
  kind: 'digest',
  n,
  from: n - 1,
  to: n,
  state: 'cancelled',
  plannedAt: new Date(Date.UTC(2026, 0, n)),
  approvedBy: 'Luz',
  endedAt: new Date(Date.UTC(2026, 0, n, 12)),
  releases: 0,
  quotes: [],
  ...over,
});

test('deliveries are listed with their days and who approved them, the last first, page by page', async () => {
  const other = { _id: 'safe-passage:mx-inm:digest:1', petitionId: 'safe-passage', officeId: 'mx-inm' };
  const many = Array.from({ length: 60 }, (_, index) => delivery(index + 1));
  const planned = delivery(1, { ...other, state: 'planned', plannedAt: new Date('2025-12-01T08:30:00Z') });
  await campaign.connection.collection('deliveries').insertMany([...many, planned] as never);

  const first = (await cli('letters', 'list')).out;
  expect(first).toMatch(/digest:60 +cancelled +60–60 +0 +2026-03-01 00:00 +Luz +2026-03-01 12:00/);
  expect(first).toContain('1 to 50 of 61 (--page 2).');
  const second = (await cli('letters', 'list', '--page', '2')).out;
  expect(second).toMatch(/mx-inm:digest:1 +planned .*2025-12-01 08:30/);
  expect(second).toContain('51 to 61 of 61.');
  expect(second).not.toContain('digest:60');
  expect((await cli('letters', 'list', '--page', '9')).out).toBe('There are 61, and none on page 9.\n');

  for (const filter of [
    ['--office', 'mx-inm'],
    ['--petition', 'safe-passage'],
    ['--state', 'planned'],
  ])
    expect(JSON.parse((await cli('letters', 'list', '--json', ...filter)).out)).toMatchObject([other]);
  expect((await cli('letters', 'list', '--office', 'mx-sre')).out).toBe('There is none.\n');
  expect((await cli('letters', 'list', '--state', 'lost')).error).toMatch(/^--state is planned or approved/);
  expect((await cli('letters', 'list', '--page', '0')).error).toBe('--page is 1, 2, 3 …');
});

test('where more words wait than are shown, the number is that of all', async () => {
  const writes = (n: number) =>
    campaign.addSupporter(`w${n}@home.example`, {
      words: `They left her alone at night, and I saw it ${n} times. Nobody came to ask how she was.`,
      shareWords: 'on',
    });
  for (let first = 0; first < 102; first += 17)
    await Promise.all(Array.from({ length: 17 }, (_, n) => writes(first + n)));
  expect((await cli('words', 'list')).out).toMatch(/\n102 wait\. The 100 that wait longest are shown\.\n$/);
  expect((await cli('words', 'list', '--petition', 'safe-passage')).out).toBe('Nothing waits.\n');
});
