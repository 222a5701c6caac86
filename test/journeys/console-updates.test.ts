import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOCALES } from '../../src/lib/locales.ts';
import { lookAt } from '../support/browser.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, type TestOrganiser } from '../support/console.ts';
import { faultsNarrowAndWide, visitAs } from '../support/console-browser.ts';
import { openSite } from '../support/site.ts';

const SLUG = 'no-more-unsafe-returns';
const BODY = 'Judges stopped the returns of children.\n\nThe ruling is at https://court.example/ruling.';

let site: Awaited<ReturnType<typeof openSite<TestCampaign>>>;
let editor: TestOrganiser;
let owner: TestOrganiser;

beforeAll(async () => {
  site = await openSite(openCampaign);
  const { campaign } = site;
  editor = await openOrganiser(campaign, { role: 'editor', email: 'editor@team.example' });
  owner = await openOrganiser(campaign, { role: 'owner', email: 'owner@team.example' });
  await campaign.addSupporter('ana@home.example', { updates: 'on' });
  await campaign.count();
  await campaign.sendMail();
}, 60_000);
afterAll(() => site?.close());

const visit = (who: TestOrganiser, hasScript: boolean) =>
  visitAs(site, who, { width: 320, locale: 'en', hasScript });

const press = (page: Page, end: string) => page.locator(`form[action$="${end}"] button`).click();
const heading = (page: Page) => page.locator('h1').textContent();

/** Nothing for axe to complain of, and nobody scrolls sideways: narrow and wide, in both languages. */
async function expectSound(page: Page, name: string): Promise<void> {
  const faults: string[] = [];
  for (const locale of LOCALES) {
    if ((await page.getAttribute('html', 'lang'))?.slice(0, 2) !== locale)
      await page.locator('.switch').click();
    faults.push(...(await faultsNarrowAndWide(page, name, locale)));
  }
  await page.locator('.switch').click();
  await lookAt(page, { width: 320, colorScheme: 'light' });
  expect(faults).toEqual([]);
}

test('an update is written, approved by a second person, sent, read on the page, and unsubscribed from', {
  timeout: 180_000,
}, async () => {
  const { campaign } = site;
  const writer = await visit(editor, true);
  await writer.page.goto('/organise/updates');
  await expectSound(writer.page, 'updates-none');
  await writer.page.goto(`/organise/updates/new?petition=${SLUG}`);
  await writer.page.fill('#newsTitleEn', 'The court has ruled');
  await writer.page.fill('#newsBodyEn', BODY);
  await writer.page.fill('#newsTitleEs', 'La corte resolvió');
  await press(writer.page, '/updates/new');
  expect(await writer.page.inputValue('#newsBodyEn')).toBe(BODY);
  expect(await writer.page.isChecked(`input[value="${SLUG}"]`)).toBe(true);
  await writer.page.fill('#newsBodyEs', 'La corte detuvo las devoluciones de niñas y niños.');
  await writer.page.fill('#sendFrom', '0');
  await writer.page.fill('#sendUntil', '24');
  await press(writer.page, '/updates/new');
  expect(await heading(writer.page)).toBe('The court has ruled');
  await expectSound(writer.page, 'update-draft');
  await press(writer.page, '/propose');
  expect(await writer.page.locator('.saved').textContent()).toContain('It waits for a second person');

  const second = await visit(owner, false);
  await second.page.goto('/organise');
  await second.page.getByRole('link', { name: 'An update waits for a second person' }).click();
  await second.page.getByRole('link', { name: 'The court has ruled' }).click();
  await press(second.page, '/approve');
  expect(await second.page.locator('.saved').textContent()).toContain('Approved');
  while (await campaign.services.updateWorker.step());
  await campaign.sendMail();
  await writer.page.reload();
  await expectSound(writer.page, 'update-sent');

  campaign.clock.advance(5_000);
  await writer.page.goto(`/en/petitions/${SLUG}`);
  expect(await writer.page.locator('#news').textContent()).toContain('Judges stopped the returns');
  await writer.page.goto(`/en/petitions/${SLUG}/updates`);
  await expectSound(writer.page, 'public-updates');

  const mails = await campaign.services.mailbox.list();
  const mail = mails.find(
    ({ to, subject }) => to === 'ana@home.example' && subject === 'The court has ruled',
  );
  await second.page.goto(`/mailbox/${mail?.id}`);
  await second.page.locator('a[href*="/unsubscribe/"]').first().click();
  await second.page.locator('main form button').first().click();
  const id = `${SLUG}:${campaign.emailKeyOf('ana@home.example')}`;
  await expect
    .poll(async () => (await campaign.services.stores.signatures.findSignature(id))?.consent.updates)
    .toBe(false);
  await writer.context.close();
  await second.context.close();
});
