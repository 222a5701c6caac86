import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { newRef } from '../../src/lib/ref.ts';
import { TESTER } from '../support/actor.ts';
import { type Answered, openAnswered, SLUG } from './answer-room.ts';

let campaign: Answered;
let answerId: string;
beforeAll(async () => {
  campaign = await openAnswered();
});
afterAll(() => campaign.close());
beforeEach(async () => {
  await campaign.forgetAnswers();
  answerId = (await campaign.services.answers.recordReply({ ...campaign.reply, messageId: newRef() }))._id;
});

const publish = (text = 'We have read it.') =>
  campaign.services.answers.publish(shellActor('L'), answerId, {
    locale: 'en',
    text,
    statements: [{ demandId: 'D1', status: 'refused', reason: 'For want of funds.' }],
  });
const OURS = {
  text: 'La hemos leído.',
  reasons: [{ demandId: 'D1', text: 'Por falta de fondos.' }],
};
const translate = (over: object = {}, actor = shellActor('Rosa')) =>
  campaign.services.translations.translate(actor, answerId, { ...OURS, ...over });
const page = async (locale: string, path = '/offices/us-dhs-secretary') => {
  campaign.clock.advance(120_000);
  return (await campaign.get(`/${locale}${path}`)).body;
};

test('the page of the office shows ours, marked so, beside its own words in their language', async () => {
  await publish();
  await translate();
  const spanish = await page('es');
  expect(spanish).toContain('Traducción nuestra:');
  expect(spanish).toMatch(/<blockquote><p>La hemos leído\.<\/p><\/blockquote>/);
  expect(spanish).toMatch(/<blockquote lang="en"><p>We have read it\.<\/p><\/blockquote>/);
  expect(spanish).toContain('Por falta de fondos. <span class="source">(traducción nuestra)</span>');
  expect(spanish).toContain('<span lang="en">For want of funds.</span>');
  const english = await page('en');
  expect(english).toContain('<blockquote><p>We have read it.</p></blockquote>');
  expect(english).not.toContain('La hemos leído');
  const table = await page('es', `/petitions/${SLUG}/demands`);
  expect(table).toContain('Por falta de fondos. <span class="source">(traducción nuestra)</span>');
  expect(table).toContain('<p lang="en">For want of funds.</p>');
});

test('so does the mail to signers, in both of its parts', async () => {
  await publish();
  await translate();
  const form = { name: 'Eva', email: 'es@home.example', country: 'MX', over16: 'on', updates: 'on' };
  await campaign.post(`/es/petitions/${SLUG}/signatures`, form);
  await campaign.post(await campaign.linkTo('confirm', 'es@home.example'));
  await campaign.services.updates.tell(TESTER, answerId);
  campaign.clock.advance(60_000);
  await campaign.sendMail();
  const found = (await campaign.services.mailbox.list()).find(({ subject }) => subject.includes('respondió'));
  const mail = await simpleParser((await campaign.services.mailbox.read(found?.id ?? ''))?.source ?? '');
  expect(mail.html).toMatch(/Traducción nuestra:<\/p>\s*<blockquote[^>]*><p[^>]*>La hemos leído/);
  expect(mail.html).toMatch(/<blockquote lang="en"[^>]*><p[^>]*>We have read it/);
  expect(mail.text).toMatch(
    /Traducción nuestra:\s+> La hemos leído\.\s+Lo que escribió la oficina, en inglés:\s+> We have read it\./,
  );
});

test('publishing another text takes it away, and it is known who translated what', async () => {
  await publish();
  await translate();
  await publish('We will act.');
  expect(await page('es')).not.toContain('La hemos leído');
  const { decisions } = await campaign.services.answers.getAnswer(answerId);
  expect(decisions?.map(({ did, by }) => [did, by])).toEqual([
    ['published', 'L'],
    ['translated', 'Rosa'],
    ['published', 'L'],
  ]);
});

test.each([
  ['without a name', {}, /--by/, shellActor(' ')],
  ['without the text', { text: ' ' }, /--text or --file/],
  ['without a reason that is public', { reasons: [] }, /The reason for D1 is missing/],
  ['with a reason that is not', { reasons: [...OURS.reasons, { demandId: 'D2', text: 'x' }] }, /for D2/],
  ['with somebody’s number', { text: 'Llame al 961 123 4567.' }, /phone/],
] as const)('%s it is refused, and nothing is stored', async (_, over, says, actor = undefined) => {
  await publish();
  await expect(translate(over, actor)).rejects.toThrow(says);
  expect((await campaign.services.answers.getAnswer(answerId)).published?.translation).toBeUndefined();
});

test('what is not published has no translation', async () => {
  await expect(translate()).rejects.toThrow(/not published/);
});

test('an address in it is left out, as in what is published', async () => {
  await publish();
  await translate({ text: 'Escriba a ana@dhs.example.', anyway: true });
  expect(await page('es')).toContain('Escriba a [dirección omitida].');
});
