import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { type Answered, DHS, openAnswered, SLUG } from '../answers/answer-room.ts';
import { openVisit } from '../support/browser.ts';
import { openSite } from '../support/site.ts';

let site: Awaited<ReturnType<typeof openSite>>;
let browser: Browser;
let campaign: Answered;
beforeAll(async () => {
  const opened = await openSite(openAnswered);
  site = opened;
  ({ browser, campaign } = opened);
}, 60_000);
afterAll(async () => {
  await site?.close();
});

describe.each([
  { locale: 'en', width: 320, script: 'off' },
  { locale: 'es', width: 1280, script: 'on' },
])('in $locale, $width px wide, JavaScript $script', ({ locale, width, script }) => {
  it('an office opens its link, mends its answer, sends it, and finds it in public once it is published', {
    timeout: 30_000,
  }, async () => {
    const { page, context, complaints } = await openVisit(browser, {
      baseURL: campaign.config.publicUrl,
      locale,
      width,
      hasScript: script === 'on',
    });
    const reason = `Funds, ${locale}.`;
    await page.goto(campaign.answerPath);
    if (locale === 'es') await page.locator('a.switch').click();
    await page.waitForURL(`**/${locale}/answer/*`);
    await page.check('#status-D1-refused');
    await page.fill('#text', 'We have read it.');
    await page.locator('main form button').click();
    const fault = page.locator('.summary a');
    expect(await fault.getAttribute('href')).toBe('#reason-D1');
    await fault.click();
    await page.locator('#reason-D1:focus').waitFor();
    await page.keyboard.type(reason);
    expect(await page.inputValue('#text')).toBe('We have read it.');
    expect(await page.isChecked('#status-D1-refused')).toBe(true);
    await page.check('#pace-1');
    await page.locator('main form button').click();
    await page.locator('dl.laws').waitFor();
    expect(await page.locator('main').textContent()).toContain(reason);

    const [kept] = await campaign.services.answers.listAnswers();
    await campaign.services.answers.publish(shellActor('Lucía'), kept?._id ?? '', { locale: 'en' });
    campaign.clock.advance(5_000);
    await page.goto(`/${locale}/petitions/${SLUG}`);
    await page.locator(`a[href="/${locale}/petitions/${SLUG}/demands"]`).click();
    expect(await page.locator('table').textContent()).toContain(reason);
    await page.locator(`thead a[href="/${locale}/offices/${DHS}"]`).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/${locale}/offices/${DHS}`);
    expect(await page.locator('blockquote').first().textContent()).toContain('We have read it.');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('an office’s staff ask whether a mail is ours', async () => {
    const { page, context, complaints } = await openVisit(browser, {
      baseURL: campaign.config.publicUrl,
      locale,
      width,
      hasScript: script === 'on',
    });
    await page.goto(`/${locale}`);
    await page.locator(`footer a[href="/${locale}/check-message"]`).click();
    await page.fill('#id', `Subject: x\nMessage-ID: <${campaign.delivery.messageId}>`);
    await page.locator('main form button').click();
    await page.locator('#result').waitFor();
    expect(await page.locator('#result a').first().getAttribute('href')).toBe(`/${locale}/petitions/${SLUG}`);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
