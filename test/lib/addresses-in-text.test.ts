import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findAddresses, replaceAddresses } from '../../src/lib/text/addresses-in-text.ts';

describe('addresses in a text', () => {
  test.each([
    ['Write to ana@home.example.', ['ana@home.example']],
    [
      '<a@one.example>, (b@two.example); “c@three.example”',
      ['a@one.example', 'b@two.example', 'c@three.example'],
    ],
    ['rfc822;josé@oficina.example: 550', ['josé@oficina.example']],
    ['at @ alone, @handle, name@', []],
    ['a@b@c.example', ['a@b@c.example']],
  ])('of %j are %j', (text, addresses) => {
    expect(findAddresses(text).map(({ address }) => address)).toEqual(addresses);
  });

  test('nothing but an address is replaced, and each of them is', () => {
    expect(replaceAddresses('A: a@x.example, y b@y.example.', () => '…')).toBe('A: …, y ….');
    expect(replaceAddresses('price@shop a@x.example', (one) => (one.includes('.') ? '…' : one))).toBe(
      'price@shop …',
    );
  });

  test('a text without an address stays as it is, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bare = text.replaceAll('@', '');
        expect(replaceAddresses(bare, () => 'X')).toBe(bare);
      }),
    );
  });

  test.each(['@', 'a@', 'a', 'a@.', '@a', '<@', '́'])(
    'a million characters of %j cost no more than their length',
    (piece) => {
      const text = piece.repeat(1_000_000 / piece.length);
      const started = process.cpuUsage();
      replaceAddresses(text, () => '…');
      expect(process.cpuUsage(started).user / 1_000).toBeLessThan(500);
    },
  );
});
