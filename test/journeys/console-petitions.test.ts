import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCALES } from '../../src/lib/locales.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, type TestOrganiser } from '../support/console.ts';
import { faultsNarrowAndWide, visitAs } from '../support/console-browser.ts';
import { openSite } from '../support/site.ts';

let site: Awaited<ReturnType<typeof openSite<TestCampaign>>>;
let editor: TestOrganiser;

beforeAll(async () => {
  site = await openSite(openCampaign);
  editor = await openOrganiser(site.campaign, { role: 'editor', email: 'edit@team.example' });
}, 60_000);
afterAll(() => site?.close());

const visit = (width: number, locale: string, hasScript: boolean) =>
  visitAs(site, editor, { width, locale, hasScript });

describe('petitions in the console', () => {
  test('without JavaScript: a new one from an old one, both languages, checks, preview, opened ahead, closed for good', async () => {
    const { page, context } = await visit(320, 'en', false);
    await page.goto('/organise/petitions');
    if ((await page.getAttribute('html', 'lang')) !== 'en') await page.locator('.switch').click();
    await page.getByRole('link', { name: 'Safe passage for children' }).click();
    await page.getByRole('link', { name: 'Make a new petition from this one' }).click();
    await page.getByLabel('Short name in its address').fill('family-first');
    await page.getByRole('button', { name: 'Make the draft' }).click();
    await page.getByLabel('Title, English').fill('Families first');
    await page.getByLabel('Title, Spanish').fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Title is missing in Spanish').waitFor();
    await page.getByRole('link', { name: 'Edit the text' }).click();
    await page.getByLabel('Title, Spanish').fill('Primero las familias');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('You can open it now.').waitFor();
    await page.getByRole('link', { name: 'Preview' }).click();
    await page.getByRole('heading', { name: 'The first digest to an office' }).waitFor();
    await page.getByRole('link', { name: 'Public page in Spanish' }).click();
    await page.getByRole('heading', { name: 'Primero las familias' }).waitFor();
    await page.goto('/organise/petitions/family-first');
    await page.getByLabel('Day it opens').fill('2030-03-01');
    await page.getByLabel('Hour it opens').fill('08:00');
    await page.getByRole('button', { name: 'Open it' }).click();
    await page.getByText('Opens on Mar 1, 2030').waitFor();
    await page.getByLabel('Why it closes, in English').fill('It is no longer needed.');
    await page.getByLabel('Why it closes, in Spanish').fill('Ya no hace falta.');
    await page.getByLabel('Its short name').fill('family-first');
    await page.getByRole('button', { name: 'Close for good' }).click();
    await page.getByText('It is closed.').waitFor();
    await context.close();
  });

  test.each(LOCALES)(
    'in %s, narrow and wide: axe finds no fault, and nothing stands beside the window',
    { timeout: 60_000 },
    async (locale) => {
      const { page, context, complaints } = await visit(320, locale, true);
      const faults: string[] = [];
      await page.goto('/organise');
      if ((await page.getAttribute('html', 'lang'))?.slice(0, 2) !== locale)
        await page.locator('.switch').click();
      for (const path of [
        '/petitions',
        '/petitions/new',
        '/petitions/safe-passage',
        '/petitions/safe-passage/edit',
        '/petitions/safe-passage/preview',
        '/petitions/safe-passage/sharing',
        '/petitions/family-first/versions',
        '/facts',
        '/facts/F1',
      ]) {
        await page.goto(`/organise${path}`);
        faults.push(...(await faultsNarrowAndWide(page, path, locale)));
      }
      expect(faults).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});
