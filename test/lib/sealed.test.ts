import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isAppError } from '../../src/lib/errors.ts';
import { createSealer, type KeySet, open, seal } from '../../src/lib/sealed.ts';

function keySet(...ids: number[]): KeySet {
  const all = new Map(ids.map((id) => [id, { id, secret: randomBytes(32) }]));
  const current = all.get(ids.at(-1) ?? 0);
  if (!current) throw new Error('no key');
  return { current, all };
}

describe('sealed fields', () => {
  test('what is sealed opens to the same bytes and shows none of them', () => {
    const keys = keySet(1);
    const sealed = seal(keys, Buffer.from('Ana, ana@home.example'), 'signature:1');
    expect(sealed.includes('ana@home')).toBe(false);
    expect(open(keys, sealed, 'signature:1').toString()).toBe('Ana, ana@home.example');
  });

  test('a field moved to another document does not open', () => {
    const keys = keySet(1);
    const sealed = seal(keys, Buffer.from('x'), 'signature:1');
    expect(() => open(keys, sealed, 'signature:2')).toThrow(
      expect.objectContaining({ code: 'SEALED_INVALID' }),
    );
  });

  test('a change of any one byte is noticed', () => {
    const keys = keySet(1);
    const sealed = seal(keys, Buffer.from('hello'), 'c');
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => open(keys, altered, 'c'), `byte ${at}`).toThrow();
    }
    try {
      open(keys, Buffer.alloc(2), 'c');
    } catch (error) {
      expect(isAppError(error, 'SEALED_INVALID')).toBe(true);
    }
  });

  test('what an older key sealed stays readable after a new key has come', () => {
    const old = keySet(1);
    const sealed = createSealer(old).seal({ name: 'Ana' }, 'c');
    const second = { id: 2, secret: randomBytes(32) };
    const both: KeySet = { current: second, all: new Map([...old.all, [2, second]]) };
    expect(createSealer(both).open(sealed, 'c')).toEqual({ name: 'Ana' });
  });
});
