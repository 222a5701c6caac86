import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import { type Person, signatureContext } from '../../src/signatures/signature.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { buildForm, buildPetition, openSigning, type Signing } from '../support/signing.ts';

let database: TestDatabase;
let signing: Signing;

beforeAll(async () => {
  database = await openTestDatabase();
  signing = await openSigning(database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  for (const name of ['signatures', 'outbox']) await database.connection.collection(name).deleteMany({});
});

const sign = (form = buildForm(), petition = signing.petitions[0] ?? buildPetition()) =>
  signing.intake.sign({ petition, form, locale: 'en', network: '192.0.2.1' });
const counts = async () => ({
  signatures: await database.connection.collection('signatures').countDocuments(),
  mails: await signing.outbox.countDocuments(),
});

describe('taking a signature', () => {
  test('who is told that it is stored finds it stored, with the mail to answer it', async () => {
    await sign();
    expect(await signing.find('ana@home.example')).toMatchObject({
      state: 'pending',
      country: 'US',
      region: 'US-TX',
    });
    expect(await counts()).toEqual({ signatures: 1, mails: 1 });
  });

  test('two hundred posts of one address at once make one signature and one mail', async () => {
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => sign(buildForm({ email: `a.n.a+${i}@gmail.com` }))),
    );
    expect(await counts()).toEqual({ signatures: 1, mails: 1 });
  });

  test('the first one wins: a stranger cannot change what waits', async () => {
    await sign(buildForm({ name: 'Ana Rosa' }));
    await sign(buildForm({ name: 'Somebody Else', country: 'FR', region: undefined }));
    const signature = await signing.find('ana@home.example');
    const person = signing.sealer.open<Person>(
      signature?.sealed ?? Buffer.alloc(0),
      signatureContext(signature?._id ?? ''),
    );
    expect(person.name).toBe('Ana Rosa');
    expect(signature?.country).toBe('US');
  });

  test('a repeat after ten minutes asks for another mail, within them for none', async () => {
    await sign();
    signing.clock.advance(10 * MINUTE);
    await sign();
    expect(await counts()).toEqual({ signatures: 1, mails: 2 });
    await sign();
    expect(await counts()).toEqual({ signatures: 1, mails: 2 });
  });

  test('one person may sign two petitions', async () => {
    await sign();
    await sign(buildForm(), signing.petitions[1]);
    expect(await counts()).toEqual({ signatures: 2, mails: 2 });
  });

  test('neither collection shows a name, an address or a word that was written', async () => {
    await sign(buildForm({ words: 'My brother was sent back.', email: 'ana.rosa@home.example' }));
    const stored = JSON.stringify([
      await database.connection.collection('signatures').find().toArray(),
      await signing.outbox.find().toArray(),
    ]);
    for (const secret of ['Ana', 'home.example', 'brother', '192.0.2.1']) {
      expect(stored).not.toContain(secret);
      expect(stored).not.toContain(Buffer.from(secret).toString('base64').slice(0, 6));
    }
  });

  test('a closed petition takes nothing', async () => {
    const closed = buildPetition({ closesAt: new Date('2026-01-02T00:00:00Z') });
    await expect(sign(buildForm(), closed)).rejects.toThrow(
      expect.objectContaining({ code: 'PETITION_CLOSED' }),
    );
    expect(await counts()).toEqual({ signatures: 0, mails: 0 });
  });
});
