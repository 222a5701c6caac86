import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encrypt, type KeySet } from '../../src/lib/sealed.ts';
import { createLinks } from '../../src/signatures/links.ts';
import { createTestClock } from '../support/clock.ts';

function keySet(id = 1): KeySet {
  const key = { id, secret: randomBytes(32) };
  return { current: key, all: new Map([[id, key]]) };
}

const emailKey = randomBytes(16).toString('base64url');
const link = { petitionNumber: 3, emailKey, linkVersion: 65_535 };
const refused = expect.objectContaining({ code: 'LINK_INVALID' });

describe('sealed links', () => {
  test('a link says again what was sealed in it, with its time of issue', () => {
    const clock = createTestClock('2026-11-24T12:00:00Z');
    const links = createLinks({ keys: keySet(), clock });
    const token = links.mint('confirm', link);
    expect(links.read('confirm', token)).toEqual({ ...link, issuedAt: new Date('2026-11-24T12:00:00Z') });
    expect(token.length).toBeLessThan(80);
  });

  test('two links to the same thing look nothing alike', () => {
    const links = createLinks({ keys: keySet(), clock: createTestClock() });
    const [a, b] = [links.mint('confirm', link), links.mint('confirm', link)];
    expect(a.slice(2, 20)).not.toBe(b.slice(2, 20));
  });

  test('a link for one purpose is no link for another', () => {
    const links = createLinks({ keys: keySet(), clock: createTestClock() });
    expect(() => links.read('manage', links.mint('confirm', link))).toThrow(refused);
  });

  test('a link with any character changed or cut is refused', () => {
    const links = createLinks({ keys: keySet(), clock: createTestClock() });
    const token = links.mint('confirm', link);
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expect(
        () => links.read('confirm', token.slice(0, at) + other + token.slice(at + 1)),
        `at ${at}`,
      ).toThrow(refused);
      expect(() => links.read('confirm', token.slice(0, at)), `cut at ${at}`).toThrow(refused);
    }
    const split = `${token.slice(0, 30)} ${token.slice(30)}`;
    for (const altered of [split, '', '%00', '../../etc', 'x'.repeat(5_000), '-'.repeat(5_000)]) {
      expect(() => links.read('confirm', altered), altered).toThrow(refused);
    }
  });

  test.each([
    ...'.,;:!?)]}>"\'’»”…*_-~=& \t\n/\\',
    '=3D',
    '=\r\n',
    '&amp;utm_source=x',
    '\u200b',
    '\ufeff',
    'AbC',
    '.)',
  ])('a link with %j behind it opens', (behind) => {
    const links = createLinks({ keys: keySet(), clock: createTestClock() });
    expect(links.read('confirm', links.mint('confirm', link) + behind)).toMatchObject(link);
  });

  test.each([' ', '<', '(', '"', '\u200b', '«'])('a link with %j before it opens', (before) => {
    const links = createLinks({ keys: keySet(), clock: createTestClock() });
    expect(links.read('manage', before + links.mint('manage', link))).toMatchObject(link);
  });

  test('no link ends in what a mail program takes for punctuation', () => {
    const links = createLinks({ keys: keySet(), clock: createTestClock() });
    const ends = Array.from({ length: 2_000 }, () => links.mint('confirm', link).at(-1));
    expect(ends.filter((end) => !/[A-Za-z0-9]/.test(end ?? ''))).toEqual([]);
  });

  test('a link of an earlier version opens, also without the dashes and underscores at its end', () => {
    const keys = keySet();
    const links = createLinks({ keys, clock: createTestClock() });
    const body = Buffer.alloc(25);
    body.writeUInt8(1, 0);
    body.writeUInt16BE(3, 1);
    Buffer.from(emailKey, 'base64url').copy(body, 3);
    body.writeUInt16BE(7, 19);
    const seen = new Set<string>();
    // As they were minted: one in 1,024 ends in two such characters.
    while (seen.size < 4) {
      const sealed = encrypt(keys.current.secret, body, 'link');
      const token = Buffer.concat([Buffer.from([1]), sealed]).toString('base64url');
      const end = /[-_]{0,2}$/.exec(token)?.[0] ?? '';
      if (seen.has(end) || (end.length === 1 && seen.size === 3)) continue;
      seen.add(end);
      const opened = { petitionNumber: 3, emailKey, linkVersion: 7 };
      expect(links.read('confirm', token)).toMatchObject(opened);
      expect(links.read('confirm', token.slice(0, token.length - end.length))).toMatchObject(opened);
      expect(links.read('confirm', `${token.slice(0, token.length - end.length)}.)`)).toMatchObject(opened);
    }
  });

  test('a link of another installation is refused', () => {
    const clock = createTestClock();
    const token = createLinks({ keys: keySet(), clock }).mint('confirm', link);
    expect(() => createLinks({ keys: keySet(), clock }).read('confirm', token)).toThrow(refused);
  });

  test('links made before the link key was rotated stay good', () => {
    const clock = createTestClock();
    const old = keySet(1);
    const token = createLinks({ keys: old, clock }).mint('unsubscribe', link);
    const next = { id: 2, secret: randomBytes(32) };
    const both: KeySet = { current: next, all: new Map([...old.all, [2, next]]) };
    expect(createLinks({ keys: both, clock }).read('unsubscribe', token).emailKey).toBe(emailKey);
  });
});
