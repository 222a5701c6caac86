import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createUpdateService } from '../../src/answers/update.service.ts';
import { shellActor } from '../../src/lib/actor.ts';
import { DAY } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { newRef } from '../../src/lib/ref.ts';
import { createSignatureStore } from '../../src/signatures/signature.store.ts';
import { TESTER } from '../support/actor.ts';
import { type Answered, openAnswered, SLUG } from './answer-room.ts';

let campaign: Answered;
let answerId: string;
let before: Set<string>;
beforeAll(async () => {
  campaign = await openAnswered();
});
afterAll(() => campaign.close());
beforeEach(async () => {
  await campaign.forgetAnswers();
  const { connection } = campaign;
  for (const name of ['signatures', 'outbox', 'suppressions'])
    await connection.collection(name).deleteMany({});
  for (const name of ['u1', 'u2', 'u3'])
    await campaign.addSupporter(`${name}@home.example`, { updates: 'on', name: 'Zoë' });
  await campaign.addSupporter('silent@home.example');
  await campaign.addSupporter('elsewhere@home.example', { updates: 'on' }, 'safe-passage');
  await connection.collection('outbox').deleteMany({});
  before = new Set((await campaign.services.mailbox.list()).map(({ id }) => id));
  const reply = { ...campaign.reply, messageId: newRef() };
  answerId = (await campaign.services.answers.recordReply(reply))._id;
  await publish();
});

const publish = () =>
  campaign.services.answers.publish(shellActor('L'), answerId, {
    locale: 'en',
    text: 'We have read it.\nWe will act.',
    statements: [{ demandId: 'D1', status: 'refused', reason: 'Funds.' }],
  });
const tell = () => campaign.services.updates.tell(TESTER, answerId);
const rows = () => campaign.connection.collection('outbox').find({ kind: 'update' }).toArray();
/** Everybody to whom a mail about the answer went, in order. */
async function told(): Promise<string[]> {
  campaign.clock.advance(60_000);
  await campaign.sendMail();
  return (await newMails()).map(({ to }) => to).sort();
}
const newMails = async () =>
  (await campaign.services.mailbox.list()).filter(
    ({ id, subject }) => !before.has(id) && /answered|respondió/.test(subject),
  );
const ALL = ['u1@home.example', 'u2@home.example', 'u3@home.example'];

describe('when an organiser tells the signers', () => {
  test('those of that petition who asked for updates are told, once, and nobody else', async () => {
    expect(await tell()).toEqual({ rows: 3, isNew: true });
    expect(await told()).toEqual(ALL);
    expect(await tell()).toEqual({ rows: 3, isNew: false });
    await publish();
    await Promise.all([tell(), tell()]);
    expect(await told()).toEqual(ALL);
  });

  test('two at once tell each once', async () => {
    await Promise.all([tell(), tell(), tell()]);
    expect(await rows()).toHaveLength(3);
    expect(await told()).toEqual(ALL);
  });

  test('broken off between the mails and the mark, it goes on and repeats nobody', async () => {
    await tell();
    expect(await told()).toEqual(ALL);
    const answers = campaign.connection.collection('answers');
    await answers.updateOne(
      { _id: answerId as never },
      { $set: { 'told.through': '', 'told.isDone': false } },
    );
    await campaign.addSupporter('u4@home.example', { updates: 'on' });
    await tell();
    expect(await told()).toEqual([...ALL, 'u4@home.example']);
  });

  test('in small batches, broken off before and after each, everybody has one mail in the end', async () => {
    const { connection, clock, services } = campaign;
    const { stores } = services;
    let calls = 0;
    const updates = createUpdateService({
      answers: stores.answers,
      ...createSignatureStore(connection),
      async insertRows(given) {
        calls += 1;
        if (calls % 3 === 1) throw new Error('broken off before');
        const done = await stores.outbox.insertRows(given);
        if (calls % 3 === 2) throw new Error('broken off after');
        return done;
      },
      clock,
      logger: silentLogger,
      batchSize: 1,
    });
    let attempts = 0;
    for (let isTold = false; !isTold && attempts < 20; attempts += 1)
      isTold = await updates.tell(TESTER, answerId).then(
        () => true,
        () => false,
      );
    expect(attempts).toBe(7);
    expect(new Set((await rows()).map(({ subjectId }) => subjectId)).size).toBe(3);
    expect(await rows()).toHaveLength(3);
    expect(await told()).toEqual(ALL);
  });

  test('broken off so long ago that nobody knows who was told, it stays broken off', async () => {
    await tell();
    const answers = campaign.connection.collection('answers');
    await answers.updateOne(
      { _id: answerId as never },
      { $set: { 'told.through': '', 'told.isDone': false } },
    );
    campaign.clock.advance(21 * DAY);
    await expect(tell()).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  test('where nobody asked for updates nobody is told, and it is over', async () => {
    await campaign.connection.collection('signatures').deleteMany({});
    expect(await tell()).toEqual({ rows: 0, isNew: true });
    expect(await tell()).toEqual({ rows: 0, isNew: false });
  });

  test('what is not published is told to nobody', async () => {
    await campaign.services.answers.unpublish(shellActor('L'), answerId);
    await expect(tell()).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(await rows()).toHaveLength(0);
  });
});

describe('between the telling and the sending', () => {
  test('who unsubscribed, withdrew or complained meanwhile gets nothing', async () => {
    await tell();
    await campaign.post(await campaign.linkTo('unsubscribe', 'u1@home.example'));
    await campaign.post(`${await campaign.linkTo('manage', 'u2@home.example')}/withdraw`);
    await campaign.services.stores.suppressions.suppress(
      { emailKey: campaign.emailKeyOf('u3@home.example'), scope: 'all', reason: 'complaint' },
      campaign.clock.now(),
    );
    expect(await told()).toEqual([]);
    expect((await rows()).map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  test('an answer that was taken back is not told', async () => {
    await tell();
    await campaign.services.answers.unpublish(shellActor('L'), answerId);
    expect(await told()).toEqual([]);
  });
});

describe('the mail', () => {
  async function mailTo(email: string) {
    await tell();
    await told();
    const found = (await newMails()).find(({ to }) => to === email);
    const mail = await campaign.services.mailbox.read(found?.id ?? '');
    return simpleParser(mail?.source ?? '');
  }

  test('says what was published, with a way to one’s signature and out of the updates by one click', async () => {
    const mail = await mailTo('u1@home.example');
    expect(mail.subject).toBe('DHS has answered: No more unsafe returns of children');
    for (const part of [mail.text, mail.html || '']) {
      expect(part).toContain('Zoë');
      expect(part).toContain('We will act.');
      expect(part).toContain('Refused');
      expect(part).toContain('Funds.');
      expect(part).toMatch(/\/en\/my-signature\/[\w-]{60,}/);
      expect(part).toMatch(/\/en\/unsubscribe\/[\w-]{60,}/);
      expect(part).toContain('/en/offices/us-dhs-secretary');
      expect(part).not.toMatch(/ana\.rosa|Núñez/);
    }
    const list = mail.headers.get('list') as { unsubscribe?: { url?: string }; 'unsubscribe-post'?: unknown };
    const url = list.unsubscribe?.url ?? '';
    expect(JSON.stringify(list)).toContain('One-Click');
    expect((await campaign.post(new URL(url).pathname, { 'List-Unsubscribe': 'One-Click' })).statusCode).toBe(
      200,
    );
    expect(
      await campaign.services.stores.suppressions.isSuppressed(
        campaign.emailKeyOf('u1@home.example'),
        'updates',
      ),
    ).toBe(true);
  });

  test('is in the language in which the person signed, and marks the office’s as another', async () => {
    const form = { name: 'Eva', email: 'es@home.example', country: 'MX', over16: 'on', updates: 'on' };
    await campaign.post(`/es/petitions/${SLUG}/signatures`, form);
    await campaign.post(await campaign.linkTo('confirm', 'es@home.example'));
    const mail = await mailTo('es@home.example');
    expect(mail.subject).toContain('DHS respondió: ');
    expect(mail.html).toMatch(/<blockquote lang="en"[^>]*><p[^>]*>We have read it/);
    expect(mail.text).toContain('Rechazado');
  });
});
