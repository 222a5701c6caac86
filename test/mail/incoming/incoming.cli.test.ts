import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emailChannel } from '../../../src/offices/office.ts';
import { createCli } from '../../support/cli.ts';
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

describe('a mail that came, whole', () => {
  beforeEach(() => room.reset());

  const newest = async () => {
    const [first] = JSON.parse((await command('mail', 'incoming', '--json')).out);
    return first.id as string;
  };

  test('is shown with its words, each of its values on one line', async () => {
    const raw = [
      'From: "Jane\u202e Roe" <jane@home.example>',
      'To: Safe Passage <hello@safe-passage.example>',
      'Subject: =?utf-8?q?A_question=0AFrom:_somebody?=',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'How do I\u001b[31m sign?',
    ].join('\n');
    await room.receive(Buffer.from(raw), { recipient: 'hello@safe-passage.example' });
    expect((await command('mail', 'incoming')).out).toMatch(/reply +written to the organisers/);
    const { out } = await command('mail', 'incoming', 'show', await newest());
    expect(out.split('\n').slice(1)).toEqual([
      'From: Jane Roe <jane@home.example>',
      'Subject: A question From: somebody',
      '',
      'How do I[31m sign?',
      '',
    ]);
  });

  test('is saved byte for byte, and overwrites nothing', async () => {
    const raw = room.corpus('auto-ticket');
    await room.receive(raw, {});
    const to = join(room.config.dataDir, 'ticket.eml');
    const id = await newest();
    expect((await command('mail', 'incoming', 'save', id, '--to', to)).out).toContain(to);
    expect(readFileSync(to).equals(raw)).toBe(true);
    expect(statSync(to).mode & 0o777).toBe(0o600);
    expect((await command('mail', 'incoming', 'save', id, '--to', to)).error).toContain('exists');
  });

  test('that is not there, or is named by too little, is said', async () => {
    expect((await command('mail', 'incoming', 'show', '')).error).toMatch(/^<id> is empty/);
    for (const id of ['abc', '000000000000', '../../etc', '-x'])
      expect((await command('mail', 'incoming', 'show', '--', id)).error).toMatch(/^No message has the id/);
    expect((await command('mail', 'incoming', 'delete', '000000000000')).error).toContain(
      'mail incoming show',
    );
  });

  test('becomes an answer by an organiser’s word, once, with its words and files', async () => {
    const raw = room.corpus('auto-ticket');
    await room.receive(raw, {});
    const id = await newest();
    const { out } = await command('answers', 'from-incoming', id, '--by', 'Ana');
    const [, answerId = ''] = /the answer (\S+)\./.exec(out) ?? [];
    expect((await command('answers', 'from-incoming', id, '--by', 'Ana')).out).toBe(out);
    const { answers } = room.services;
    expect(await answers.listAnswers()).toHaveLength(1);
    const { content, deliveryId } = await answers.getAnswer(answerId);
    expect(deliveryId).toBe(DELIVERY);
    expect(content.text).toMatch(/^Thank you for contacting/);
    expect((await answers.getMessage(answerId)).equals(raw)).toBe(true);
    expect((await command('mail', 'incoming')).out).toContain(`answer ${answerId}`);
  });

  test('of which nothing says what it answers wants the delivery named, one that was sent', async () => {
    await room.receive(room.corpus('reply-english', { local: 'hello' }), {});
    const id = await newest();
    const make = (...args: string[]) => command('answers', 'from-incoming', id, '--by', 'Ana', ...args);
    expect((await make()).error).toContain('--delivery');
    expect((await make('--delivery', 'no-such')).error).toBe('Nothing was sent as "no-such".');
    expect((await make('--delivery', DELIVERY)).out).toMatch(/^It is the answer/);
  });

  test('with the Message-ID of an answer, and other words, becomes an answer of its own', async () => {
    const first = room.corpus('reply-english');
    await room.receive(first, {});
    room.clock.advance(1_000);
    await room.receive(Buffer.from(`${first}\nAnd one thing more.\n`), {});
    expect((await command('mail', 'incoming')).out).toContain('same Message-ID as another');
    await command('answers', 'from-incoming', await newest(), '--by', 'Ana');
    const kept = await room.services.answers.listAnswers();
    const texts = await Promise.all(kept.map(({ _id }) => room.services.answers.getAnswer(_id)));
    expect(texts.filter(({ content }) => content.text.includes('And one thing more.'))).toHaveLength(1);
    expect(texts).toHaveLength(2);
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
    expect(await command('mail', 'bounce')).toEqual({
      out: '',
      error: 'Say which: exactly one of <address>, --email.',
    });
  });
});
