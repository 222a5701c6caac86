import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { scoreDomains } from '../../bench/domains.bench.ts';
import { correctedDomain } from '../../public/form.js';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

const SIGN = '/en/petitions/no-more-unsafe-returns/signatures';
const FORM = { name: 'Ana Rosa', email: 'ana@gmial.con', country: 'MX', region: 'MX-CHP', over16: 'on' };
const ASKED = 'Did you mean gmail.com?';

let campaign: TestCampaign;

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());
beforeEach(async () => {
  for (const name of ['signatures', 'outbox']) await campaign.connection.collection(name).deleteMany({});
});

/** What the form that came back would send, pressed as it is, with the other choice, or after the address was changed. */
function sentBy(html: string, more: Record<string, string> = {}): Record<string, string> {
  const form = /<form method="post" [^>]*class="details"[\s\S]*?<\/form>/.exec(html)?.[0] ?? '';
  const asTyped = /name="asTyped" value="([^"]*)"/.exec(form)?.[1];
  const use = /name="use" value="(\w+)" checked/.exec(form)?.[1];
  return { ...FORM, ...(asTyped && { asTyped }), ...(use && { use }), ...more };
}
const hasSigned = async (email: string) =>
  (await campaign.connection
    .collection('signatures')
    .countDocuments({ _id: `no-more-unsafe-returns:${campaign.emailKeyOf(email)}` as never })) === 1;
const countSigned = () => campaign.connection.collection('signatures').countDocuments();

describe('a domain one slip beside a large provider', () => {
  test('is asked about once, and the button signs with the one that was probably meant', async () => {
    const asked = await campaign.post(SIGN, FORM);
    expect([asked.statusCode, seen(asked.body)]).toEqual([422, expect.stringContaining(ASKED)]);
    expect(seen(asked.body)).toContain('ana@gmial.con, as I typed it');
    expect(await countSigned()).toBe(0);
    expect((await campaign.post(SIGN, sentBy(asked.body))).statusCode).toBe(303);
    expect(await hasSigned('ana@gmail.com')).toBe(true);
    expect(await countSigned()).toBe(1);
  });

  test('is signed with at once where it is right', async () => {
    const asked = await campaign.post(SIGN, FORM);
    expect((await campaign.post(SIGN, sentBy(asked.body, { use: 'typed' }))).statusCode).toBe(303);
    expect(await hasSigned('ana@gmial.con')).toBe(true);
    // A program that sends it again and knows no choice means it too.
    await campaign.post(SIGN, { ...FORM, asTyped: FORM.email });
    expect(await countSigned()).toBe(1);
  });

  test('is asked about again where the address was changed, and not where it was put right', async () => {
    const asked = await campaign.post(SIGN, FORM);
    const other = await campaign.post(SIGN, sentBy(asked.body, { email: 'ana@hotmial.com' }));
    expect([other.statusCode, seen(other.body)]).toEqual([
      422,
      expect.stringContaining('Did you mean hotmail.com?'),
    ]);
    expect((await campaign.post(SIGN, sentBy(asked.body, { email: 'ana@home.example' }))).statusCode).toBe(
      303,
    );
    expect(await hasSigned('ana@home.example')).toBe(true);
  });

  test('is asked about together with other faults, and what was chosen stays', async () => {
    const asked = await campaign.post(SIGN, { ...FORM, name: '' });
    expect(seen(asked.body)).toContain(ASKED);
    expect(seen(asked.body)).toContain('Write your name.');
    const again = await campaign.post(SIGN, sentBy(asked.body, { name: '', use: 'typed' }));
    expect(again.body).toMatch(/id="use-typed" name="use" value="typed" checked/);
    expect((await campaign.post(SIGN, sentBy(again.body))).statusCode).toBe(303);
    expect(await hasSigned('ana@gmial.con')).toBe(true);
  });

  test('is asked about alike for who has signed, in both languages', async () => {
    await campaign.post(SIGN, { ...FORM, email: 'ana@gmail.com' });
    const spanish = SIGN.replace('/en/', '/es/');
    const [one, other] = [await campaign.post(spanish, FORM), await campaign.post(spanish, FORM)];
    expect(seen(one.body)).toContain('¿Quiso decir gmail.com?');
    expect(one.body).toBe(other.body);
  });

  test.each(['ana@gmailcom', 'ana@gmail', 'ana@hotmail,com'])(
    'needs no dot to be known: %s',
    async (email) => {
      const asked = await campaign.post(SIGN, { ...FORM, email });
      expect(asked.statusCode).toBe(422);
      expect(seen(asked.body)).toContain('Did you mean');
      const pressed = await campaign.post(SIGN, { ...sentBy(asked.body), email });
      expect(pressed.statusCode).toBe(303);
      expect(await countSigned()).toBe(1);
    },
  );

  test.each([
    ['use=corrected alone', { use: 'corrected' }],
    ['of another address', { use: 'corrected', asTyped: 'eva@gmial.con' }],
    ['something else', { use: 'evil', asTyped: '' }],
  ])('is not put right by an answer to no question: %s', async (_, more) => {
    expect((await campaign.post(SIGN, { ...FORM, ...more })).statusCode).toBe(422);
    expect(await countSigned()).toBe(0);
  });
});

test('of 100 mistyped domains 95 are offered right, and of 200 real ones none is offered another', () => {
  const { right, wrong, all, real, missed } = scoreDomains();
  expect([all, real]).toEqual([100, 200]);
  expect(right, missed.join(' ')).toBeGreaterThanOrEqual(95);
  expect(wrong, missed.join(' ')).toBe(0);
});

test('whatever is typed, looking for the domain that was meant ends soon and changes nothing that is right', () => {
  for (const domain of ['', '.', 'gmail.com', 'GMAIL.com', 'a'.repeat(5_000), '.'.repeat(5_000), '🌵.mx'])
    expect(correctedDomain(domain)).toBeUndefined();
});
