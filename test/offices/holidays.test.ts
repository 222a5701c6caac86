import { beforeAll, describe, expect, test } from 'vitest';
import { type Holidays, holidaysOf } from '../../src/offices/holidays.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';

let holidays: Holidays;
beforeAll(async () => {
  holidays = (await loadStarter()).holidays;
});
const us = (year: number, isInWashington = true) =>
  holidaysOf(holidays, { country: 'US', isInWashington }, year).map(({ day }) => day);
const mx = (year: number) => holidaysOf(holidays, { country: 'MX' }, year).map(({ day }) => day);

describe('holidays of the United States', () => {
  test('are those that the Office of Personnel Management lists for 2026, and July 4 itself, a Saturday', () => {
    expect(us(2026)).toEqual([
      '2026-01-01',
      '2026-01-19',
      '2026-02-16',
      '2026-05-25',
      '2026-06-19',
      '2026-07-03',
      '2026-07-04',
      '2026-09-07',
      '2026-10-12',
      '2026-11-11',
      '2026-11-26',
      '2026-12-25',
    ]);
  });

  const kept: [string, number, string, boolean][] = [
    ['one that falls on a Saturday is kept on the Friday before', 2027, '2027-06-18', true],
    ['one that falls on a Sunday is kept on the Monday after', 2027, '2027-07-05', true],
    ['and so is Christmas on a Saturday', 2027, '2027-12-24', true],
    ['New Year on a Saturday is kept in the old year', 2027, '2027-12-31', true],
    ['and the one before the list begins in the new', 2023, '2023-01-02', true],
    ['Juneteenth is none before 2021', 2020, '2020-06-19', false],
    ['Juneteenth is one since', 2021, '2021-06-18', true],
    ['Inauguration Day comes every four years', 2025, '2025-01-20', true],
    ['on the Monday when the day is a Sunday', 2013, '2013-01-21', true],
    ['it does not move off a Saturday', 2001, '2001-01-19', false],
    ['and in no year between', 2028, '2028-01-20', false],
    ['the last Monday of May, not the fourth', 2027, '2027-05-31', true],
    ['the fourth Thursday of November, not the last', 2028, '2028-11-23', true],
    ['not the last', 2028, '2028-11-30', false],
  ];
  test.each(kept)('%s', (_title, year, day, isFree) => {
    expect(us(year).includes(day)).toBe(isFree);
  });

  test('Inauguration Day is kept about Washington alone', () => {
    expect(us(2029)).toContain('2029-01-20');
    expect(us(2029, false)).not.toContain('2029-01-20');
  });

  test('a shifted one says so, under the same name', () => {
    expect(holidaysOf(holidays, { country: 'US' }, 2026).filter(({ isShifted }) => isShifted)).toEqual([
      {
        day: '2026-07-03',
        name: { en: 'Independence Day', es: 'Día de la Independencia' },
        isShifted: true,
      },
    ]);
  });
});

describe('holidays of Mexico', () => {
  // The Calendario Oficial: DOF 6 October 1993, changed 27 January 2006 and 12 July 2024.
  const fixed = (year: number, february: string, march: string, november: string) => [
    `${year}-01-01`,
    `${year}-02-${february}`,
    `${year}-03-${march}`,
    `${year}-05-01`,
    `${year}-05-05`,
    `${year}-09-16`,
    `${year}-11-${november}`,
    `${year}-12-25`,
  ];
  test.each([
    [2025, fixed(2025, '03', '17', '17')],
    [2026, fixed(2026, '02', '16', '16')],
    [2027, fixed(2027, '01', '15', '15')],
    [2028, fixed(2028, '07', '20', '20')],
    [2029, fixed(2029, '05', '19', '19')],
    [2030, [...fixed(2030, '04', '18', '18').slice(0, 6), '2030-10-01', '2030-11-18', '2030-12-25']],
    [2024, [...fixed(2024, '05', '18', '18').slice(0, 6), '2024-10-01', '2024-11-18', '2024-12-25']],
  ])('are those of the Calendario Oficial in %i', (year, days) => {
    expect(mx(year)).toEqual(days);
  });

  test.each([
    ['the first Sunday of June of a federal election is no day of the decree', 2027, '2027-06-06'],
    ['no shift off a weekend', 2027, '2027-12-24'],
  ])('%s', (_title, year, day) => {
    expect(mx(year)).not.toContain(day);
  });

  test('neither country keeps the other’s', () => {
    expect(mx(2026)).not.toContain('2026-11-26');
    expect(us(2026)).not.toContain('2026-09-16');
  });
});
