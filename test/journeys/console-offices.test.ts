import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCALES } from '../../src/lib/locales.ts';
import { newRef } from '../../src/lib/ref.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, type TestOrganiser } from '../support/console.ts';
import { faultsNarrowAndWide, visitAs } from '../support/console-browser.ts';
import { openSite } from '../support/site.ts';

const DHS = 'us-dhs-secretary';
const SLUG = 'no-more-unsafe-returns';
const DIGEST = `${SLUG}:${DHS}:digest:1`;
const WORDS = 'My cousin crossed at night, alone, and nobody asked her whether she could go back.';

let site: Awaited<ReturnType<typeof openSite<TestCampaign>>>;
let owner: TestOrganiser;

beforeAll(async () => {
  site = await openSite(openCampaign);
  const { campaign } = site;
  owner = await openOrganiser(campaign, { role: 'owner', email: 'owner@team.example' });
  for (const number of [1, 2, 3])
    await campaign.addSupporter(`writer-${number}@home.example`, {
      updates: 'on',
      ...(number === 1 && { words: WORDS, shareWords: 'on' }),
    });
  await campaign.count();
}, 60_000);
afterAll(() => site?.close());

const visit = (width: number, locale: string, hasScript: boolean) =>
  visitAs(site, owner, { width, locale, hasScript });

describe('from an address to an answer that everybody reads', () => {
  test('without JavaScript: words, address, checks, approval, calendar; answer, Today, preview, published', async () => {
    const { campaign } = site;
    const { page, context } = await visit(320, 'en', false);
    await page.goto('/organise');
    if ((await page.getAttribute('html', 'lang')) !== 'en') await page.locator('.switch').click();
    await page.getByRole('link', { name: '1 text of a supporter waits to be read' }).click();
    await page.getByRole('button', { name: 'Approve these words' }).click();

    await page.getByRole('link', { name: 'Offices', exact: true }).click();
    await page.getByRole('link', { name: 'Secretary of Homeland Security' }).click();
    await page.getByRole('link', { name: 'Enter the email address' }).click();
    await page.getByLabel('Email address of the office').fill('letters@dhs.example');
    await page.getByRole('button', { name: 'Enter the email address' }).click();
    await page.getByText('Say on which page it is published').first().waitFor();
    await page.getByLabel('The page where it is published').fill('https://example.org/contact');
    await page.getByLabel('The day you saw it there').fill('2026-11-23');
    await page.getByRole('button', { name: 'Enter the email address' }).click();
    await page.getByText('The address has been saved').waitFor();

    await page.getByRole('link', { name: 'Letters to offices', exact: true }).click();
    await page.getByRole('button', { name: 'Plan what is due' }).click();
    await page.getByRole('link', { name: 'Secretary of Homeland Security' }).click();
    await page.getByText('No check says stop').waitFor();
    await page.getByText(WORDS.slice(0, 40)).first().waitFor();
    await page.getByRole('link', { name: 'Approve', exact: true }).click();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByText('The calendar says when it leaves').waitFor();
    await page.getByRole('link', { name: 'Letters to offices', exact: true }).first().click();
    await page
      .getByText(/EST|EDT/)
      .first()
      .waitFor();
    await page.goto(`/organise/deliveries/${encodeURIComponent(DIGEST)}`);
    await page.getByRole('link', { name: 'Send now' }).click();
    await page.getByRole('button', { name: 'Send now' }).click();
    await page.getByText('It is leaving now').waitFor();
    await campaign.services.mailWorker.drainOffices();

    await campaign.services.answers.recordReply({
      deliveryId: DIGEST,
      petitionId: SLUG,
      officeId: DHS,
      from: 'Desk <desk@dhs.example>',
      subject: 'Re: your report',
      text: 'We have read it, and will act.',
      at: campaign.clock.now(),
      messageId: newRef(),
      unread: [],
      attachments: [],
      raw: Buffer.from('From: desk@dhs.example\r\n\r\nWe have read it, and will act.'),
    });
    await page.goto('/organise');
    await page.getByRole('button', { name: /I will see to it.*has answered/ }).click();
    await page.getByText('You are on it').waitFor();
    await page.getByRole('link', { name: 'Secretary of Homeland Security has answered' }).click();
    await page.getByRole('link', { name: 'Publish', exact: true }).click();
    await page.getByRole('button', { name: 'See how it will look' }).click();
    await page.getByText('The email to signers').first().waitFor();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText('If signers should hear of it, tell them now').waitFor();
    await page.getByRole('link', { name: 'Tell the signers' }).click();
    await page.getByRole('button', { name: 'Tell the signers' }).click();
    await page.getByText('The emails are on their way').waitFor();
    await context.close();
  });
});

describe('the pages of offices, letters and answers', () => {
  test.each(LOCALES)(
    'in %s, narrow and wide: axe finds no fault, and nothing stands beside the window',
    async (locale) => {
      const { page, context, complaints } = await visit(320, locale, true);
      const faults: string[] = [];
      await page.goto('/organise');
      if ((await page.getAttribute('html', 'lang'))?.slice(0, 2) !== locale)
        await page.locator('.switch').click();
      const [answer] = await site.campaign.services.answers.listAnswers();
      for (const path of [
        '',
        '/offices',
        `/offices/${DHS}`,
        `/offices/${DHS}/hours`,
        '/deliveries',
        `/deliveries/offices/${DHS}`,
        `/deliveries/${encodeURIComponent(DIGEST)}`,
        '/answers',
        `/answers/${answer?._id}`,
        `/answers/${answer?._id}/publish`,
        '/incoming',
        '/packs',
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
