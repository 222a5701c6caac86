import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../test/support/browser.ts';
import { type Program, startProgram } from './program.ts';
import { SLUG } from './seed.ts';
import { type Row, spread } from './table.ts';

const ROUNDS = 5;
/** "Slow 3G" as WebPageTest has it, 400 kbit/s and 400 ms, and a sixth of this processor. */
const SLOW_3G = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const CPU_RATE = 6;
/** A cheap telephone; each visit is a first one, as the page is opened out of WhatsApp and the link out of a mail program. */
const TELEPHONE = { viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true, locale: 'es' };

type Times = { sign: number; confirm: number };

/**
 * Seconds from the first byte of the petition page to "check your e-mail", and from the link in the mail to "confirmed":
 * a script fills in all that the form shows, as fast as it can. Against another build, given by its folder, in turns.
 */
export async function benchJourney(folder?: string): Promise<Row[]> {
  const builds = [undefined, ...(folder ? [resolve(folder)] : [])];
  const programs = await Promise.all(builds.map((build) => startProgram({}, build)));
  const browser = await openBrowser();
  try {
    const turns: Times[][] = [];
    // The first of each renders its pages for the first time.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const turn: Times[] = [];
      for (const program of programs) turn.push(await journey(browser, program, round));
      if (round > 0) turns.push(turn);
    }
    const rows = (what: string, of: (times: Times) => number): Row[] => {
      const ofBuild = (at: number) => turns.map((turn) => of(turn[at] ?? { sign: 0, confirm: 0 }));
      const [ours, theirs] = [ofBuild(0), ofBuild(1)];
      const shares = ours.map((seconds, at) => seconds / (theirs[at] ?? 1));
      return [
        { what, ...spread(ours), unit: 's' },
        ...(folder
          ? [
              { what: `${what}, in ${folder}`, ...spread(theirs), unit: 's' },
              { what: `${what}, against it`, ...spread(shares), unit: '', atMost: 0.7 },
            ]
          : []),
      ];
    };
    return [
      ...rows('first byte to "check your e-mail"', ({ sign }) => sign),
      ...rows('link to "confirmed"', ({ confirm }) => confirm),
      ...rows('both', ({ sign, confirm }) => sign + confirm),
    ];
  } finally {
    await browser.close();
    for (const program of programs) await program.stop();
  }
}

async function journey(browser: Browser, { url }: Program, round: number): Promise<Times> {
  const email = `journey-${round}@home.example`;
  const sign = await timed(browser, async (page) => {
    await page.goto(`${url}/es/petitions/${SLUG}`, { waitUntil: 'commit' });
    const start = performance.now();
    await fill(page, email);
    await page.locator('form.details button[type=submit]').first().tap();
    await page.waitForURL('**/check-your-email*', { waitUntil: 'commit' });
    await page.locator('h1').waitFor();
    return performance.now() - start;
  });
  const link = await linkTo(url, email);
  const confirm = await timed(browser, async (page) => {
    const start = performance.now();
    await page.goto(link, { waitUntil: 'commit' });
    await page.locator('form.details button[type=submit]').first().tap();
    // "Confirmed" is what the reader sees, and not an address: the place in the count, or that it is being counted.
    await page.locator('.place').waitFor();
    return performance.now() - start;
  });
  return { sign: sign / 1_000, confirm: confirm / 1_000 };
}

async function timed(browser: Browser, walk: (page: Page) => Promise<number>): Promise<number> {
  const context = await browser.newContext(TELEPHONE);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const tools = await context.newCDPSession(page);
  await tools.send('Network.enable');
  await tools.send('Network.emulateNetworkConditions', SLOW_3G);
  await tools.send('Emulation.setCPUThrottlingRate', { rate: CPU_RATE });
  const milliseconds = await walk(page);
  await context.close();
  return milliseconds;
}

/** Whatever the form of a build asks for, from top to bottom. */
async function fill(page: Page, email: string): Promise<void> {
  const texts: Record<string, string> = {
    name: 'María Hernández',
    email,
    words: 'Mi prima cruzó sola a los catorce años, y nadie le preguntó nada.',
  };
  const choices: Record<string, string> = { country: 'MX', region: 'MX-CHP' };
  await page.locator('form.details button[type=submit]').first().waitFor();
  for (const control of await page
    .locator('form.details :is(input:not([type=hidden]), select, textarea)')
    .all()) {
    const name = (await control.getAttribute('name')) ?? '';
    if (texts[name]) await control.pressSequentially(texts[name]);
    else if (choices[name]) await control.selectOption(choices[name]);
    else await control.check();
  }
}

/** The way to the button in the mail, as the local mailbox shows it. */
async function linkTo(url: string, email: string): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const list = await (await fetch(`${url}/mailbox`)).text();
    const path = list
      .split('</a>')
      .find((one) => one.includes(email))
      ?.match(/href="(\/mailbox\/[^"]+)"/)?.[1];
    const mail = path && (await (await fetch(url + path)).text());
    const found = mail && /\/es\/confirm\/[\w-]+/.exec(mail)?.[0];
    if (found) return url + found;
    await sleep(200);
  }
  throw new Error(`no mail came to ${email}`);
}
