import { expect, test } from 'vitest';
import { hasFields, sizeOfFields, typedValues } from '../../src/lib/typed.ts';

test('a form has the fields that were sent, and of one that was sent twice both', () => {
  const body = { name: 'Ana', words: ['uno', 'dos'] };
  expect(typedValues(body)).toEqual({ name: 'Ana', words: 'uno\ndos' });
  expect(sizeOfFields(body)).toBe('nameAnawordsuno\ndos'.length);
});

// Ten megabytes taken for ten million fields held the program for a quarter of a minute.
test.each([Buffer.from('From: a@b.example'), new Uint8Array(3), null, undefined, 'text'])(
  'what is no form has no fields: %o',
  (body) => {
    expect(hasFields(body)).toBe(false);
    expect([typedValues(body), sizeOfFields(body)]).toEqual([{}, 0]);
  },
);
