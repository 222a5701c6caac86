import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { type MailRoom, openMailRoom } from './mail-room.ts';

let room: MailRoom;

beforeAll(async () => {
  room = await openMailRoom();
});
afterEach(() => room.clear());
afterAll(() => room.close());

const documents = () => room.connection.collection('suppressions').find().toArray();

test('a mere log of mails goes when its last one is no more counted', async () => {
  await room.suppressions.allowUnasked('ana', { id: 'one', about: 'one' }, room.clock.now());
  await room.suppressions.deleteExpired(room.clock.now());
  expect(await documents()).toHaveLength(1);
  room.clock.advance(32 * DAY);
  expect(await room.suppressions.deleteExpired(room.clock.now())).toBe(1);
  expect(await documents()).toEqual([]);
});

test('what was unsubscribed and lifted leaves nothing behind but the log, for its time', async () => {
  await room.suppressions.allowUnasked('ana', { id: 'one', about: 'one' }, room.clock.now());
  await room.suppressions.suppress(
    { emailKey: 'ana', scope: 'updates', reason: 'unsubscribed' },
    room.clock.now(),
  );
  await room.suppressions.suppress(
    { emailKey: 'eva', scope: 'updates', reason: 'unsubscribed' },
    room.clock.now(),
  );
  for (const emailKey of ['ana', 'eva']) await room.suppressions.liftAll(emailKey);
  await room.suppressions.deleteExpired(room.clock.now());
  expect((await documents()).map(({ _id }) => String(_id))).toEqual(['ana']);
  room.clock.advance(32 * DAY);
  await room.suppressions.deleteExpired(room.clock.now());
  expect(await documents()).toEqual([]);
});

test('a suppression stays, without the mails it was counted for; its network is forgotten after a week', async () => {
  await room.suppressions.allowUnasked('ana', { id: 'one', about: 'one' }, room.clock.now());
  const at = room.clock.now();
  await room.suppressions.suppress({ emailKey: 'ana', scope: 'all', reason: 'not-me', network: 'n' }, at);
  room.clock.advance(6 * DAY);
  await room.suppressions.deleteExpired(room.clock.now());
  expect(await room.suppressions.countNotMe('n', new Date(0), room.clock.now())).toBe(1);
  room.clock.advance(90 * DAY);
  await room.suppressions.deleteExpired(room.clock.now());
  expect(await documents()).toEqual([{ _id: 'ana', scope: 'all', reason: 'not-me', at }]);
});

test('an operator can lift what a bounce suppressed', async () => {
  await room.suppressions.suppress(
    { emailKey: 'ana', scope: 'all', reason: 'no-such-address' },
    room.clock.now(),
  );
  expect(await room.suppressions.findSuppression('ana')).toMatchObject({ reason: 'no-such-address' });
  expect(await room.suppressions.liftAll('ana')).toBe(true);
  expect(await room.suppressions.liftAll('ana')).toBe(false);
  expect(await room.suppressions.isSuppressed('ana', 'all')).toBe(false);
  expect(await room.suppressions.findSuppression('ana')).toBeNull();
});
