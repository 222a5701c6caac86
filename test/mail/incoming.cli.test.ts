import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emailChannel } from '../../src/offices/office.ts';
import { createCli } from '../support/cli.ts';
import { DELIVERY, type IncomingRoom, OFFICE, openIncomingRoom } from './incoming-room.ts';

let room: IncomingRoom;
let command: ReturnType<typeof createCli>;

beforeAll(async () => {
  room = await openIncomingRoom();
  command = createCli(room.services);
});
afterAll(() => room.close());

describe('mail incoming', () => {
  beforeEach(() => room.reset());

  test('lists what came, the last first, without anybody’s address', async () => {
    expect((await command('mail', 'incoming')).out).toBe('Nothing has come.\n');
    await room.receive(room.corpus('dsn-gmail-full'), {});
    room.clock.advance(1_000);
    await room.receive(room.corpus('reply-english'), {});
    room.clock.advance(1_000);
    await room.receive(room.corpus('dsn-postfix-no-user', { local: `letters+${'0'.repeat(24)}` }), {});
    room.clock.advance(1_000);
    const local = room.bounceLocalOf('ana@home.example');
    await room.receive(room.corpus('dsn-postfix-no-user', { local, address: 'ana@home.example' }), {});
    const { out } = await command('mail', 'incoming');
    const lines = out.trim().split('\n').slice(-4);
    expect(lines[0]).toMatch(/bounce +hard no-such-address 5\.1\.1 +a person/);
    expect(lines[1]).toMatch(/refused: no token of ours/);
    expect(lines[2]).toMatch(new RegExp(`reply .*${DELIVERY}`));
    expect(lines[3]).toMatch(new RegExp(`bounce +soft full 4\\.2\\.2 +${DELIVERY}`));
    expect(out).not.toMatch(/@|home\.example/);
    expect(JSON.parse((await command('mail', 'incoming', '--json')).out)).toHaveLength(4);
  });
});

describe('mail bounce', () => {
  beforeEach(() => room.reset());

  test('an organiser’s word ends mail to a person', async () => {
    expect(await command('mail', 'bounce', 'Gone@home.example')).toEqual({
      out: 'Nothing more is sent to it.\n',
      error: '',
    });
    const key = room.emailKeyOf('gone@home.example');
    expect(await room.services.stores.suppressions.isSuppressed(key, 'all')).toBe(true);
  });

  test('and to an office', async () => {
    const { out } = await command('mail', 'bounce', 'letters@office.example');
    expect(out).toContain('It was ');
    expect(emailChannel(await room.services.offices.getOffice(OFFICE))).toBeUndefined();
  });

  test('without an address it says what is wrong', async () => {
    expect(await command('mail', 'bounce')).toEqual({ out: '', error: 'This is not an e-mail address.' });
  });
});
