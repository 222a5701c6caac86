import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCALES } from '../../src/lib/locales.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, type TestOrganiser } from '../support/console.ts';
import { faultsNarrowAndWide, visitAs } from '../support/console-browser.ts';
import { openSite } from '../support/site.ts';

const SLUG = 'no-more-unsafe-returns';
let site: Awaited<ReturnType<typeof openSite<TestCampaign>>>;
const people = {} as Record<'owner' | 'editor' | 'moderator', TestOrganiser>;

beforeAll(async () => {
  site = await openSite(openCampaign);
  const { campaign } = site;
  for (const role of ['owner', 'editor', 'moderator'] as const)
    people[role] = await openOrganiser(campaign, { role, email: `${role}@team.example` });
  for (let n = 0; n < 4; n += 1) await campaign.addSupporter(`person-${n}@home.example`);
  for (let n = 0; n < 26; n += 1)
    await campaign.addSupporter(`bot-${n}@burst.example`, { name: 'Zulema Xochitl' });
  await campaign.count();
  await campaign.services.bursts.step();
}, 120_000);
afterAll(() => site?.close());

const total = async () => {
  await site.campaign.count();
  return (await site.campaign.services.stores.ledger.getTally(SLUG))?.total ?? 0;
};
async function work() {
  while (await site.campaign.services.ruleWorker.step());
}

async function visit(who: TestOrganiser, width: number, locale: string, hasScript: boolean) {
  const opened = await visitAs(site, who, { width, locale, hasScript });
  await opened.page.goto('/organise');
  if ((await opened.page.getAttribute('html', 'lang'))?.slice(0, 2) !== locale)
    await opened.page.locator('.switch').click();
  return opened;
}

describe('the signature desk', () => {
  test('without JavaScript: a burst is held by two people, the count falls, it is undone, and the audit has it all', async () => {
    expect(await total()).toBe(30);
    const { page, context } = await visit(people.owner, 320, 'en', false);
    await page.getByRole('link', { name: '1 unusual burst of signatures' }).click();
    await page.getByRole('link', { name: /^See these signatures/ }).click();
    expect(await page.locator('h3').count()).toBe(25);
    await page.getByRole('link', { name: 'Hold, take out or put back all of these' }).click();
    await page.getByLabel('Hold 30 signatures').waitFor();
    // The whole hour has one network: the domain tells them apart.
    await page.goto('/organise/signatures');
    await page.getByLabel('Email address, @domain, reference or IP address').fill('@burst.example');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('link', { name: 'Hold, take out or put back all of these' }).click();
    await page.getByLabel('Hold 26 signatures').check();
    await page.getByLabel('Why').fill('All within a minute, by the same name');
    await page.getByRole('button', { name: 'Do this to all of them' }).click();
    await page.getByText('Waits for a second person').waitFor();
    expect(await total()).toBe(30);
    await page.getByRole('button', { name: 'Agree: do it' }).click();
    await page.getByText('a second person must agree').waitFor();

    const second = await visit(people.editor, 1280, 'en', false);
    await second.page.getByRole('link', { name: 'waits for a second person' }).click();
    await second.page.getByRole('link', { name: 'Hold 26 signatures' }).click();
    await second.page.getByRole('button', { name: 'Agree: do it' }).click();
    await second.page.getByText('Under way').waitFor();
    await work();
    await second.page.getByRole('link', { name: 'Show how far it is now' }).click();
    await second.page.getByText('26 of 26').waitFor();
    expect(await total()).toBe(4);
    await second.page.getByRole('button', { name: 'Undo it' }).click();
    await work();
    expect(await total()).toBe(30);
    await second.context.close();

    await page.goto('/organise/audit');
    const acts = await page.locator('.acts strong').allTextContents();
    expect(acts.filter((act) => act.startsWith('rule'))).toEqual([
      'rule undo',
      'rule approve',
      'rule approve',
      'rule hold',
    ]);
    await context.close();
  });

  test('a moderator finds one, holds and releases it, and sees nothing of what is not theirs', async () => {
    const { page, context } = await visit(people.moderator, 320, 'en', false);
    await page.goto('/organise/signatures');
    await page.getByLabel('Email address, @domain, reference or IP address').fill('person-1@home.example');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.locator('h3 a').click();
    for (const [act, done, count] of [
      ['Hold', 'Held. The count follows within seconds.', 29],
      ['Release', 'Released. The count follows within seconds.', 30],
    ] as const) {
      await page.getByLabel(act, { exact: true }).check();
      await page.getByLabel('Why').fill('They called');
      await page.getByRole('button', { name: 'Do this' }).click();
      await page.getByText(done).waitFor();
      expect(await total()).toBe(count);
    }
    for (const path of ['/organise/audit.csv', '/organise/signatures/rules', '/organise/people'])
      expect([path, (await page.goto(path))?.status()]).toEqual([path, 404]);
    await context.close();
  });

  test.each(LOCALES)(
    'in %s, narrow and wide: axe finds no fault, and nothing stands beside the window',
    async (locale) => {
      const { page, context, complaints } = await visit(people.owner, 320, locale, true);
      const faults: string[] = [];
      const look = async (name: string) => faults.push(...(await faultsNarrowAndWide(page, name, locale)));
      await page.goto('/organise/signatures');
      await look('signatures');
      await page.goto('/organise/signatures?country=US');
      await look('found');
      await page.goto('/organise/signatures?standing=invalidated');
      await look('none found');
      await page.goto(await linkTo());
      await look('one');
      await page.goto('/organise/signatures/rule?country=US');
      await look('rule to be made');
      await page.goto('/organise/signatures/rules');
      await look('rules');
      await page.locator('.acts a').first().click();
      await look('rule');
      expect(faults).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});

async function linkTo(): Promise<string> {
  const id = `${SLUG}:${site.campaign.emailKeyOf('person-2@home.example')}`;
  const found = await site.campaign.services.stores.signatures.findSignature(id);
  return `/organise/signatures/${found?.ref}`;
}
