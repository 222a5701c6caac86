import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../src/database/free-port.ts';
import { openBrowser, openPage } from '../support/browser.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const email = 'axe@home.example';
let browser: Browser;
let campaign: TestCampaign;
let site: string;
const pages: Record<string, string> = {};

beforeAll(async () => {
  const port = await freePort();
  site = `http://localhost:${port}`;
  campaign = await openCampaign({ PUBLIC_URL: site, PORT: String(port) });
  await campaign.app.listen({ port, host: 'localhost' });
  browser = await openBrowser();
  await campaign.post('/en/petitions/safe-passage/signatures', {
    name: 'Eva',
    email: 'pending@home.example',
    country: 'US',
    over16: 'on',
  });
  await campaign.addSupporter(email, { words: 'Enough.', shareWords: 'on' }, 'safe-passage');
  await campaign.count();
  await campaign.sendMail();
  await campaign.services.petitions.closePetition('protection-and-asylum');
  const [mail] = await campaign.services.mailbox.list();
  const mine = await campaign.linkTo('manage', email, 'safe-passage');
  Object.assign(pages, {
    home: '/en',
    petition: '/en/petitions/no-more-unsafe-returns',
    closed: '/en/petitions/protection-and-asylum',
    'check your e-mail': '/en/check-your-email',
    confirm: await campaign.linkTo('confirm', 'pending@home.example', 'safe-passage'),
    'already confirmed': await campaign.linkTo('confirm', email, 'safe-passage'),
    signed: await campaign.linkTo('signed', email, 'safe-passage'),
    'my signature': mine,
    withdraw: `${mine}/withdraw`,
    'not me': await campaign.linkTo('notMe', email, 'safe-passage'),
    unsubscribe: await campaign.linkTo('unsubscribe', email, 'safe-passage'),
    privacy: '/en/privacy',
    'no such page': '/en/nothing-here',
    'an ended link': await campaign.linkTo('manage', 'nobody@home.example', 'safe-passage'),
    mailbox: '/mailbox',
    mail: `/mailbox/${mail?.id}`,
  });
});
afterAll(async () => {
  await browser?.close();
  await campaign?.close();
});

type Fault = { id: string; nodes: { html: string }[] };

describe.each([
  ['en', 320, 'light'],
  ['es', 320, 'dark'],
  ['en', 1280, 'dark'],
  ['es', 1280, 'light'],
] as const)('every page in "%s" at %d px, %s', (locale, width, colorScheme) => {
  test('axe finds nothing, and nothing is wider than the screen', async () => {
    const page = await openPage(browser, { width, isScripted: true, locale });
    await page.emulateMedia({ colorScheme });
    const check = async (title: string) => {
      // Evaluated by the browser's own tools, which the page's policy does not bind.
      await page.evaluate(axe);
      const { violations } = (await page.evaluate('axe.run()')) as { violations: Fault[] };
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
        title,
      ).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth'), title).toBeLessThanOrEqual(width);
    };
    for (const [title, path] of Object.entries(pages)) {
      await page.goto(site + path.replace(/^\/en/, `/${locale}`));
      await check(title);
    }
    await page.goto(`${site}/${locale}/petitions/safe-passage`);
    await page.locator('form.details button').click();
    await page.waitForSelector('.summary');
    await check('a petition with faults in its form');
    await page.context().close();
  }, 120_000);
});
