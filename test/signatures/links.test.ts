import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { KeySet } from '../../src/lib/sealed.ts';
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

  test('a link with any character changed, cut or added is refused', () => {
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
    for (const altered of [`${token}A`, `${token}=`, `${token} `, '', '%00', '../../etc']) {
      expect(() => links.read('confirm', altered), altered).toThrow(refused);
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
