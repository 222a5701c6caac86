import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addHolder, endHolder } from '../../src/offices/holders.ts';
import { type Holder, holderOn, OFFICE_HOURS, type Office, withDefaults } from '../../src/offices/office.ts';

const title = { en: 'Secretary', es: 'Titular' };
const office: Office = withDefaults({
  _id: 'mx-inm',
  name: { en: 'INM', es: 'INM' },
  country: 'MX',
  language: 'es',
  zone: 'America/Mexico_City',
  hours: OFFICE_HOURS,
  holders: [],
  channels: [],
  isPostOnly: false,
  order: 1,
});
const holder = (name: string, from: string, to?: string): Holder => ({
  name,
  title,
  from,
  ...(to && { to }),
});
const nameOn = (one: Office, day: string) => holderOn(one, day)?.name;

describe('who holds an office on a day', () => {
  const held = addHolder(
    addHolder(office, holder('Luz Dos', '2025-05-01')),
    holder('Ana Uno', '2020-01-01', '2025-05-01'),
  );

  test.each([
    ['2019-12-31', undefined],
    ['2020-01-01', 'Ana Uno'],
    ['2025-04-30', 'Ana Uno'],
    ['2025-05-01', 'Luz Dos'],
    ['2099-01-01', 'Luz Dos'],
  ])('on %s: %s', (day, name) => {
    expect(nameOn(held, day)).toBe(name);
  });

  test('is nobody once the last has left', () => {
    const left = endHolder(held, '2026-11-24');
    expect(nameOn(left, '2026-11-23')).toBe('Luz Dos');
    expect(nameOn(left, '2026-11-24')).toBeUndefined();
  });

  test('an end may be brought forward, by name', () => {
    expect(nameOn(endHolder(held, '2024-01-01', 'Ana Uno'), '2024-06-01')).toBeUndefined();
  });

  test.each([
    [
      'before the first day',
      () => endHolder(held, '2025-05-01'),
      /from 2025-05-01: the end must be a later day/,
    ],
    [
      'of one who left long ago',
      () => endHolder(held, '2026-01-01', 'Ana Uno'),
      /Nobody named Ana Uno holds mx-inm/,
    ],
    ['of nobody', () => endHolder(office, '2026-01-01'), /^Nobody holds mx-inm on 2026-01-01/],
  ])('an end %s is refused', (_title, end, message) => {
    expect(end).toThrow(message);
  });
});

const ROUND = 28;
const day = fc
  .integer({ min: 0, max: 5 * ROUND })
  .map((n) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10));
const anyHolder = fc
  .tuple(fc.string({ minLength: 1, maxLength: 4 }), day, fc.option(day, { nil: undefined }))
  .filter(([, from, to]) => to === undefined || from < to)
  .map(([name, from, to]) => holder(name, from, to));

test('however they are entered, no two hold an office on one day', () => {
  fc.assert(
    fc.property(fc.array(anyHolder, { maxLength: 8 }), day, (holders, someDay) => {
      let held = office;
      for (const one of holders) {
        const before = held;
        try {
          held = addHolder(held, one);
        } catch {
          // Refused: then somebody holds it on one of these days.
          expect(
            before.holders.some(({ from, to }) => (to ?? '9') > one.from && (one.to ?? '9') > from),
          ).toBe(true);
        }
      }
      expect(
        held.holders.filter(({ from, to }) => from <= someDay && someDay < (to ?? '9')).length,
      ).toBeLessThan(2);
    }),
  );
});
