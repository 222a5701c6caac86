import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDeliveryStore } from '../../src/deliveries/delivery.store.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createSealer } from '../../src/lib/sealed.ts';
import { sketchOf } from '../../src/lib/text/minhash.ts';
import {
  type Person,
  type Signature,
  signatureContext,
  signatureId,
} from '../../src/signatures/signature.ts';
import { createWordsService } from '../../src/words/words.service.ts';
import { createWordsStore } from '../../src/words/words.store.ts';
import { LEFT_OUT, notesOn, quotableParagraphs } from '../../src/words/words.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { buildSignature, changeSignature, TEST_PETITION } from '../support/signatures.ts';

const quoted = (words: string) => quotableParagraphs(words, LEFT_OUT.en);

describe('words as an office receives them', () => {
  test.each([
    ['paragraphs stay', 'One.\r\n\r\nTwo.\n Three. ', ['One.', 'Two.', 'Three.']],
    ['a link goes', 'See https://evil.example/x?a=1 now', ['See [link left out] now']],
    [
      'a link without scheme goes',
      'See www.evil.example and evil.com/x',
      ['See [link left out] and [link left out]'],
    ],
    ['an address goes', 'Write to ana@home.example.', ['Write to [address left out].']],
    ['directions go', 'abc\u202egnp\u2066x\u200f', ['abcgnpx']],
    ['control characters go', 'a\u0000b\u001b[31mc\u0007', ['a b [31mc']],
    ['emoji of several parts stay whole', '👩‍👧 yes', ['👩‍👧 yes']],
    ['accents stay', 'niñez, ¿por qué?', ['niñez, ¿por qué?']],
    ['marks do not pile up', `a${'\u0301'.repeat(40)}`, [`a${'\u0301'.repeat(4)}`]],
    ['a point without a blank is no link', 'They ran.Then they hid.', ['They ran.Then they hid.']],
    ['braces are letters', '{{legalName}} {0}', ['{{legalName}} {0}']],
  ])('%s', (_title, words, paragraphs) => {
    expect(quoted(words)).toEqual(paragraphs);
  });

  test('each language says what was left out', () => {
    expect(quotableParagraphs('a@b.example', LEFT_OUT.es)).toEqual(['[dirección omitida]']);
  });
});

test.each([
  ['Ana Rosa', 'I am Ana, a teacher', ['name']],
  ['Zulema Núñez', 'firma: zulema nunez', ['name']],
  ['Paz', 'Queremos paz para ellas', []],
  ['Ana Rosa', 'Call me: +52 961 123 4567', ['phone']],
  ['Ana Rosa', 'Her CURP is GOMC050101MCSNRRA9', ['id-number']],
  ['Ana Rosa', 'His number is A 123456789', ['phone', 'id-number']],
  ['Ana Rosa', 'In 2019, 12,000 children were returned', []],
])('of %s, "%s" an organiser is told to look for %o', (name, words, notes) => {
  expect(notesOn({ name, words })).toEqual(expect.arrayContaining(notes));
  if (notes.length === 0) expect(notesOn({ name, words })).toEqual([]);
});

describe('deciding', () => {
  let database: TestDatabase;
  let service: ReturnType<typeof createWordsService>;
  const clock = createTestClock();
  const key = { id: 1, secret: randomBytes(32) };
  const sealer = createSealer({ current: key, all: new Map([[1, key]]) });

  beforeAll(async () => {
    database = await openTestDatabase();
    service = createWordsService({
      store: createWordsStore(database.connection),
      ...createDeliveryStore(database.connection),
      sealer,
      sketchWords: (_petition, words) => sketchOf(words, key.secret),
      clock,
      logger: silentLogger,
    });
  });
  afterAll(() => database.drop());
  beforeEach(() => database.connection.collection('signatures').deleteMany({}));

  async function sign(words: string, over: Partial<Signature> = {}, name = 'Zulema Xochitl') {
    const _id = signatureId(TEST_PETITION, randomBytes(16).toString('base64url'));
    const person: Person = { name, email: 'z@home.example', words };
    return buildSignature(database.connection, {
      _id,
      sealed: sealer.seal(person, signatureContext(_id)),
      consent: { showName: false, shareWords: true, updates: false },
      wordsState: 'waiting',
      ...over,
    });
  }
  const change = (id: string, fields: Partial<Signature>) =>
    changeSignature(database.connection, id, fields, new Date('2026-11-24T12:00:00Z'));
  const listQuotable = async (without: string[] = [], limit = 12) =>
    (await service.listQuotable(TEST_PETITION, new Set(without), limit)).map(({ words }) => words);

  test('nothing is quoted before a person has approved it, nor after it was refused', async () => {
    await sign('One.');
    const [waiting] = await service.listWaiting();
    expect(waiting).toMatchObject({ words: 'One.', country: 'US', region: 'US-TX', notes: [] });
    expect(JSON.stringify(waiting)).not.toMatch(/Zulema|home\.example/);
    expect(await listQuotable()).toEqual([]);
    await service.decide(waiting?.id ?? '', 'approved', { by: 'Rosa' });
    expect(await service.listWaiting()).toEqual([]);
    expect(await listQuotable()).toEqual(['One.']);
    await service.decide(waiting?.ref ?? '', 'refused', { by: 'Rosa' });
    expect(await listQuotable()).toEqual([]);
  });

  test('a decision falls on the text that was read and on no other', async () => {
    const { _id } = await sign('One.');
    const [waiting] = await service.listWaiting();
    const other: Person = { name: 'Zulema', email: 'z@home.example', words: 'Two.' };
    await change(_id, { sealed: sealer.seal(other, signatureContext(_id)) });
    await expect(service.decide(waiting?.id ?? '', 'approved', { by: 'Rosa' })).rejects.toThrow(
      /have changed/,
    );
    expect(await listQuotable()).toEqual([]);
  });

  test('words that seem to hold their writer’s name need a second thought', async () => {
    await sign('I am Zulema.');
    const [waiting] = await service.listWaiting();
    await expect(service.decide(waiting?.id ?? '', 'approved', { by: 'Rosa' })).rejects.toThrow(
      /seem to hold: name/,
    );
    const yes = (by: string) => service.decide(waiting?.id ?? '', 'approved', { by, anyway: true });
    expect(await yes('Rosa')).toBe('second');
    expect(await listQuotable()).toEqual([]);
    await expect(yes('Rosa')).rejects.toMatchObject({ code: 'SECOND_PERSON' });
    expect(await yes('Luis')).toBe('decided');
    expect(await listQuotable()).toEqual(['I am Zulema.']);
  });

  test('where nobody else may decide, the same person says yes again on another day', async () => {
    await sign('I am Zulema.');
    const [waiting] = await service.listWaiting();
    const yes = (isAlone: boolean) =>
      service.decide(waiting?.id ?? '', 'approved', { by: 'Rosa', anyway: true, isAlone });
    expect(await yes(true)).toBe('second');
    clock.advance(24 * 60 * 60_000);
    await expect(yes(false)).rejects.toMatchObject({ code: 'SECOND_PERSON' });
    expect(await yes(true)).toBe('decided');
  });

  test('of two who decide at once one does, and the other is told by whom', async () => {
    await sign('They were returned at night.');
    const [waiting] = await service.listWaiting();
    const decide = (by: string, state: 'approved' | 'refused') =>
      service.decide(waiting?.id ?? '', state, { by, isFirst: true });
    const results = await Promise.allSettled([decide('Rosa', 'approved'), decide('Luis', 'refused')]);
    const [refused] = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    const winner = results[0].status === 'fulfilled' ? 'Rosa' : 'Luis';
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(refused).toMatchObject({ code: 'WORDS_DECIDED', details: { by: winner } });
  });

  test('words are shortened by cuts that show, and quoted so; undone, they are whole and wait', async () => {
    const whole = 'I am Zulema. At Reynosa they returned my niece at night, alone and without a hearing.';
    await sign(whole);
    const [waiting] = await service.listWaiting();
    const approve = (trimmed: string) =>
      service.decide(waiting?.id ?? '', 'approved', { by: 'Rosa', trimmed });
    const cut = '[…] At Reynosa they returned my niece at night, alone and without a hearing.';
    await expect(approve(cut.replace('niece', 'cousin'))).rejects.toThrow(/only shortened/);
    await expect(approve('[…] alone […]')).rejects.toThrow(/too short/);
    expect(await approve(cut)).toBe('decided');
    expect(await listQuotable()).toEqual([cut]);
    const ref = waiting?.ref ?? '';
    expect(await service.getWords(ref)).toMatchObject({ words: cut, whole, notes: [] });
    await service.undo(ref, 'Rosa');
    expect(await listQuotable()).toEqual([]);
    expect(await service.listWaiting()).toMatchObject([{ words: whole, notes: ['name'] }]);
  });

  test('a decision is not undone once an office may have the words', async () => {
    const { ref } = await sign('They were returned at night.', { wordsState: 'approved' });
    await database.connection
      .collection('deliveries')
      .insertOne({ quotes: [{ ref, number: '1' }], state: 'unknown', officeId: 'x' });
    await expect(service.undo(ref, 'Rosa')).rejects.toMatchObject({ code: 'WORDS_SENT' });
    await database.connection.collection('deliveries').deleteMany({});
  });

  test('what marked the words is shown where it stands, and nothing is cut', async () => {
    const words = 'I am  Zulema, call 961 123 4567, or write to me at ana@home.example any day.';
    await sign(words);
    const [{ pieces = [] } = {}] = await service.listWaiting();
    expect(pieces.map(({ text }) => text).join('')).toBe(words);
    expect(pieces.flatMap(({ text, kind }) => (kind ? [[kind, text]] : []))).toEqual([
      ['name', 'Zulema'],
      ['phone', '961 123 4567'],
      ['email', 'ana@home.example'],
    ]);
  });

  test('the reason of a refusal is kept for the writer, its note sealed', async () => {
    await sign('They were returned at night.');
    const [waiting] = await service.listWaiting();
    const said = { reason: 'person', note: 'Leave out the name of the school.' } as const;
    await service.decide(waiting?.id ?? '', 'refused', { by: 'Rosa', ...said });
    expect(await service.getWords(waiting?.ref ?? '')).toMatchObject({ decision: { by: 'Rosa', ...said } });
    const stored = await database.connection.collection('signatures').findOne({});
    expect(JSON.stringify(stored)).not.toContain('school');
  });

  test.each([
    ['withdrew', { state: 'withdrawn' }],
    ['is held', { held: true }],
    ['no more shares them', { consent: { showName: false, shareWords: false, updates: false } }],
  ] satisfies [string, Partial<Signature>][])('somebody who %s is not quoted', async (_title, fields) => {
    const { _id, ref } = await sign('One.', { wordsState: 'approved' });
    expect(await service.listQuotableOf([ref])).toHaveLength(1);
    await change(_id, fields);
    expect(await listQuotable()).toEqual([]);
    expect(await service.listQuotableOf([ref])).toEqual([]);
  });

  test('the longest confirmed come first, and those who were quoted make room', async () => {
    const refs: string[] = [];
    for (const minute of [3, 1, 2]) {
      const confirmedAt = new Date(`2026-11-24T11:0${minute}:00Z`);
      refs.push((await sign(`At ${minute}.`, { wordsState: 'approved', confirmedAt })).ref);
    }
    expect(await listQuotable([], 2)).toEqual(['At 1.', 'At 2.']);
    expect(await listQuotable(refs.slice(1, 2), 2)).toEqual(['At 2.', 'At 3.']);
  });

  test('an id that names nobody is told so', async () => {
    await expect(service.decide('nope', 'approved', { by: 'Rosa' })).rejects.toMatchObject({
      code: 'SIGNATURE_NOT_FOUND',
    });
  });
});
