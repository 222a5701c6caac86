import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { parseSignatureId } from '../../src/signatures/signature.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { buildForm, openSigning, type Signing } from '../support/signing.ts';

let database: TestDatabase;
let signing: Signing;
const email = 'ana@home.example';

beforeAll(async () => {
  database = await openTestDatabase();
  signing = await openSigning(database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  for (const name of ['signatures', 'outbox']) await database.connection.collection(name).deleteMany({});
  await sign();
});

async function sign(over: Parameters<typeof buildForm>[0] = {}): Promise<void> {
  const [petition] = signing.petitions;
  if (petition) {
    await signing.intake.sign({
      petition,
      form: buildForm({ email, ...over }),
      locale: 'es',
      network: '192.0.2.1',
    });
  }
}
const corrected = {
  name: 'Ana R. Pérez',
  country: 'MX',
  region: 'MX-CHP',
  words: 'Que nadie más vuelva al peligro del que huyó.',
  showName: true,
  shareWords: true,
  updates: false,
};
const code = (value: string) => expect.objectContaining({ code: value });

describe('confirming by the link', () => {
  test('looking at the page shows what is being signed and changes nothing', async () => {
    const token = await signing.linkTo('confirm', email);
    const before = await signing.find(email);
    const shown = await signing.confirm.getConfirmable(token);
    expect(shown).toMatchObject({ step: 'confirm', person: { name: 'Ana Rosa', email } });
    expect(await signing.find(email)).toEqual(before);
  });

  test('the button without fields signs what the page showed, and makes it due for the count', async () => {
    await signing.confirm.confirmSignature(await signing.linkTo('confirm', email));
    const signature = await signing.find(email);
    expect(signature).toMatchObject({
      state: 'confirmed',
      country: 'US',
      cell: { country: 'US', region: 'US-TX', locale: 'es' },
    });
    expect(signature?.ledgerDue).toBeInstanceOf(Date);
    expect(signature?.expiresAt).toBeUndefined();
    expect(signature?.network).toBeUndefined();
  });

  test('the public name of a signature comes with its first confirming, and stays when it is signed anew', async () => {
    expect(await signing.find(email)).not.toHaveProperty('ref');
    await signing.confirm.confirmSignature(await signing.linkTo('confirm', email));
    const { ref } = (await signing.find(email)) ?? {};
    expect(ref).toMatch(/^[\w-]{22}$/);
    const { _id } = (await signing.find(email)) ?? {};
    const now = signing.clock.now();
    await signing.store.withdrawSignature(_id ?? '', now);
    const reopened = await signing.store.reopenStub(_id ?? '', Buffer.from('sealed'), now, {
      expiresAt: now,
      askedAt: now,
    });
    if (!reopened) throw new Error('not opened again');
    const details = {
      consent: { showName: false, shareWords: false, updates: false },
      consentVersion: 'test',
    };
    const sealed = Buffer.from('sealed');
    const cell = { country: 'MX', source: 'direct', locale: 'es' } as const;
    await signing.store.confirmSignature(
      reopened,
      { ...details, country: 'MX', sealed },
      { ref: 'other', cell, signals: { domain: 'home' } },
      now,
    );
    expect(await signing.find(email)).toMatchObject({ state: 'confirmed', ref });
  });

  test('what the button sends is what is signed', async () => {
    await signing.confirm.confirmSignature(await signing.linkTo('confirm', email), corrected);
    const shown = await signing.confirm.getConfirmable(await signing.linkTo('confirm', email));
    expect(shown).toMatchObject({
      step: 'done',
      person: { name: 'Ana R. Pérez', email, words: corrected.words },
      signature: {
        country: 'MX',
        region: 'MX-CHP',
        consent: { showName: true, shareWords: true },
        wordsState: 'waiting',
      },
    });
  });

  test('pressed again, and by fifty at once, it has confirmed once and mails one receipt', async () => {
    const token = await signing.linkTo('confirm', email);
    await Promise.all(Array.from({ length: 50 }, () => signing.confirm.confirmSignature(token)));
    await signing.confirm.confirmSignature(token, corrected);
    expect(await signing.outbox.countDocuments({ kind: 'receipt' })).toBe(1);
    expect(await signing.find(email)).toMatchObject({ country: 'US' });
  });

  test('a link whose signature is gone has ended', async () => {
    const token = await signing.linkTo('confirm', email);
    signing.clock.advance(31 * DAY);
    await signing.store.deleteExpired(signing.clock.now());
    await expect(signing.confirm.getConfirmable(token)).rejects.toThrow(code('LINK_EXPIRED'));
    await expect(signing.confirm.confirmSignature(token)).rejects.toThrow(code('LINK_EXPIRED'));
    signing.clock.advance(-31 * DAY);
  });

  test('a closed petition confirms no one', async () => {
    const [petition] = signing.petitions;
    const token = await signing.linkTo('confirm', email);
    if (petition) petition.state = 'closed';
    await expect(signing.confirm.confirmSignature(token)).rejects.toThrow(code('PETITION_CLOSED'));
    if (petition) petition.state = 'open';
  });
});

describe('the signer’s own page', () => {
  beforeEach(async () => {
    await signing.confirm.confirmSignature(await signing.linkTo('confirm', email), corrected);
  });

  test('words that an organiser approved wait again when they change, and only then', async () => {
    const signatures = database.connection.collection('signatures');
    await signatures.updateOne({}, { $set: { wordsState: 'approved' } });
    const token = await signing.linkTo('manage', email);
    await signing.manage.changeDetails(token, { ...corrected, name: 'Ana' });
    expect(await signing.find(email)).toMatchObject({ wordsState: 'approved' });
    await signing.manage.changeDetails(token, {
      ...corrected,
      words: 'Otra cosa, que también es bastante larga.',
    });
    expect(await signing.find(email)).toMatchObject({ wordsState: 'waiting' });
    await signing.manage.changeDetails(token, { ...corrected, shareWords: false });
    expect((await signing.find(email))?.wordsState).toBeUndefined();
  });

  test('a place that is corrected leaves the cell in the count as it was', async () => {
    const before = (await signing.find(email))?.cell;
    await signing.manage.changeDetails(await signing.linkTo('manage', email), {
      ...corrected,
      country: 'GT',
      region: undefined,
    });
    const after = await signing.find(email);
    expect(after).toMatchObject({ country: 'GT', cell: before });
    expect(after?.region).toBeUndefined();
  });

  test('withdrawing removes the person at once and ends every older link', async () => {
    const manage = await signing.linkTo('manage', email);
    const confirm = await signing.linkTo('confirm', email);
    await signing.manage.withdraw(manage);
    const stub = await signing.find(email);
    expect(stub).toMatchObject({
      state: 'withdrawn',
      consent: { showName: false, shareWords: false, updates: false },
    });
    expect(stub?.sealed).toBeUndefined();
    await expect(signing.manage.getManaged(manage)).rejects.toThrow(code('LINK_EXPIRED'));
    await expect(signing.confirm.confirmSignature(confirm)).rejects.toThrow(code('LINK_EXPIRED'));
  });

  test('a stub that is signed anew asks for the details again and keeps its place in the count', async () => {
    await database.connection
      .collection('signatures')
      .updateOne({}, { $set: { counted: { seq: 1, on: true, place: 7 } }, $unset: { ledgerDue: 1 } });
    await signing.manage.withdraw(await signing.linkTo('manage', email));
    const id = signing.idOf(email);
    const sealed = signing.sealer.seal({ name: '', email }, `signature:${id}`);
    await signing.store.reopenStub(id, sealed, signing.clock.now(), {
      expiresAt: new Date('2026-12-24T00:00:00Z'),
      askedAt: signing.clock.now(),
    });
    const token = await signing.linkTo('confirm', email);
    expect((await signing.confirm.getConfirmable(token)).step).toBe('renew');
    await expect(signing.confirm.confirmSignature(token)).rejects.toThrow(code('INPUT_INVALID'));
    await signing.confirm.confirmSignature(token, corrected);
    expect(await signing.find(email)).toMatchObject({ state: 'confirmed', counted: { place: 7, on: true } });
  });

  test('the download holds what the person gave and no key of ours', async () => {
    const own = await signing.manage.exportOwn(await signing.linkTo('manage', email));
    expect(own).toMatchObject({ name: 'Ana R. Pérez', email, country: 'MX', words: corrected.words });
    expect(Object.keys(own)).not.toContain('_id');
    expect(Object.keys(own)).not.toContain('linkVersion');
  });

  test('ticking updates again undoes an unsubscribe', async () => {
    const { emailKey } = parseSignatureId(signing.idOf(email));
    await signing.suppressions.suppress(
      { emailKey, scope: 'updates', reason: 'unsubscribed' },
      signing.clock.now(),
    );
    await signing.manage.changeDetails(await signing.linkTo('manage', email), {
      ...corrected,
      updates: true,
    });
    expect(await signing.suppressions.isSuppressed(emailKey, 'updates')).toBe(false);
  });
});

describe('"it was not me" and "no more updates"', () => {
  test('not me deletes what waits on every petition, ends all mail and names the network', async () => {
    const other = signing.petitions[1];
    if (other)
      await signing.intake.sign({
        petition: other,
        form: buildForm({ email }),
        locale: 'en',
        network: '192.0.2.9',
      });
    const token = await signing.linkTo('notMe', email);
    await signing.optOut.getNotMe(token);
    expect(await signing.find(email)).not.toBeNull();
    await signing.optOut.notMe(token);
    expect(await signing.find(email)).toBeNull();
    expect(await signing.find(email, other)).toBeNull();
    expect(signing.suppressed.at(-1)).toMatchObject({
      scope: 'all',
      reason: 'not-me',
      network: signing.keyRing.networkKeyOf('192.0.2.1'),
    });
  });

  test('not me after confirming takes the signature back', async () => {
    await signing.confirm.confirmSignature(await signing.linkTo('confirm', email));
    await signing.optOut.notMe(await signing.linkTo('notMe', email));
    expect(await signing.find(email)).toMatchObject({ state: 'withdrawn' });
  });

  test('not me on one that was signed anew takes it out by the ledger and does not leave the count too high', async () => {
    await database.connection.collection('signatures').insertOne({
      ...(await signing.find(email)),
      ref: 'x',
      confirmedAt: signing.clock.now(),
      counted: { seq: 1, on: true, place: 1 },
      _id: 'x',
    } as never);
    await signing.store.dropPending('x', signing.clock.now());
    expect(await signing.store.findSignature('x')).toMatchObject({
      state: 'withdrawn',
      ledgerDue: expect.any(Date),
    });
  });

  test('unsubscribing works for ever, twice too, and leaves the signature standing', async () => {
    const token = await signing.linkTo('unsubscribe', email);
    await signing.confirm.confirmSignature(await signing.linkTo('confirm', email), {
      ...corrected,
      updates: true,
    });
    await signing.optOut.unsubscribe(token);
    await signing.optOut.unsubscribe(token);
    expect(await signing.find(email)).toMatchObject({ state: 'confirmed', consent: { updates: false } });
    expect(signing.suppressed.at(-1)).toMatchObject({ scope: 'updates' });
  });
});
