import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { createCli } from '../support/cli.ts';

let campaign: TestCampaign;
let cli: ReturnType<typeof createCli>;
const slug = 'no-more-unsafe-returns';
const address = 'ana@home.example';

beforeAll(async () => {
  campaign = await openCampaign();
  cli = createCli(campaign.services);
  await campaign.addSupporter(address);
  await campaign.count();
});
afterAll(() => campaign.close());
const stateOfPetition = async () =>
  (await campaign.connection.collection('petitions').findOne({ _id: slug as never }))?.state;
const signatures = () => campaign.connection.collection('signatures').countDocuments({ state: 'confirmed' });

describe('what cannot be taken back', () => {
  test('a person is erased only when the address is given once more', async () => {
    const erase = ['privacy', 'erase', '--email', address];
    const unasked = await cli(...erase);
    expect(unasked.error).toContain('deleted for good');
    expect(unasked.error).toContain(slug);
    expect(unasked.error).toContain(`add --yes "${address}"`);
    expect((await cli(...erase, '--yes', 'anna@home.example')).error).toMatch(/nothing was done/);
    expect(await signatures()).toBe(1);
    expect((await cli(...erase, '--yes', address)).out).toBe(
      'Erased on 1 petition(s), and 0 kept mail(s) deleted.\n',
    );
    expect(await signatures()).toBe(0);
  });

  test('a petition is closed only when its slug is given once more', async () => {
    const unasked = await cli('petition', 'close', slug);
    expect(unasked.error).toMatch(/ends now, for good: nobody can sign it any more, \d+ stay counted/);
    expect((await cli('petition', 'close', slug, '--yes', 'yes')).error).toContain('"yes" is not');
    expect(await stateOfPetition()).toBe('open');
    expect((await cli('petition', 'close', 'nope', '--yes', 'nope')).error).toMatch(/nope/);
    expect((await cli('petition', 'close', slug, '--yes', slug)).out).toBe(`${slug} is closed.\n`);
    expect(await stateOfPetition()).toBe('closed');
  });

  test('who did it stands on record, with no address', async () => {
    await cli('office', 'block', 'mx-inm', '--by', 'Lucía').catch(() => undefined);
    const { out } = await cli('audit', 'list');
    expect(out).toMatch(/ Rosa +petition close +no-more-unsafe-returns +done/);
    expect(out).toMatch(/ Rosa +privacy erase +done/);
    expect(out).not.toContain('@');
    // What was refused did not happen, and that is on record too.
    expect(out).toMatch(/ Lucía +office block +mx-inm +refused/);
    expect(out.match(/petition close.*done/g)).toHaveLength(1);
  });
});
