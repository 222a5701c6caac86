import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../../src/lib/clock.ts';
import { openCampaign } from '../../support/campaign.ts';
import { DELIVERY, type IncomingRoom, openIncomingRoom } from './incoming-room.ts';

const SECRET = 'a secret between the relay and us, 32+';
let room: IncomingRoom;

beforeAll(async () => {
  room = await openIncomingRoom({ MAIL_WEBHOOK_SECRET: SECRET });
});
beforeEach(() => room.reset());
afterAll(() => room.close());

type Hand = {
  type?: string;
  secret?: string;
  late?: number;
  headers?: Record<string, string>;
  signed?: Buffer;
};

function post(
  body: Buffer,
  { type = 'message/rfc822', secret = SECRET, late = 0, headers, signed }: Hand = {},
) {
  const timestamp = String(Math.floor((room.clock.now().getTime() - late) / 1_000));
  const signature = createHmac('sha256', secret)
    .update(`${timestamp}.`)
    .update(signed ?? body)
    .digest('hex');
  return room.app.inject({
    method: 'POST',
    url: '/webhooks/mail',
    payload: body,
    headers: {
      'content-type': type,
      'x-webhook-timestamp': timestamp,
      'x-webhook-signature': `sha256=${signature}`,
      ...headers,
    },
  });
}
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const notes = async () => (await room.delivery()).incoming ?? [];

describe('the webhook', () => {
  test('takes a message as it is', async () => {
    const answer = await post(room.corpus('auto-ticket'));
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ kind: 'auto-reply', concern: 'delivery', isReplay: false });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(await notes()).toHaveLength(1);
  });

  test('takes JSON with the envelope, the message as text or in base64', async () => {
    const message = room.corpus('dsn-gmail-full').toString('base64');
    const recipient = `letters+${room.token}@safe-passage.example`;
    const given = { message, encoding: 'base64', sender: '', recipient };
    expect((await post(json(given), { type: 'application/json' })).json()).toMatchObject({ kind: 'bounce' });
    const text = { message: room.corpus('reply-english').toString() };
    const answer = await post(json(text), { type: 'application/json; charset=utf-8' });
    expect(answer.json()).toMatchObject({ kind: 'reply', concern: 'delivery' });
    expect(await notes()).toMatchObject([{ kind: 'bounce' }, { kind: 'reply' }]);
  });

  test.each([
    ['another secret', { secret: 'another secret that is long enough, too' }],
    ['a signature of another body', { signed: Buffer.from('another') }],
    ['no signature', { headers: { 'x-webhook-signature': '' } }],
    ['a signature that is none', { headers: { 'x-webhook-signature': 'sha256=zz' } }],
    ['another time than was signed', { headers: { 'x-webhook-timestamp': '1795521601' } }],
    ['no time', { headers: { 'x-webhook-timestamp': '' } }],
    ['a time that is no number', { headers: { 'x-webhook-timestamp': '1e9' } }],
    ['six minutes late', { late: 6 * MINUTE }],
    ['six minutes early', { late: -6 * MINUTE }],
  ])('refuses %s, and changes nothing', async (_, hand) => {
    const answer = await post(room.corpus('dsn-postfix-no-user'), hand);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ code: 'WEBHOOK_SIGNATURE_INVALID' });
    expect(await notes()).toEqual([]);
    expect(await room.connection.collection('incoming').countDocuments()).toBe(0);
  });

  test('four minutes late is in time', async () => {
    expect((await post(room.corpus('auto-ticket'), { late: 4 * MINUTE })).statusCode).toBe(200);
  });

  test('the same request again is refused, and the same message signed anew is known', async () => {
    const mail = room.corpus('auto-ticket');
    await post(mail);
    const again = await post(mail);
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({ code: 'WEBHOOK_REPLAYED' });
    room.clock.advance(SECOND);
    expect((await post(mail)).json()).toMatchObject({ isReplay: true });
    expect(await notes()).toHaveLength(1);
  });

  test('what could not be dealt with may be brought again as it is', async () => {
    const deliveries = room.connection.collection('deliveries');
    const byId = { _id: DELIVERY as never };
    await deliveries.updateOne(byId, { $set: { incoming: 'not a list' } });
    const mail = room.corpus('auto-ticket');
    expect((await post(mail)).statusCode).toBe(500);
    await deliveries.updateOne(byId, { $unset: { incoming: 1 } });
    expect((await post(mail)).json()).toMatchObject({ isReplay: false });
    expect(await notes()).toHaveLength(1);
  });

  test.each([
    ['JSON that is none', 'application/json', '{', 422],
    ['JSON without a message', 'application/json', '{"recipient":"a@b.example"}', 422],
    ['an envelope with a line break', 'application/json', '{"message":"A: b","sender":"a\\nb"}', 422],
    ['what is no message', 'message/rfc822', 'hello', 422],
    ['an empty body', 'message/rfc822', '', 422],
    ['a form', 'application/x-www-form-urlencoded', 'a=b', 415],
    ['a message over 10 MB', 'message/rfc822', `From: a@b.example\n\n${'a'.repeat(10 * 1024 * 1024)}`, 413],
    ['a body over 15 MB', 'message/rfc822', 'a'.repeat(15 * 1024 * 1024 + 1), 413],
  ])('says of %s that it cannot be taken', async (_, type, body, status) => {
    const answer = await post(Buffer.from(body), { type });
    expect(answer.statusCode).toBe(status);
    expect(answer.body).not.toMatch(/node_modules|\.ts:\d/);
  });

  test('a large message of less than 10 MB is taken', async () => {
    const mail = Buffer.concat([room.corpus('reply-english'), Buffer.from('a line\n'.repeat(1_200_000))]);
    expect((await post(mail)).json()).toMatchObject({ kind: 'reply' });
  });

  test('so is one in JSON of nearly 15 MB, byte for byte, and what is none of that size is refused', async () => {
    const files = Buffer.alloc(9_000_000, 'eine Zeile\n');
    const mail = Buffer.concat([room.corpus('reply-english'), files]);
    const given = {
      message: mail.toString('base64'),
      encoding: 'base64',
      recipient: 'hello@safe-passage.example',
    };
    const type = 'application/json';
    expect((await post(json(given), { type })).json()).toMatchObject({
      kind: 'reply',
      concern: 'organisers',
    });
    const [record] = await room.services.stores.incoming.listLatest(1);
    const { raw } = await room.services.keptMail.getMail(record?._id.slice(2) ?? '');
    expect(raw.equals(mail)).toBe(true);
    for (const body of [Buffer.alloc(2_000_000, '{'), json({ ...given, sender: 'a\nb' })])
      expect((await post(body, { type })).statusCode).toBe(422);
  });

  test('no other page takes such bodies', async () => {
    const answer = await room.app.inject({
      method: 'POST',
      url: '/en/petitions/no-more-unsafe-returns/signatures',
      payload: 'From: a@b.example',
      headers: { 'content-type': 'message/rfc822' },
    });
    expect(answer.statusCode).toBe(415);
  });

  test('a GET is told that mail is posted here', async () => {
    const answer = await room.get('/webhooks/mail');
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe('POST');
  });
});

test('without a secret there is no such page', async () => {
  const campaign = await openCampaign();
  const headers = {
    'content-type': 'message/rfc822',
    'x-webhook-timestamp': '1',
    'x-webhook-signature': 'x',
  };
  const answer = await campaign.app.inject({
    method: 'POST',
    url: '/webhooks/mail',
    payload: 'A: b',
    headers,
  });
  expect(answer.statusCode).toBe(404);
  await campaign.close();
});
