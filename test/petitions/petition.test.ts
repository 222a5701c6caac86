import { expect, test } from 'vitest';
import { isOpen } from '../../src/petitions/petition.ts';
import { buildPetition } from '../support/signing.ts';

const at = (iso: string) => new Date(iso);
const opensAt = at('2026-01-01T00:00:00Z');
const closesAt = at('2026-12-01T00:00:00Z');

const moments: [string, Date, boolean][] = [
  ['a moment before it opens', at('2025-12-31T23:59:59.999Z'), false],
  ['when it opens', opensAt, true],
  ['a moment before it closes', at('2026-11-30T23:59:59.999Z'), true],
  ['when it closes', closesAt, false],
];
test.each(moments)('%s: open is decided', (_title, now, isExpected) => {
  expect(isOpen(buildPetition({ opensAt, closesAt }), now)).toBe(isExpected);
});

test('one that was closed is closed whatever its days say', () => {
  expect(isOpen(buildPetition({ state: 'closed', opensAt, closesAt }), at('2026-06-01T00:00:00Z'))).toBe(
    false,
  );
});

test('one without an end stays open', () => {
  expect(isOpen(buildPetition({ opensAt }), at('2040-01-01T00:00:00Z'))).toBe(true);
});
