import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY, MINUTE } from '../../../src/lib/clock.ts';
import { emailChannel } from '../../../src/offices/office.ts';
import { createCli } from '../../support/cli.ts';
import { DELIVERY, type IncomingRoom, openIncomingRoom } from './incoming-room.ts';

let room: IncomingRoom;

beforeAll(async () => {
  room = await openIncomingRoom();
});
beforeEach(() => room.reset());
afterAll(() => room.close());

const notes = async () => (await room.delivery()).incoming ?? [];
const isWrittenTo = async () => emailChannel(await room.office()) !== undefined;
const isSuppressed = (email: string) =>
  room.services.stores.suppressions.isSuppressed(room.emailKeyOf(email), 'all');

describe('what comes back from an office', () => {
  test('a bounce is noted on its delivery, and the address fails', async () => {
    expect(await room.receive(room.corpus('dsn-postfix-no-user'), {})).toEqual({
      kind: 'bounce',
      concern: 'delivery',
      isReplay: false,
      deliveryId: DELIVERY,
    });
    expect(await notes()).toMatchObject([
      {
        kind: 'bounce',
        code: '5.1.1',
        text: expect.stringContaining('User unknown in virtual mailbox table'),
      },
    ]);
    expect(JSON.stringify(await notes())).not.toContain('@');
    expect(await isWrittenTo()).toBe(false);
  });

  test('the same once more, whether by its id or by what it says, changes nothing', async () => {
    const bounce = room.corpus('dsn-exchange-restricted');
    await room.receive(bounce, {});
    const otherId = Buffer.from(
      bounce.toString().replace(/^Message-ID: .*$/m, 'Message-ID: <other@mx.example>'),
    );
    const otherWay = Buffer.from(`Received: from elsewhere\r\n${bounce.toString().replaceAll('\n', '\r\n')}`);
    const otherWords = Buffer.from(bounce.toString().replace("couldn't be", 'could not be'));
    for (const again of [bounce, otherId, otherWay, otherWords])
      expect(await room.receive(again, {})).toMatchObject({ kind: 'bounce', isReplay: true });
    expect(await notes()).toHaveLength(1);
  });

  test('brought five times at once it is dealt with once', async () => {
    const bounce = room.corpus('dsn-gmail-full');
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map(() => room.receive(bounce, {})));
    const mine = results.filter((one) => one.status === 'fulfilled' && !one.value.isReplay);
    const busy = results.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(mine).toHaveLength(1);
    expect(new Set(busy).size).toBeLessThanOrEqual(1);
    expect(busy.every((code) => code === 'MESSAGE_BUSY')).toBe(true);
    expect(await notes()).toHaveLength(1);
  });

  test('an answer is kept whole with its files, up to ten megabytes', async () => {
    const small = room.corpus('reply-attachment-only').toString();
    const scan = randomBytes(7_000_000).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
    const large = small.replace('<reply-attachment@', '<a-scan@').replace(/JVBERi0.*$/s, scan);
    for (const raw of [small, large].map((text) => Buffer.from(text))) {
      await room.receive(raw, {});
      const [newest] = await room.services.answers.listAnswers();
      expect((await room.services.answers.getMessage(newest?._id ?? '')).equals(raw)).toBe(true);
      const { content } = await room.services.answers.getAnswer(newest?._id ?? '');
      expect(content.attachments).toEqual(['oficio-114-2026.pdf']);
      room.clock.advance(1_000);
    }
  });

  test('a delayed one is noted, and no more', async () => {
    await room.receive(room.corpus('dsn-postfix-delayed'), {});
    expect(await notes()).toMatchObject([{ kind: 'delayed', code: '4.4.1' }]);
    expect(await isWrittenTo()).toBe(true);
  });

  test('a bounce of another address, such as a member of a list, fails nothing', async () => {
    await room.receive(room.corpus('dsn-of-a-list-member'), {});
    expect(await notes()).toMatchObject([
      { kind: 'bounce', text: expect.stringMatching(/^of another address/) },
    ]);
    expect(await isWrittenTo()).toBe(true);
  });

  test.each(['complaint-arf', 'complaint-arf-headers-only', 'complaint-outlook-junk'])(
    'a complaint (%s), to whatever address it comes, blocks the channel',
    async (name) => {
      const found = await room.receive(room.corpus(name), { recipient: 'abuse@safe-passage.example' });
      expect(found).toMatchObject({ kind: 'complaint', concern: 'delivery' });
      expect(await notes()).toMatchObject([{ kind: 'complaint', text: 'abuse' }]);
      expect((await room.office()).channels).toContainEqual(
        expect.objectContaining({ kind: 'email', state: 'blocked' }),
      );
      expect(await room.receive(room.corpus(name), {})).toMatchObject({ isReplay: true });
    },
  );

  test('an automatic reply is noted and is no answer', async () => {
    await room.receive(room.corpus('auto-ticket'), {});
    expect(await notes()).toMatchObject([
      {
        kind: 'auto-reply',
        text: expect.stringMatching(/^\[Ticket #204-5581\].*: Thank you for contacting/),
      },
    ]);
    expect(await isWrittenTo()).toBe(true);
  });

  test('a reply is an answer of that office, to whichever of our addresses it comes', async () => {
    const toReplies = { local: `replies+${room.token}` };
    expect(await room.receive(room.corpus('reply-english', toReplies), {})).toMatchObject({
      kind: 'reply',
      deliveryId: DELIVERY,
    });
    expect(await notes()).toMatchObject([{ kind: 'reply', text: 'Re: 120 people ask you to act' }]);
  });
});

describe('the word STOP', () => {
  const reply = (subject: string, text: string) =>
    Buffer.from(
      `From: jane@office.example\nTo: replies+${room.token}@safe-passage.example\nSubject: ${subject}\n\n${text}`,
    );

  test.each([
    ['STOP', ''],
    ['Re: 120 people ask you to act', 'Stop.\n\n> 120 people have signed'],
    ['RE: 120 personas', '\n«BAJA»\n'],
  ])('%s / %j ends mail to the office', async (subject, text) => {
    expect(await room.receive(reply(subject, text), {})).toMatchObject({ kind: 'reply' });
    expect(await isWrittenTo()).toBe(false);
  });

  test.each([
    ['Stop these returns', 'We have read it.'],
    ['Re: 120 people', 'Stop by our office any day.\nSTOP'],
    ['Re: 120 people', 'We read it.\n> STOP'],
  ])('%s / %j does not', async (subject, text) => {
    await room.receive(reply(subject, text), {});
    expect(await isWrittenTo()).toBe(true);
  });
});

describe('what is not believed', () => {
  test.each(['dsn-postfix-no-user', 'complaint-arf', 'plain-qmail-no-user'])(
    '%s about a token that was never given out changes nothing',
    async (name) => {
      const forged = room.corpus(name, { local: `letters+${'0'.repeat(24)}` });
      const text = forged.toString().replaceAll(room.token, '0'.repeat(24));
      expect(await room.receive(Buffer.from(text), {})).toMatchObject({ concern: 'refused' });
      expect(await notes()).toEqual([]);
      expect(await isWrittenTo()).toBe(true);
    },
  );

  test('the envelope’s recipient counts, and not what the header says', async () => {
    const found = await room.receive(room.corpus('dsn-postfix-no-user'), {
      recipient: 'hello@safe-passage.example',
    });
    expect(found).toMatchObject({ kind: 'bounce', concern: 'refused' });
    expect(await notes()).toEqual([]);
  });

  test('a delivery that is only planned was sent to nobody: nothing comes back about it', async () => {
    const token = 'f'.repeat(24);
    const { _id: _, incoming: __, ...sent } = await room.delivery();
    const planned = { ...sent, _id: `${DELIVERY}0`, state: 'planned', releases: 0, token };
    await room.connection.collection('deliveries').insertOne(planned as never);
    const found = await room.receive(room.corpus('dsn-postfix-no-user', { local: `letters+${token}` }), {});
    expect(found).toMatchObject({ concern: 'refused' });
  });

  test('a token of another domain is none of ours', async () => {
    for (const domain of ['safe-passage.example.org', 'not-safe-passage.example', 'safe-passageXexample']) {
      const recipient = `letters+${room.token}@${domain}`;
      expect(await room.receive(room.corpus('dsn-gmail-no-user'), { recipient })).toMatchObject({
        concern: 'refused',
      });
    }
  });
});

describe('what comes back from people', () => {
  const about = (person: string) => ({ local: room.bounceLocalOf(person), address: person });

  test('mail to each person has an envelope sender of its own, and says so in no header', () => {
    const mail = room.sink.mails.find(({ to }) => to[0] === 'ana@home.example');
    expect(mail?.from).toMatch(/^bounces\+[a-z2-7]{50}@safe-passage\.example$/);
    expect(mail?.raw).not.toContain('bounces+');
    expect(mail?.raw).toMatch(/^From: Safe Passage <hello@safe-passage\.example>\r?$/m);
    expect(mail?.raw).toMatch(/^X-Safe-Passage: safe-passage\.example\r?$/m);
  });

  test.each([
    'dsn-postfix-no-user',
    'dsn-exchange-online-no-user',
    'plain-qmail-no-user',
    'dsn-sendmail-host-unknown',
  ])('no such address (%s): nothing more is sent to it', async (name) => {
    const found = await room.receive(room.corpus(name, about('ana@home.example')), {});
    expect(found).toMatchObject({ kind: 'bounce', concern: 'person' });
    expect(found.deliveryId).toBeUndefined();
    expect(await isSuppressed('ana@home.example')).toBe(true);
  });

  test.each([
    'dsn-icloud-full',
    'dsn-gmail-dmarc',
    'dsn-postfix-delayed',
    'dsn-postfix-expired',
    'dsn-exchange-edge-blocking',
    'dsn-of-a-list-member',
    'plain-exim-no-user',
    'auto-gmail-vacation',
  ])('%s suppresses nobody', async (name) => {
    await room.receive(room.corpus(name, about('ana@home.example')), {});
    expect(await isSuppressed('ana@home.example')).toBe(false);
  });

  test('a complaint ends all mail to its owner', async () => {
    await room.receive(room.corpus('complaint-arf', about('ana@home.example')), {
      recipient: 'abuse@safe-passage.example',
    });
    const key = room.emailKeyOf('ana@home.example');
    expect(await room.services.stores.suppressions.findSuppression(key)).toMatchObject({
      scope: 'all',
      reason: 'complaint',
    });
  });

  test('one with a single letter changed is forged, and suppresses nobody', async () => {
    const local = room.bounceLocalOf('ana@home.example');
    const forged = local.slice(0, -3) + (local.at(-3) === 'a' ? 'b' : 'a') + local.slice(-2);
    const found = await room.receive(
      room.corpus('dsn-postfix-no-user', { local: forged, address: 'ana@home.example' }),
      {},
    );
    expect(found).toMatchObject({ concern: 'refused' });
    expect(await isSuppressed('ana@home.example')).toBe(false);
  });

  test('what a person writes is passed on to nobody: to `hello` it is for the organisers, to a bounce address unknown', async () => {
    const before = room.sink.mails.length;
    const found = await room.receive(room.corpus('reply-english', about('ana@home.example')), {});
    const other = await room.receive(room.corpus('reply-html-only', { local: 'hello' }), {});
    expect(found).toEqual({ kind: 'unknown', concern: 'person', isReplay: false });
    expect(other).toEqual({ kind: 'reply', concern: 'organisers', isReplay: false });
    expect(room.sink.mails).toHaveLength(before);
  });
});

describe('what comes in', () => {
  test('a loop is dropped, and nothing is ever answered', async () => {
    const before = room.sink.mails.length;
    for (const name of ['loop-own-header', 'loop-own-id', 'loop-own-address', 'loop-too-many-hops'])
      expect(await room.receive(room.corpus(name), {})).toMatchObject({ kind: 'loop', concern: 'nobody' });
    const own = room.sink.mails.find(({ to }) => to[0] === 'letters@office.example');
    expect(await room.receive(Buffer.from(own?.raw ?? ''), {})).toMatchObject({ kind: 'loop' });
    await room.sendMail();
    expect(room.sink.mails).toHaveLength(before);
    expect(await notes()).toEqual([]);
  });

  test('every message is kept whole, whatever its class, and not a byte of it in clear', async () => {
    const names = ['auto-ticket', 'dsn-gmail-full', 'complaint-arf', 'loop-own-header', 'reply-english'];
    for (const name of names) await room.receive(room.corpus(name), {});
    await room.receive(room.corpus('reply-html-only', { local: 'hello' }), {});
    const stored = await room.connection.collection('incomingMessages').find().toArray();
    expect(JSON.stringify(stored)).not.toContain(Buffer.from('Subject:').toString('base64').slice(0, 8));
    const records = await room.services.stores.incoming.listLatest(10);
    const kept = await Promise.all(records.map(({ _id }) => room.services.keptMail.getMail(_id.slice(2))));
    expect(kept.map(({ raw }) => raw.toString()).sort()).toEqual(
      [...names.map((name) => room.corpus(name)), room.corpus('reply-html-only', { local: 'hello' })]
        .map(String)
        .sort(),
    );
  });

  describe('asked for by its person, is deleted:', () => {
    const count = () => room.connection.collection('incomingMessages').countDocuments();
    const person = () => ({ emailKey: room.emailKeyOf('ana@home.example'), deliveryIds: [] as string[] });
    const of = (from: string, to: string) =>
      Buffer.from(
        `From: Ana <${from}>\nTo: ${to}\nSubject: Hola\nMessage-ID: <${from}.${to.length}@home.example>\n\nPalabras mías a ${to}.\n`,
      );

    test('what they wrote, what was written to them too, and a report about their mailbox, and no other', async () => {
      await room.receive(of('Ana@Home.example', 'hello@safe-passage.example'), {});
      await room.receive(of('eva@home.example', 'hello@safe-passage.example, ana@home.example'), {});
      await room.receive(of('eva@home.example', 'hello@safe-passage.example'), {});
      const local = room.bounceLocalOf('ana@home.example');
      await room.receive(room.corpus('dsn-postfix-no-user', { local, address: 'ana@home.example' }), {});
      await room.receive(room.corpus('auto-ticket'), {});
      expect(await count()).toBe(5);
      expect(await room.services.keptMail.countMail(person())).toBe(3);
      expect(await room.services.keptMail.eraseMail(person())).toBe(3);
      expect(await count()).toBe(2);
      expect(await room.services.incoming.listLatest(10)).toHaveLength(5);
      // By what is stored nobody is known elsewhere.
      const stored = await room.connection.collection('incomingMessages').find().toArray();
      expect(JSON.stringify(stored.map(({ people }) => people))).not.toContain(
        room.emailKeyOf('eva@home.example'),
      );
    });

    test('what came back about a letter of theirs', async () => {
      await room.receive(room.corpus('auto-ticket'), {});
      expect(await room.services.keptMail.eraseMail({ ...person(), deliveryIds: [DELIVERY] })).toBe(1);
    });

    test('what an earlier version kept without noting whose it is', async () => {
      await room.receive(of('ana@home.example', 'hello@safe-passage.example'), {});
      await room.connection.collection('incomingMessages').updateMany({}, { $unset: { people: 1 } });
      expect(await room.services.keptMail.eraseMail(person())).toBe(1);
    });

    test('by the command, which says how much and leaves a line of it', async () => {
      const cli = createCli(room.services);
      await room.receive(of('nadia@home.example', 'hello@safe-passage.example'), {});
      const erase = ['privacy', 'erase', '--email', 'nadia@home.example', '--yes', 'nadia@home.example'];
      expect((await cli(...erase)).out).toContain('and 1 kept mail(s) deleted');
      expect(await count()).toBe(0);
      const acts = await room.services.audit.listActs({}, 5);
      expect(acts).toContainEqual(
        expect.objectContaining({ act: 'privacy erase: kept mail', of: ['1 mails'] }),
      );
      expect(JSON.stringify(acts)).not.toContain('nadia@');
    });
  });

  test('another mail with the Message-ID of an earlier one is dealt with no more, and kept', async () => {
    const first = room.corpus('reply-english');
    const second = Buffer.from(`${first}\nAnd one thing more.\n`);
    await room.receive(first, {});
    expect(await room.receive(second, {})).toMatchObject({ kind: 'reply', isReplay: true });
    expect(await room.services.answers.listAnswers()).toHaveLength(1);
    const records = await room.services.stores.incoming.listLatest(10);
    const kept = await Promise.all(records.map(({ _id }) => room.services.keptMail.getMail(_id.slice(2))));
    expect(kept.map(({ raw }) => raw.toString()).sort()).toEqual([first, second].map(String).sort());
  });

  test('what people write is kept a year, and what programs write ninety days', async () => {
    await room.receive(room.corpus('reply-html-only', { local: 'hello' }), {});
    await room.receive(room.corpus('auto-ticket'), {});
    const count = () => room.connection.collection('incomingMessages').countDocuments();
    const counts = [];
    for (const days of [89, 2, 273, 2]) {
      room.clock.advance(days * DAY);
      await room.services.retention.step();
      counts.push(await count());
    }
    expect(counts).toEqual([2, 1, 1, 0]);
  });

  test('one mail to two of our addresses is taken for both', async () => {
    const local = room.bounceLocalOf('ana@home.example');
    const outcomes = await room.services.incoming.receiveForAll(room.corpus('reply-english'), {
      sender: 'jane@office.example',
      recipients: [`letters+${room.token}`, local, 'hello'].map((name) => `${name}@safe-passage.example`),
    });
    expect(outcomes.map((one) => (one.status === 'fulfilled' ? one.value.concern : one.reason))).toEqual([
      'delivery',
      'person',
      'organisers',
    ]);
    expect(await room.services.stores.incoming.listLatest(10)).toHaveLength(3);
  });

  test('the database keeps no word and no address of it, and forgets it after a time', async () => {
    for (const name of ['reply-spanish-with-folio', 'auto-ticket', 'dsn-postfix-no-user'])
      await room.receive(room.corpus(name), {});
    const { incoming } = room.services.stores;
    const stored = JSON.stringify(await room.connection.collection('incoming').find().toArray());
    expect(stored).not.toMatch(/@|folio|Mar[ií]a|office\.example/);
    const latest = await incoming.listLatest(10);
    expect(latest.map(({ kind }) => kind).sort()).toEqual(['auto-reply', 'bounce', 'reply']);
    room.clock.advance(91 * DAY);
    await room.services.retention.step();
    expect(await room.connection.collection('incoming').countDocuments()).toBe(0);
  });

  test('when it could not be dealt with it is free at once, and then dealt with once', async () => {
    const bounce = room.corpus('dsn-postfix-no-user');
    await room.connection
      .collection('deliveries')
      .updateOne({ _id: DELIVERY as never }, { $set: { incoming: 'not a list' } } as never);
    await expect(room.receive(bounce, {})).rejects.toThrow();
    await room.connection
      .collection('deliveries')
      .updateOne({ _id: DELIVERY as never }, { $unset: { incoming: 1 } });
    expect(await room.receive(bounce, {})).toMatchObject({ isReplay: false });
    expect(await room.receive(bounce, {})).toMatchObject({ isReplay: true });
    expect(await notes()).toHaveLength(1);
  });

  test('one whose taker vanished is free after a minute', async () => {
    const bounce = room.corpus('dsn-postfix-no-user');
    await room.receive(bounce, {});
    await room.connection
      .collection('incoming')
      .updateMany({ kind: 'bounce' }, { $set: { until: new Date(room.clock.now().getTime() + MINUTE) } });
    await expect(room.receive(bounce, {})).rejects.toMatchObject({ code: 'MESSAGE_BUSY' });
    room.clock.advance(2 * MINUTE);
    expect(await room.receive(bounce, {})).toMatchObject({ isReplay: false });
    expect(await notes()).toHaveLength(1);
  });

  test('larger than 10 MB it is refused, and so is what is no message', async () => {
    const large = Buffer.concat([room.corpus('reply-english'), Buffer.alloc(10 * 1024 * 1024, 'a')]);
    await expect(room.receive(large, {})).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    await expect(room.receive(Buffer.from('hello'), {})).rejects.toMatchObject({
      code: 'MESSAGE_UNREADABLE',
    });
    expect(await notes()).toEqual([]);
  });
});
