import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../src/database/free-port.ts';
import { openBrowser, openPage } from '../support/browser.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';

let browser: Browser;
let campaign: TestCampaign;
let site: string;

beforeAll(async () => {
  const port = await freePort();
  site = `http://localhost:${port}`;
  campaign = await openCampaign({ PUBLIC_URL: site, PORT: String(port) });
  await campaign.app.listen({ port, host: 'localhost' });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await campaign?.close();
});

/** The newest mail to an address, as the local mailbox keeps it. */
async function newestMail(to: string): Promise<string> {
  campaign.clock.advance(1_000);
  await campaign.sendMail();
  const [mail] = (await campaign.services.mailbox.list()).filter((one) => one.to === to);
  if (!mail) throw new Error(`no mail to ${to}`);
  return mail.id;
}

const texts = {
  en: {
    sign: 'Sign',
    open: 'See and confirm my signature',
    confirm: 'I confirm my signature',
    place: /You are number \d/,
    manage: 'See, change or withdraw my signature',
    save: 'Save my changes',
    saved: 'Your changes are saved.',
    withdraw: 'Withdraw my signature',
    sure: 'Yes, withdraw it',
    withdrawn: 'Your signature is withdrawn',
    check: 'Check your e-mail',
  },
  es: {
    sign: 'Firmar',
    open: 'Ver y confirmar mi firma',
    confirm: 'Confirmo mi firma',
    place: /firma número \d/,
    manage: 'Ver, cambiar o retirar mi firma',
    save: 'Guardar mis cambios',
    saved: 'Sus cambios se guardaron.',
    withdraw: 'Retirar mi firma',
    sure: 'Sí, retirarla',
    withdrawn: 'Su firma fue retirada',
    check: 'Revise su correo',
  },
};

describe.each([
  ['en', 320, false],
  ['es', 320, false],
  ['en', 1280, true],
  ['es', 1280, true],
] as const)('a person who reads "%s" at %d px, JavaScript %s', (locale, width, isScripted) => {
  test('signs, confirms by mail, sees the place in the count, changes and withdraws', async () => {
    const say = texts[locale];
    const email = `journey-${locale}-${width}@home.example`;
    const page = await openPage(browser, { width, isScripted });
    const count = async () => (await campaign.services.ledger.getCount('safe-passage')).count;
    const before = await count();

    await page.goto(`${site}/${locale}/petitions/safe-passage`);
    await page.fill('#name', 'Ana Rosa');
    await page.fill('#email', email);
    await page.selectOption('#country', 'MX');
    await page.selectOption('#region', 'MX-CHP');
    await page.fill('#words', 'Que nadie vuelva al peligro.');
    await page.check('#shareWords');
    await page.check('#over16');
    await page.getByRole('button', { name: say.sign, exact: true }).click();
    expect(await page.textContent('h1')).toBe(say.check);

    await page.goto(`${site}/mailbox/${await newestMail(email)}`);
    await page.frameLocator('iframe').getByRole('link', { name: say.open }).click();
    await page.waitForURL(/\/confirm\//);
    expect(await page.inputValue('#name')).toBe('Ana Rosa');
    await page.fill('#name', 'Ana Rosa Pérez');
    await page.getByRole('button', { name: say.confirm }).click();
    await campaign.count();
    await page.reload();
    expect(await page.textContent('main')).toMatch(say.place);
    expect(await count()).toBe(before + 1);
    expect(await page.getByRole('link', { name: /WhatsApp/ }).getAttribute('href')).toContain(
      'source%3Dwhatsapp',
    );

    await page.goto(`${site}/mailbox/${await newestMail(email)}`);
    await page.frameLocator('iframe').getByRole('link', { name: say.manage }).click();
    await page.waitForURL(/\/my-signature\//);
    expect(await page.inputValue('#name')).toBe('Ana Rosa Pérez');
    await page.uncheck('#shareWords');
    await page.getByRole('button', { name: say.save }).click();
    expect(await page.textContent('main')).toContain(say.saved);
    expect(await page.isChecked('#shareWords')).toBe(false);
    await page.getByRole('link', { name: say.withdraw }).click();
    await page.getByRole('button', { name: say.sure }).click();
    expect(await page.textContent('h1')).toBe(say.withdrawn);
    await campaign.count();
    expect(await count()).toBe(before);
    await page.context().close();
  }, 90_000);
});

describe('on the way', () => {
  test('a form with faults keeps what was typed, and its summary leads to each field', async () => {
    const page = await openPage(browser, { isScripted: true });
    await page.goto(`${site}/es/petitions/safe-passage`);
    await page.fill('#name', 'Ana Rosa');
    await page.fill('#email', 'ana@');
    await page.check('#updates');
    await page.getByRole('button', { name: 'Firmar', exact: true }).click();
    expect(await page.inputValue('#name')).toBe('Ana Rosa');
    expect(await page.inputValue('#email')).toBe('ana@');
    expect(await page.isChecked('#updates')).toBe(true);
    await page.locator('.summary a[href="#email"]').click();
    expect(await page.evaluate('document.activeElement?.id')).toBe('email');
    expect(await page.getAttribute('#email', 'aria-invalid')).toBe('true');
    await page.context().close();
  });

  test('the language switch keeps the page, on sealed links too', async () => {
    const page = await openPage(browser);
    await page.goto(`${site}/en/petitions/safe-passage`);
    await page.locator('.switch').click();
    expect(page.url()).toBe(`${site}/es/petitions/safe-passage`);
    await campaign.post('/en/petitions/safe-passage/signatures', {
      name: 'Eva',
      email: 'eva@home.example',
      country: 'US',
      over16: 'on',
    });
    await page.goto(site + (await campaign.linkTo('confirm', 'eva@home.example', 'safe-passage')));
    await page.locator('.switch').click();
    expect(page.url()).toContain('/es/confirm/');
    expect(await page.getAttribute('html', 'lang')).toBe('es');
    await page.context().close();
  });

  test('"it was not me" deletes by one button, and looking at the page does not', async () => {
    const email = 'stranger@home.example';
    await campaign.post('/en/petitions/safe-passage/signatures', {
      name: 'Eva',
      email,
      country: 'US',
      over16: 'on',
    });
    const path = await campaign.linkTo('notMe', email, 'safe-passage');
    const page = await openPage(browser);
    const find = () =>
      campaign.services.stores.signatures.findSignature(`safe-passage:${campaign.emailKeyOf(email)}`);
    await page.goto(site + path);
    expect(await find()).not.toBeNull();
    await page.locator('main button').click();
    expect(await page.textContent('h1')).toBe('Deleted');
    expect(await find()).toBeNull();
    await page.context().close();
  });

  test('unsubscribing takes one button and leaves the signature', async () => {
    const signature = await campaign.addSupporter('upd@home.example', { updates: 'on' }, 'safe-passage');
    const page = await openPage(browser);
    await page.goto(site + (await campaign.linkTo('unsubscribe', 'upd@home.example', 'safe-passage')));
    await page.locator('main button').click();
    const after = await campaign.services.stores.signatures.findSignature(signature._id);
    expect(after).toMatchObject({ state: 'confirmed', consent: { updates: false } });
    await page.context().close();
  });
});
