import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { createCli } from '../support/cli.ts';

let campaign: TestCampaign;
let command: ReturnType<typeof createCli>;

beforeAll(async () => {
  campaign = await openCampaign();
  command = createCli(campaign.services);
});
afterAll(() => campaign.close());

const by = ['--by', 'Rosa'];
const gone = (email: string) =>
  campaign.services.stores.suppressions.heed(
    { emailKey: campaign.emailKeyOf(email), scope: 'all', reason: 'no-such-address' },
    campaign.clock.now(),
  );
const isHeld = (email: string) =>
  campaign.services.stores.suppressions.isSuppressed(campaign.emailKeyOf(email), 'all');

test('one command takes back a provider’s mistaken hour, and nothing before it', async () => {
  await gone('before@home.example');
  campaign.clock.advance(HOUR);
  const since = campaign.clock.now().toISOString();
  for (const name of ['a', 'b', 'c']) await gone(`${name}@home.example`);
  const { out, error } = await command(
    'mail',
    'lift',
    '--since',
    since,
    '--reason',
    'no-such-address',
    ...by,
  );
  expect(error).toBe('');
  expect(out).toContain(': 3.');
  expect(await isHeld('a@home.example')).toBe(false);
  expect(await isHeld('before@home.example')).toBe(true);
});

test.each([
  [['--since', '2026-11-24T10:00Z'], 'no-such-address'],
  [['--since', '2026-11-24T10:00Z', '--reason', 'complaint'], 'said by the owners'],
  [['--since', '2026-11-24T10:00Z', '--reason', 'not-me'], 'said by the owners'],
  [['--since', '2026-02-30T10:00Z', '--reason', 'no-such-address'], 'Write the time as'],
  [['--since', 'yesterday', '--reason', 'no-such-address'], 'Write the time as'],
  [['--since', '2926-11-24T10:00Z', '--reason', 'no-such-address'], 'yet to come'],
  [['--since', '2026-11-24T10:00Z', '--reason', 'no-such-address', '--email', 'a@b.example'], 'exactly one'],
])('mail lift %j is refused in words, and nothing changes', async (given, words) => {
  await gone('stays@home.example');
  expect((await command('mail', 'lift', ...given, ...by)).error).toContain(words);
  expect(await isHeld('stays@home.example')).toBe(true);
});
