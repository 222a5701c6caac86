import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
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
  const key = { id: 1, secret: randomBytes(32) };
  const sealer = createSealer({ current: key, all: new Map([[1, key]]) });

  beforeAll(async () => {
    database = await openTestDatabase();
    service = createWordsService({
      store: createWordsStore(database.connection),
      sealer,
      sketchWords: (_petition, words) => sketchOf(words, key.secret),
      clock: systemClock,
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
    await service.decide(waiting?.id ?? '', 'approved', { by: 'Rosa', anyway: true });
    expect(await listQuotable()).toEqual(['I am Zulema.']);
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
