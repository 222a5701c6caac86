import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const email = 'ana@home.example';
const form = { name: 'Ana', email, country: 'US', over16: 'on' };
let campaign: TestCampaign;

beforeEach(async () => {
  await campaign?.close();
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

const sign = (fields: object = {}) =>
  campaign.post(`/en/petitions/${SLUG}/signatures`, { ...form, ...fields });

/** Closed by hand, and known to every process. */
async function close(): Promise<void> {
  await campaign.services.petitions.closePetition(SLUG, shellActor('Ana'));
  campaign.clock.advance(10_000);
}
const mailTo = async (address: string) => {
  await campaign.sendMail();
  return (await campaign.services.mailbox.list())
    .filter(({ to }) => to === address)
    .map(({ subject }) => subject);
};

describe('who signed before the end', () => {
  test('confirms within a day after it, and is counted', async () => {
    await sign();
    await close();
    campaign.clock.advance(DAY - 20_000);
    const link = await campaign.linkTo('confirm', email);
    expect(seen((await campaign.get(link)).body)).toContain('I confirm my signature');
    expect((await campaign.post(link)).statusCode).toBe(200);
    await campaign.count();
    expect((await campaign.services.ledger.getCount(SLUG)).count).toBe(1);
  });

  test('and is not asked to pass on what nobody can sign any more, by the page or by the mail', async () => {
    await sign();
    await close();
    const done = await campaign.post(await campaign.linkTo('confirm', email));
    for (const { body } of [done, await campaign.get(String(done.headers['content-location']))]) {
      expect(seen(body)).toContain('This petition has closed, and your signature is in its final count');
      expect(body).not.toMatch(/wa\.me|source=copy|Ask somebody else/);
    }
    await campaign.sendMail();
    const mails = await campaign.services.mailbox.list();
    const receipt = mails.find(({ subject }) => subject.startsWith('Thank you for signing'));
    const mail = await campaign.services.mailbox.read(receipt?.id ?? '');
    expect(mail?.text).toContain('The petition has closed since');
    expect(`${mail?.text}${mail?.html}`).not.toContain('source=email');
  });

  test('nor is anybody who writes by hand: the letter is still theirs', async () => {
    const byHand = `/en/petitions/${SLUG}/by-hand`;
    const closed = 'This petition has closed and can no longer be signed. You can still write';
    for (const path of [byHand, `${byHand}/us-dhs-secretary`])
      expect(seen((await campaign.get(path)).body)).not.toContain(closed);
    await close();
    for (const path of [byHand, `${byHand}/us-dhs-secretary`]) {
      await campaign.get(path);
      campaign.clock.advance(10_000);
      const { body, statusCode } = await campaign.get(path);
      expect(statusCode).toBe(200);
      expect(seen(body)).toContain(closed);
    }
  });

  test('and not later', async () => {
    await sign();
    await close();
    campaign.clock.advance(DAY);
    const link = await campaign.linkTo('confirm', email);
    for (const answer of [await campaign.get(link), await campaign.post(link)])
      expect(answer.statusCode).toBe(409);
  });

  test('is sent the confirm mail where it was still to go', async () => {
    await sign();
    await close();
    expect(await mailTo(email)).toEqual([
      'Please confirm your signature: No more unsafe returns of children',
    ]);
  });

  test('and who withdrew and signed anew before it, likewise', async () => {
    await campaign.addSupporter(email);
    await campaign.post(`${await campaign.linkTo('manage', email)}/withdraw`);
    campaign.clock.advance(HOUR);
    await sign();
    await close();
    expect(await mailTo(email)).toContain(
      'Please confirm your signature: No more unsafe returns of children',
    );
    const pressed = await campaign.post(await campaign.linkTo('confirm', email), {
      name: 'Ana',
      country: 'US',
    });
    expect(pressed.statusCode).toBe(200);
  });

  test('but nobody signs after it', async () => {
    await close();
    const answer = await sign({
      words: 'Lo que escribí, y que no debe perderse aunque ya esté cerrada la petición.',
    });
    expect(answer.statusCode).toBe(409);
    expect(answer.body).toContain('Lo que escribí, y que no debe perderse');
    expect(await mailTo(email)).toEqual([]);
  });
});

test('after the end a signer sees, corrects, takes along, and withdraws the signature', async () => {
  await campaign.addSupporter(email);
  await campaign.count();
  await close();
  campaign.clock.advance(30 * DAY);
  const manage = await campaign.linkTo('manage', email);
  expect(seen((await campaign.get(manage)).body)).toContain(email);
  expect((await campaign.get(`${manage}/download`)).statusCode).toBe(200);
  expect((await campaign.post(manage, { name: 'Ana R.', country: 'MX', words: '' })).statusCode).toBe(303);
  expect((await campaign.get(manage)).body).toContain('value="Ana R."');
  expect((await campaign.get(manage.replace('my-signature', 'my-words'))).statusCode).toBe(200);
  expect((await campaign.post(await campaign.linkTo('unsubscribe', email))).statusCode).toBe(200);
  expect((await campaign.post(`${manage}/withdraw`)).statusCode).toBe(200);
  await campaign.count();
  expect((await campaign.services.ledger.getCount(SLUG)).count).toBe(0);
});

describe('the page of thanks', () => {
  test('thanks for 15 minutes, and then invites whoever it was passed on to', async () => {
    await campaign.addSupporter(email);
    await campaign.count();
    const link = await campaign.linkTo('signed', email);
    campaign.clock.advance(15 * MINUTE - 1_000);
    expect(seen((await campaign.get(link)).body)).toContain('You are number 1');
    campaign.clock.advance(1_000);
    for (const [locale, invited, thanks] of [
      ['en', 'Will you sign too?', /You have signed|number 1/],
      ['es', '¿Firmará usted también?', /Ha firmado|número 1/],
    ] as const) {
      const answer = await campaign.get(link.replace('/en/', `/${locale}/`));
      expect(answer.statusCode).toBe(200);
      expect(seen(answer.body)).toContain(invited);
      expect(answer.body).not.toMatch(thanks);
      expect(answer.body).toContain(`href="/${locale}/petitions/${SLUG}#sign"`);
    }
  });

  test('invites nobody to sign what is closed', async () => {
    await campaign.addSupporter(email);
    await campaign.count();
    const link = await campaign.linkTo('signed', email);
    await close();
    campaign.clock.advance(HOUR);
    const { body } = await campaign.get(link);
    expect(seen(body)).toContain('This petition is closed');
    expect(body).not.toContain('#sign"');
  });

  test('shows the link to share as text, and no button that script alone could make work', async () => {
    await campaign.addSupporter(email);
    const { body } = await campaign.get(await campaign.linkTo('signed', email));
    expect(body).toMatch(
      new RegExp(`<p class="link"[^>]*>[^<]*/en/petitions/${SLUG}\\?source(?:=|&#x3D;)copy</p>`),
    );
    expect(body).not.toContain('type="button"');
    const byHand = await campaign.get(`/en/petitions/${SLUG}/by-hand`);
    expect(byHand.body).not.toContain('type="button"');
  });
});
