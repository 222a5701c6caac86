import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import { signatureId } from '../../src/signatures/signature.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';
import { seen } from '../support/views.ts';

const FIRST = 'no-more-unsafe-returns';
const EMAIL = 'ana@home.example';
const ASKED = 'You asked for updates on this petition.';

let campaign: TestCampaign;
let sink: SmtpSink;
let second: string;

beforeAll(async () => {
  sink = await startSmtpServer();
  campaign = await openCampaign({ SMTP_URL: sink.url });
  second =
    (await campaign.services.petitions.listPetitions()).find(({ _id }) => _id !== FIRST)?._id ?? 'none';
});
afterAll(async () => {
  await campaign.close();
  await sink.stop();
});
beforeEach(async () => {
  for (const name of ['signatures', 'outbox', 'suppressions'])
    await campaign.connection.collection(name).deleteMany({});
  sink.mails.length = 0;
  campaign.clock.advance(60 * MINUTE);
});

const details = (more: Record<string, string> = {}) => ({
  name: 'Ana Rosa',
  country: 'US',
  region: 'US-TX',
  ...more,
});
const sign = (slug: string, more: Record<string, string> = {}) =>
  campaign.post(`/en/petitions/${slug}/signatures`, details({ email: EMAIL, over16: 'on', ...more }));
const press = async (
  purpose: 'confirm' | 'manage' | 'unsubscribe' | 'notMe',
  slug: string,
  fields: Record<string, string> = {},
) => campaign.post(await campaign.linkTo(purpose, EMAIL, slug), fields);
const complain = () =>
  campaign.services.stores.suppressions.heed(
    { emailKey: campaign.emailKeyOf(EMAIL), scope: 'all', reason: 'complaint' },
    campaign.clock.now(),
  );
const stored = (slug: string) =>
  campaign.services.stores.signatures.findSignature(signatureId(slug, campaign.emailKeyOf(EMAIL)));
/** Whether a mail of updates on this petition would go out now. */
async function getsUpdates(slug: string): Promise<boolean> {
  const hold = await campaign.services.stores.suppressions.findHold(
    campaign.emailKeyOf(EMAIL),
    'updates',
    campaign.clock.now(),
  );
  return (await stored(slug))?.consent.updates === true && hold === undefined;
}
const showsTicked = async (slug: string) =>
  /id="updates"[^>]* checked/.test((await campaign.get(await campaign.linkTo('manage', EMAIL, slug))).body);
const lastReceipt = async () => {
  await campaign.sendMail();
  const receipts = sink.mails.filter(({ raw }) => /^Subject: (=\?UTF-8\?Q\?)?(Thank|Gracias)/im.test(raw));
  return (receipts.at(-1)?.raw ?? '').replaceAll('=\r\n', '');
};

describe('the box of updates', () => {
  test('ticked and confirmed after an unsubscribe, means what the receipt says; other petitions stay as they were', async () => {
    await sign(FIRST, { updates: 'on' });
    await press('confirm', FIRST);
    await campaign.sendMail();
    await press('unsubscribe', FIRST);
    await sign(second, { updates: 'on' });
    await press('confirm', second);
    expect(await lastReceipt()).toContain(ASKED);
    expect([await getsUpdates(FIRST), await getsUpdates(second)]).toEqual([false, true]);
  });

  test('left empty lifts nothing, and an old link pressed again lifts nothing', async () => {
    await sign(FIRST, { updates: 'on' });
    const old = await campaign.linkTo('confirm', EMAIL, FIRST);
    await campaign.post(old);
    await press('unsubscribe', FIRST);
    await sign(second);
    await press('confirm', second);
    await campaign.post(old, details({ updates: 'on' }));
    expect(await lastReceipt()).not.toContain(ASKED);
    expect([await getsUpdates(FIRST), await getsUpdates(second)]).toEqual([false, false]);
  });

  test('is shown ticked only where updates would come, and saving it ticked makes them come', async () => {
    await sign(FIRST, { updates: 'on' });
    await press('confirm', FIRST);
    expect(await showsTicked(FIRST)).toBe(true);
    await complain();
    expect(await showsTicked(FIRST)).toBe(false);
    await press('manage', FIRST, details());
    expect(await getsUpdates(FIRST)).toBe(false);
    await press('manage', FIRST, details({ updates: 'on' }));
    expect([await showsTicked(FIRST), await getsUpdates(FIRST)]).toEqual([true, true]);
  });

  test('ticked by a stranger who only posts the address lifts neither a complaint nor an unsubscribe', async () => {
    await sign(FIRST, { updates: 'on' });
    await press('confirm', FIRST);
    await press('unsubscribe', FIRST);
    await sign(second, { updates: 'on' });
    await sign(FIRST, { updates: 'on' });
    expect(await getsUpdates(second)).toBe(false);
    await complain();
    await sign(second, { updates: 'on' });
    await campaign.sendMail();
    expect(sink.mails.filter(({ raw }) => raw.includes('Subject: Please confirm'))).toHaveLength(0);
  });
});

describe('a complaint', () => {
  test('ends when its owner confirms: the receipt comes, updates do not', async () => {
    await sign(FIRST, { updates: 'on' });
    await press('confirm', FIRST);
    await sign(second);
    await complain();
    await press('confirm', second);
    expect(await lastReceipt()).toContain('my-signature');
    expect([await getsUpdates(FIRST), await getsUpdates(second)]).toEqual([false, false]);
  });
});

describe('"it was not me"', () => {
  test('is taken back by the same link, by a button, and not by opening it', async () => {
    await sign(FIRST);
    const link = await campaign.linkTo('notMe', EMAIL, FIRST);
    const done = await campaign.post(link);
    expect(seen(done.body)).toContain('the same link in our email lets you undo this');
    const emailKey = campaign.emailKeyOf(EMAIL);
    const isHeld = () => campaign.services.stores.suppressions.isSuppressed(emailKey, 'all');
    const shown = await campaign.get(link);
    expect(seen(shown.body)).toContain('Was it you after all?');
    expect(shown.body).toContain(`action="${link}/undo"`);
    expect((await campaign.get(`${link}/undo`)).headers.location).toBe(link);
    expect(await isHeld()).toBe(true);
    const back = await campaign.post(`${link}/undo`);
    expect(back.statusCode).toBe(200);
    expect(back.body).toContain(`/en/petitions/${FIRST}`);
    expect(await isHeld()).toBe(false);
    expect(seen((await campaign.get(link.replace('/en/', '/es/'))).body)).toContain('¿No fue usted?');
  });

  test('taking it back lifts no complaint', async () => {
    await sign(FIRST);
    const link = await campaign.linkTo('notMe', EMAIL, FIRST);
    await complain();
    await campaign.post(`${link}/undo`);
    const emailKey = campaign.emailKeyOf(EMAIL);
    expect(await campaign.services.stores.suppressions.isSuppressed(emailKey, 'all')).toBe(true);
  });
});

describe('the language', () => {
  test('is that of the page whose button was pressed last, for every petition and mail', async () => {
    await sign(FIRST);
    await press('confirm', FIRST);
    await sign(second);
    await campaign.sendMail();
    const spanish = (await campaign.linkTo('confirm', EMAIL, second)).replace('/en/', '/es/');
    await campaign.post(spanish, details());
    expect(await lastReceipt()).toContain('Content-Language: es-MX');
    expect((await stored(FIRST))?.locale).toBe('es');
    expect(await stored(second)).toMatchObject({ locale: 'es', cell: { locale: 'es' } });
    await press('manage', FIRST, details());
    expect([(await stored(FIRST))?.locale, (await stored(second))?.locale]).toEqual(['en', 'en']);
    expect((await stored(second))?.cell?.locale).toBe('es');
  });
});
