import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCALES } from '../../src/lib/locales.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, type TestOrganiser } from '../support/console.ts';
import { faultsNarrowAndWide, visitAs } from '../support/console-browser.ts';
import { openSite } from '../support/site.ts';

const WORDS = 'My cousin crossed at night, alone, and nobody asked her whether she could go back.';

let site: Awaited<ReturnType<typeof openSite<TestCampaign>>>;
let owner: TestOrganiser;

beforeAll(async () => {
  site = await openSite(openCampaign);
  const { campaign } = site;
  owner = await openOrganiser(campaign, { role: 'owner', email: 'owner@team.example' });
  for (const [number, name] of ['Zulema Xochitl', 'Ana Rosa', 'Luz Vega'].entries())
    await campaign.addSupporter(`writer-${number}@home.example`, {
      name,
      words: `${WORDS} She is ${number + 9} years old.`,
      shareWords: 'on',
    });
  // Its writer has looked and let it stand.
  const marked = await campaign.addSupporter('marked@home.example', {
    name: 'Zulema Xochitl',
    words: `I am Zulema. ${WORDS} Call 961 123 4567, or come to Calle Hidalgo 12, Reynosa.`,
    shareWords: 'on',
  });
  const { ref } = marked;
  const earliest = { wordsState: 'waiting', confirmedAt: new Date('2026-01-01T12:00:00Z') };
  await campaign.connection.collection('signatures').updateOne({ ref }, { $set: earliest });
}, 60_000);
afterAll(() => site?.close());

const visit = (width: number, locale: string, hasScript: boolean) =>
  visitAs(site, owner, { width, locale, hasScript });

describe('the pages of words', () => {
  test.each(LOCALES)(
    'in %s, narrow and wide: axe finds no fault, and nothing stands beside the window',
    async (locale) => {
      const { page, context, complaints } = await visit(320, locale, true);
      const faults: string[] = [];
      const look = async (name: string) => faults.push(...(await faultsNarrowAndWide(page, name, locale)));
      await page.goto('/organise');
      if ((await page.getAttribute('html', 'lang'))?.slice(0, 2) !== locale)
        await page.locator('.switch').click();
      await look('today');
      await page.goto('/organise/words');
      await look('words');
      await page.locator('form[action$="/approve"] button').click();
      await page.locator('.summary').waitFor();
      await look('words with errors');
      await page.goto('/organise/words?skip=9');
      await look('no words');
      expect(faults).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  test('without JavaScript: from Today to a text, approved, undone, shortened, the next refused', async () => {
    const { page, context } = await visit(320, 'en', false);
    await page.goto('/organise');
    if ((await page.getAttribute('html', 'lang')) !== 'en') await page.locator('.switch').click();
    await page.getByRole('link', { name: '4 texts of supporters wait to be read' }).click();
    await page.getByRole('link', { name: 'read the next' }).click();
    await page.getByRole('button', { name: 'Approve these words' }).click();
    await page.getByText('Approved: offices may be sent').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Undone: the words wait again').waitFor();
    await page.getByRole('link', { name: 'read the next' }).click();
    await page.getByLabel('What is quoted').fill('[…] nobody asked her whether she could go back. […]');
    await page.getByRole('button', { name: 'Approve these words' }).click();
    await page.getByText('Approved: offices may be sent').waitFor();
    await page.getByRole('link', { name: 'read the next' }).click();
    await page.getByLabel('It is about something else').check();
    await page.getByRole('button', { name: 'Refuse these words' }).click();
    await page.getByText('Refused. The writer can read why.').waitFor();
    await page.getByText('2 texts wait').waitFor();
    await context.close();
  });
});
