import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { DAY, MINUTE } from '../../src/lib/clock.ts';
import { createOfficeCalendar, type OfficeCalendar } from '../../src/offices/calendar.ts';
import type { Holidays } from '../../src/offices/holidays.ts';
import { type Country, OFFICE_HOURS } from '../../src/offices/office.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';

const NO_HOLIDAYS: Holidays = { US: { law: 'none', rules: [] }, MX: { law: 'none', rules: [] } };
const at = (country: Country, zone: string, over: Partial<typeof OFFICE_HOURS> = {}) => ({
  country,
  zone,
  hours: { ...OFFICE_HOURS, ...over },
});
const washington = at('US', 'America/New_York');
const mexico = at('MX', 'America/Mexico_City');

let calendar: OfficeCalendar;
beforeAll(async () => {
  calendar = createOfficeCalendar((await loadStarter()).holidays);
});

describe('an office is open', () => {
  const moments: [string, typeof washington, string, boolean][] = [
    ['at the first minute of a working day', washington, '2026-11-24T14:00:00Z', true],
    ['not a millisecond before', washington, '2026-11-24T13:59:59.999Z', false],
    ['until the last millisecond', washington, '2026-11-24T21:59:59.999Z', true],
    ['not when it closes', washington, '2026-11-24T22:00:00Z', false],
    ['by the hours of its own zone', mexico, '2026-11-24T14:30:00Z', false],
    ['an hour earlier by UTC in summer', washington, '2026-07-01T13:00:00Z', true],
    ['not then in winter', washington, '2026-12-01T13:00:00Z', false],
    [
      'in Mexico City the same all year, which has no summer time since 2022',
      mexico,
      '2026-07-01T15:00:00Z',
      true,
    ],
    ['not an hour before in summer', mexico, '2026-07-01T14:59:59Z', false],
    ['not on Saturdays', washington, '2026-11-21T16:00:00Z', false],
    ['not on Sundays', washington, '2026-11-22T16:00:00Z', false],
    ['not on Thanksgiving', washington, '2026-11-26T16:00:00Z', false],
    ['on Thanksgiving where it is no holiday', mexico, '2026-11-26T16:00:00Z', true],
    ['on a Sunday evening that is Monday by UTC: no', washington, '2026-11-23T01:00:00Z', false],
  ];
  test.each(moments)('%s', (_title, office, moment, expected) => {
    expect(calendar.isOpen(office, new Date(moment))).toBe(expected);
  });
});

describe('the next opening', () => {
  const openings: [string, typeof washington, string, string][] = [
    ['is now while it is open', washington, '2026-11-24T15:12:13Z', '2026-11-24T15:12:13.000Z'],
    ['is this morning before it opens', washington, '2026-11-24T05:30:00Z', '2026-11-24T14:00:00.000Z'],
    ['is tomorrow in the evening', washington, '2026-11-24T22:00:00Z', '2026-11-25T14:00:00.000Z'],
    ['is Friday on the eve of Thanksgiving', washington, '2026-11-25T22:00:00Z', '2026-11-27T14:00:00.000Z'],
    ['is Monday after Friday', mexico, '2026-11-20T23:00:00Z', '2026-11-23T15:00:00.000Z'],
    ['passes over New Year', washington, '2027-12-30T22:00:00Z', '2028-01-03T14:00:00.000Z'],
    [
      'is an hour earlier by UTC after the clocks go forward',
      washington,
      '2026-03-06T22:30:00Z',
      '2026-03-09T13:00:00.000Z',
    ],
    ['is an hour later after they go back', washington, '2026-10-30T21:30:00Z', '2026-11-02T14:00:00.000Z'],
    [
      'begins when the clocks leap over the first minute',
      at('US', 'America/New_York', { days: [7], from: '02:30', to: '05:00' }),
      '2026-03-08T05:00:00Z',
      '2026-03-08T07:00:00.000Z',
    ],
    [
      'takes the first of two hours alike',
      at('US', 'America/New_York', { days: [7], from: '01:30', to: '05:00' }),
      '2026-11-01T04:00:00Z',
      '2026-11-01T05:30:00.000Z',
    ],
  ];
  test.each(openings)('%s', (_title, office, moment, expected) => {
    expect(calendar.nextOpening(office, new Date(moment)).toISOString()).toBe(expected);
  });

  test('is an error for an office that never opens', () => {
    const never = at('US', 'America/New_York', { days: [] });
    expect(() => calendar.nextOpening(never, new Date('2026-11-24T12:00:00Z'))).toThrow(RangeError);
  });
});

describe('the day there', () => {
  test.each([
    [washington, '2026-11-24T04:59:59Z', '2026-11-23'],
    [washington, '2026-11-24T05:00:00Z', '2026-11-24'],
    [washington, '2026-07-01T04:00:00Z', '2026-07-01'],
    [at('US', 'Pacific/Auckland'), '2026-11-24T11:00:00Z', '2026-11-25'],
    [at('US', 'Pacific/Kiritimati'), '2026-11-24T10:00:00Z', '2026-11-25'],
    [at('US', 'Pacific/Pago_Pago'), '2026-11-24T10:59:00Z', '2026-11-23'],
    // The day that Samoa left out.
    [at('US', 'Pacific/Apia'), '2011-12-30T10:00:00Z', '2011-12-31'],
    [at('US', 'Pacific/Apia'), '2011-12-30T09:59:59Z', '2011-12-29'],
    // Clocks that leap over midnight, and clocks that go back over it.
    [at('US', 'America/Sao_Paulo'), '2018-11-04T03:00:00Z', '2018-11-04'],
    [at('US', 'America/Sao_Paulo'), '2018-02-18T02:30:00Z', '2018-02-17'],
    [at('US', 'America/Havana'), '2026-11-01T05:30:00Z', '2026-11-01'],
  ])('%o at %s is %s', (office, moment, day) => {
    expect(calendar.dayOf(office, new Date(moment))).toBe(day);
  });
});

/** What Intl alone says, with nothing remembered. */
function slowly(zone: string, moment: Date) {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const [day = '', time = ''] = format.format(moment).split(' ');
  return { day, time, weekday: new Date(`${day}T00:00:00Z`).getUTCDay() || 7 };
}

const ZONES = [
  'America/New_York',
  'America/Mexico_City',
  'America/Tijuana',
  'America/Hermosillo',
  'America/Cancun',
  'America/Phoenix',
  'Pacific/Honolulu',
  'America/Anchorage',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
];
const anyMoment = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2045-01-01T00:00:00Z'),
  noInvalidDate: true,
});
const time = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
/** Away from the small hours, in which clocks change. */
const anyOffice = fc
  .record({
    country: fc.constantFrom<Country>('US', 'MX'),
    zone: fc.constantFrom(...ZONES),
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    from: fc.integer({ min: 4 * 60, max: 20 * 60 }),
    length: fc.integer({ min: 1, max: 4 * 60 - 1 }),
  })
  .map(({ country, zone, days, from, length }) =>
    at(country, zone, { days, from: time(from), to: time(from + length) }),
  );

describe('at any moment, for any office', () => {
  test('the day and the hours are those that Intl tells', () => {
    const plain = createOfficeCalendar(NO_HOLIDAYS);
    fc.assert(
      fc.property(anyOffice, anyMoment, (office, moment) => {
        const { day, time: clock, weekday } = slowly(office.zone, moment);
        expect(plain.dayOf(office, moment)).toBe(day);
        const { days, from, to } = office.hours;
        expect(plain.isOpen(office, moment)).toBe(
          days.includes(weekday) && clock.slice(0, 5) >= from && clock.slice(0, 5) < to,
        );
      }),
      { numRuns: 400 },
    );
  });

  test('the next opening is open, is not before, and nothing between is open', () => {
    fc.assert(
      fc.property(
        anyOffice,
        anyMoment,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (office, moment, share) => {
          const opening = calendar.nextOpening(office, moment);
          expect(calendar.isOpen(office, opening)).toBe(true);
          const wait = opening.getTime() - moment.getTime();
          expect(wait).toBeGreaterThanOrEqual(0);
          if (wait === 0) return;
          const between = new Date(moment.getTime() + Math.floor(wait * share * 0.999));
          expect(calendar.isOpen(office, between)).toBe(false);
          expect(calendar.isOpen(office, new Date(opening.getTime() - 1))).toBe(false);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('a day never goes back, whichever zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        anyMoment,
        fc.integer({ min: 0, max: 3 * DAY }),
        (zone, moment, later) => {
          const place = at('US', zone);
          expect(
            calendar.dayOf(place, moment) <= calendar.dayOf(place, new Date(moment.getTime() + later)),
          ).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('an office is open as many hours of a year as its days have', () => {
  const year = Date.parse('2027-01-01T05:00:00Z');
  let minutes = 0;
  for (let moment = year; moment < year + 365 * DAY; moment += MINUTE)
    if (calendar.isOpen(washington, new Date(moment))) minutes += 1;
  // 261 weekdays, of which 12 are free: the 11 holidays, and New Year's Day of 2028, which is a Saturday.
  expect(minutes).toBe((261 - 12) * 8 * 60);
});

test('a simulation that looks at every minute of 90 days asks Intl a few times a day', () => {
  const fresh = createOfficeCalendar(NO_HOLIDAYS);
  const asked = vi.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
  const begun = Date.parse('2026-11-24T00:00:00Z');
  for (let moment = begun; moment < begun + 90 * DAY; moment += MINUTE) {
    // An office is read anew each time: what is remembered does not hang on the object.
    fresh.isOpen({ ...mexico }, new Date(moment));
    fresh.nextOpening({ ...mexico }, new Date(moment));
  }
  const times = asked.mock.calls.length;
  asked.mockRestore();
  expect(times).toBeGreaterThan(90);
  expect(times).toBeLessThan(2_000);
});

test('offices that differ in one thing alone are not mixed up', () => {
  const moment = new Date('2026-11-24T14:30:00Z');
  const morning = at('US', 'America/New_York', { from: '08:00', to: '09:00' });
  expect(calendar.isOpen(washington, moment)).toBe(true);
  expect(calendar.isOpen(morning, moment)).toBe(false);
  expect(calendar.isOpen(at('US', 'America/Chicago'), moment)).toBe(false);
  expect(calendar.isOpen(at('US', 'America/New_York', { days: [1] }), moment)).toBe(false);
});

describe('days between two moments', () => {
  const office = { ...mexico, closings: [{ from: '2026-12-21', to: '2027-01-05' }] as never };
  test.each([
    // Friday to Monday: the weekend is neither worked nor a closing.
    ['2026-11-13T18:00:00Z', '2026-11-16T18:00:00Z', 0, 1],
    ['2026-11-17T18:00:00Z', '2026-11-20T18:00:00Z', 3, 0],
    ['2026-11-17T18:00:00Z', '2026-11-17T23:00:00Z', 0, 0],
    // Over midnight there, and not by UTC.
    ['2026-11-18T05:30:00Z', '2026-11-18T06:30:00Z', 1, 0],
    // The sixteen days that it announced, weekdays alone.
    ['2026-12-18T18:00:00Z', '2027-01-08T18:00:00Z', 3, 12],
    ['2027-01-08T18:00:00Z', '2026-12-18T18:00:00Z', 0, 0],
  ])('from %s to %s: %i working days, and %i closed', (from, to, working, closed) => {
    const [begin, end] = [new Date(from), new Date(to)];
    expect(calendar.workingDaysBetween(office, begin, end)).toBe(working);
    expect(calendar.closedDaysBetween(office, begin, end)).toBe(closed);
  });
});
