import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { LANG_TAG, type Locale } from '../../src/lib/locales.ts';
import { TESTER } from '../support/actor.ts';
import { faultsByAxe, type Look, lookAt, openVisit, overflow } from '../support/browser.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { releaseAll } from '../support/letters.ts';
import { openSite } from '../support/site.ts';

const SLUG = 'no-more-unsafe-returns';
const OFFICE_EMAIL = 'letters@dhs.example';
const good = { name: 'Ana Rosa', email: 'ana@home.example', country: 'US', region: 'US-TX', over16: 'on' };

let site: Awaited<ReturnType<typeof openSite>>;
let browser: Browser;
let campaign: TestCampaign;
/** name of a page → its path without the language */
let pages: Record<string, string>;
/** pages whose button can be pressed once: a set for each language */
const once: Record<string, { thanks: string; confirm: string }> = {};

beforeAll(async () => {
  const opened = await openSite(openCampaign);
  site = opened;
  ({ browser, campaign } = opened);
  const link = async (...args: Parameters<TestCampaign['linkTo']>) =>
    (await campaign.linkTo(...args)).replace('/en', '');

  await campaign.addSupporter('counted@home.example', {
    words: 'My cousin crossed alone, and nobody asked her anything.',
    shareWords: 'on',
    updates: 'on',
  });
  await campaign.count();
  await campaign.addSupporter('uncounted@home.example');
  await campaign.post(`/en/petitions/${SLUG}/signatures`, { ...good, email: 'pending@home.example' });
  await campaign.post(`/en/petitions/safe-passage/signatures`, { ...good, email: 'late@home.example' });
  const closedConfirm = await link('confirm', 'late@home.example', 'safe-passage');
  await campaign.connection
    .collection('petitions')
    .updateOne({ _id: 'safe-passage' as never }, { $set: { state: 'closed' } });
  await campaign.addSupporter('gone@home.example');
  const gone = await link('manage', 'gone@home.example');
  await campaign.post(`/en${gone}/withdraw`);
  for (const locale of ['en', 'es']) {
    await campaign.addSupporter(`second-${locale}@home.example`);
    await campaign.post(`/en/petitions/${SLUG}/signatures`, { ...good, email: `new-${locale}@home.example` });
    once[locale] = {
      thanks: await link('signed', `second-${locale}@home.example`),
      confirm: await link('confirm', `new-${locale}@home.example`),
    };
  }
  await campaign.sendMail();
  campaign.clock.advance(60_000);

  const manage = await link('manage', 'counted@home.example');
  const { messageId, answerPath } = await openOffice();
  pages = {
    home: '',
    petition: `/petitions/${SLUG}`,
    'closed petition': '/petitions/safe-passage',
    packs: `/petitions/${SLUG}/packs`,
    updates: `/petitions/${SLUG}/updates`,
    'check your e-mail': '/check-your-email',
    'check your e-mail, of a provider': `/check-your-email?at=gmail.com&petition=${SLUG}`,
    'check your e-mail, of a domain': `/check-your-email?at=home.example&petition=${SLUG}`,
    confirm: await link('confirm', 'pending@home.example'),
    'already confirmed': await link('confirm', 'counted@home.example'),
    'signed, being counted': await link('signed', 'uncounted@home.example'),
    signed: await link('signed', 'counted@home.example'),
    'my signature': manage,
    'my signature, saved': `${manage}?saved`,
    'my words': manage.replace('my-signature', 'my-words'),
    'my words, preview': `${manage.replace('my-signature', 'my-words')}/preview`,
    'by hand': `/petitions/${SLUG}/by-hand`,
    'by hand, letter': `/petitions/${SLUG}/by-hand/mx-presidency`,
    withdraw: `${manage}/withdraw`,
    'it was not me': await link('notMe', 'pending@home.example'),
    unsubscribe: await link('unsubscribe', 'counted@home.example'),
    privacy: '/privacy',
    offices: '/offices',
    'office that answered': '/offices/us-dhs-secretary',
    'office not written to': '/offices/mx-inm',
    'demands and offices': `/petitions/${SLUG}/demands`,
    'check a message': '/check-message',
    'a message of ours': `/check-message?id=${encodeURIComponent(messageId)}`,
    'a message of others': '/check-message?id=a@b',
    'answer of an office': answerPath,
    'not found': '/nothing',
    'link ended': gone,
    'petition closed': closedConfirm,
  };
}, 60_000);
afterAll(async () => {
  await site?.close();
});

/** An office that was written to, refused a demand after having studied it, and whose signers were told. */
async function openOffice() {
  const { offices, planner, letters, mailWorker, officeAnswer, answers, updates } = campaign.services;
  const verified = { email: OFFICE_EMAIL, source: 'https://example.org/x', checked: '2026-11-24' };
  await offices.verifyEmailChannel(TESTER, 'us-dhs-secretary', verified);
  await planner.planDigests();
  await releaseAll(campaign.services);
  await mailWorker.drainOffices();
  const delivery = await letters.getDelivery(`${SLUG}:us-dhs-secretary:digest:1`);
  const token = await officeAnswer.mint(delivery);
  const visit = await officeAnswer.getVisit(token);
  for (const status of ['under-review', 'refused'] as const) {
    const reasons = [{ demandId: 'D1', text: 'For want of funds.' }];
    const form = {
      statements: [{ demandId: 'D1', status }],
      reasons,
      text: 'We have read it.\n\nWe are sorry.',
    };
    const { _id } = await officeAnswer.answer(visit, form);
    await answers.publish(shellActor('Lucía'), _id, { locale: 'en' });
    if (status === 'refused') await updates.tell(TESTER, _id);
    campaign.clock.advance(60_000);
  }
  await campaign.sendMail();
  return { messageId: delivery.messageId ?? '', answerPath: `/answer/${token}` };
}

/** Every language at every width; light and dark at every width. */
const looks: { locale: string; both: Look[] }[] = [
  {
    locale: 'en',
    both: [
      { width: 320, colorScheme: 'light' },
      { width: 1280, colorScheme: 'dark' },
    ],
  },
  {
    locale: 'es',
    both: [
      { width: 320, colorScheme: 'dark' },
      { width: 1280, colorScheme: 'light' },
    ],
  },
];

describe('every page', () => {
  it.each(looks)(
    'in $locale, narrow and wide, light and dark: axe finds no fault, and nothing stands beside the window',
    { timeout: 180_000 },
    async ({ locale, both }) => {
      const { page, context, complaints } = await visit(locale);
      const faults: string[] = [];
      const look = async (name: string) => {
        for (const one of both) {
          await lookAt(page, one);
          const where = `${name}, ${one.width} px, ${one.colorScheme}`;
          faults.push(...(await faultsByAxe(page)).map((fault) => `${where}: ${fault}`));
          const pixels = await overflow(page);
          if (pixels > 0) faults.push(`${where}: ${pixels} px beside the window`);
        }
      };
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(`/${locale}${path}`);
        expect(await page.getAttribute('html', 'lang')).toBe(LANG_TAG[locale as Locale]);
        // Opened: what is folded away is shown as well.
        await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
        await look(name);
      }
      await page.goto('/mailbox');
      await look('mailbox');
      await page.locator('main ul a').first().click();
      await look('mail');
      // In its frame a mail runs nothing, not even axe; and here no policy of ours touches its styles.
      await page.goto('about:blank');
      for (const { id, to } of await campaign.services.mailbox.list()) {
        // What an office gets is a plain letter and no page.
        if (to === OFFICE_EMAIL) continue;
        const mail = await campaign.services.mailbox.read(id);
        await page.setContent(mail?.html ?? '');
        await look(`mail “${mail?.subject}”`);
      }

      // Asked which address is meant: by the server, and by the script on leaving the field.
      await page.goto(`/${locale}${pages.petition}`);
      for (const [name, text] of Object.entries({ '#name': 'Ana Rosa', '#email': 'ana@gmial.com' }))
        await page.locator(name).fill(text);
      await page.locator('#country').selectOption('MX');
      await page.locator('#over16').check();
      await page.locator('.either input').first().waitFor();
      await look('petition, asked by the script');
      await page.locator('[data-did-you-mean]').evaluate((one) => one.replaceChildren());
      await page.locator('form.details > button').click();
      await page.locator('.summary').waitFor();
      await look('did you mean gmail.com?');
      // A second petition, signed from the page of thanks: the page after it, and one's own with both.
      await page.goto(`/${locale}${once[locale]?.thanks}`);
      await page.locator('form[action$="/also"] button').click();
      await page.waitForURL(/signed/);
      await look('second petition signed');
      // An address to which the private link is sent again, with an error and without.
      await page.goto(`/${locale}/petitions/safe-passage`);
      await page.locator('form.details button').click();
      await page.locator('.summary').waitFor();
      await look('lost link with errors');
      await page.locator('#email').fill('counted@home.example');
      await page.locator('form.details button').click();
      await page.locator('form').waitFor({ state: 'detached' });
      await look('lost link asked for');
      // Own words with personal data in them, and too many.
      await page.goto(`/${locale}${pages['my words']}`);
      await page
        .locator('#words')
        .fill('Soy Ana, mi teléfono es 961 123 4567 y crucé sola a los catorce años.');
      await page.locator('button[value=preview]').click();
      await page.locator('.summary').waitFor();
      await look('my words with errors');

      // With errors: on the petition, the confirm page and one's own.
      for (const name of ['petition', 'confirm', 'my signature']) {
        await page.goto(`/${locale}${pages[name]}`);
        const folded = page.locator('details.folded > summary');
        if (await folded.isVisible()) await folded.click();
        await page.locator('#name').fill('=1');
        await page.locator('#country').selectOption('');
        await page.locator('form.details button').last().click();
        await page.locator('.summary').waitFor();
        await look(`${name} with errors`);
      }
      // An office's answer with errors, and the page that thanks for it.
      await page.goto(`/${locale}${pages['answer of an office']}`);
      await page.locator('#status-D1-refused').check();
      await page.locator('main form button').click();
      await page.locator('.summary').waitFor();
      await look('answer of an office with errors');
      await page.locator('#reason-D1').fill('For want of funds.');
      await page.locator('#address').fill('1 Main Street');
      await page.locator('main form button').click();
      await page.locator('main dl').waitFor();
      await look('answer of an office, recorded');
      // What only a POST answers with.
      await page.goto(`/${locale}${pages.unsubscribe}`);
      await page.locator('main form button').click();
      await look('unsubscribed');
      await page.goto(`/${locale}${once[locale]?.confirm}`);
      await page.locator('form.details > button').click();
      await page.locator('.place').waitFor();
      await look('confirmed by the press');
      expect(faults).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});

it('axe and the measure find what is wrong', async () => {
  const { page, context } = await visit('en');
  await page.setContent('<main><h1>A</h1><img src="data:,"><p style="width: 400px">wide</p></main>');
  expect((await faultsByAxe(page)).join()).toContain('image-alt');
  expect(await overflow(page)).toBeGreaterThan(0);
  await lookAt(page, { width: 1280, colorScheme: 'light' });
  expect(await overflow(page)).toBe(0);
  await context.close();
});

function visit(locale: string) {
  const { publicUrl: baseURL } = campaign.config;
  return openVisit(browser, { baseURL, width: 320, locale, hasScript: true, hasAxe: true });
}
