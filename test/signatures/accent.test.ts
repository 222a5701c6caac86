import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

const SIGN = '/en/petitions/no-more-unsafe-returns/signatures';
const FORM = {
  name: 'José Luis',
  email: ' José@Correo.example ',
  country: 'MX',
  region: 'MX-CHP',
  words: 'My daughter was returned at night.',
  over16: 'on',
  showName: 'on',
};
const QUESTION = 'an accented or unusual letter before the @';

let campaign: TestCampaign;

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());
beforeEach(async () => {
  for (const name of ['signatures', 'outbox']) await campaign.connection.collection(name).deleteMany({});
});

const countSigned = () => campaign.connection.collection('signatures').countDocuments();
/** What the page that came back would send, pressed as it is. */
const hidden = (html: string) => /name="asTyped" value="([^"]*)"/.exec(html)?.[1] ?? '';

test('an accent before the @ is asked about once, with all that was typed', async () => {
  const asked = await campaign.post(SIGN, FORM);
  expect(asked.statusCode).toBe(422);
  expect(seen(asked.body)).toContain(QUESTION);
  expect(asked.body).toContain(FORM.words);
  expect(asked.body).toMatch(/id="showName"[^>]* checked/);
  expect(await countSigned()).toBe(0);
  const again = await campaign.post(SIGN, { ...FORM, asTyped: hidden(asked.body) });
  expect(again.statusCode).toBe(303);
  expect(await countSigned()).toBe(1);
});

test('it is not asked again after another fault, and again about another address', async () => {
  const asTyped = hidden((await campaign.post(SIGN, FORM)).body);
  const faulty = await campaign.post(SIGN, { ...FORM, name: '', asTyped });
  expect(seen(faulty.body)).not.toContain(QUESTION);
  expect((await campaign.post(SIGN, { ...FORM, asTyped: hidden(faulty.body) })).statusCode).toBe(303);
  const other = await campaign.post(SIGN, { ...FORM, email: 'josè@correo.example', asTyped });
  expect(other.statusCode).toBe(422);
  expect(seen(other.body)).toContain(QUESTION);
});

test.each(['jose@correo.example', 'ana@niñez.example', 'ana@xn--niez-hqa.example'])(
  '%s is asked nothing',
  async (email) => {
    expect((await campaign.post(SIGN, { ...FORM, email })).statusCode).toBe(303);
  },
);

test('the question is the same for an address that has signed, in Spanish too', async () => {
  const spanish = SIGN.replace('/en/', '/es/');
  const first = await campaign.post(spanish, FORM);
  await campaign.post(spanish, { ...FORM, asTyped: hidden(first.body) });
  const second = await campaign.post(spanish, FORM);
  expect(second.statusCode).toBe(422);
  expect(second.body).toBe(first.body);
  expect(seen(second.body)).toContain('hay una letra con acento');
});
