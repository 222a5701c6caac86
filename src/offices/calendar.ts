import { addMilliseconds, DAY, utcDay } from '../lib/clock.ts';
import { type Holidays, holidaysOf, isoWeekday } from './holidays.ts';
import type { Office } from './office.ts';
import { createZone, type Zone } from './zone.ts';

/** What opening depends on: offices that share it share what is remembered. */
type Place = Pick<Office, 'country' | 'zone' | 'hours' | 'isInWashington' | 'closings'>;
/** Milliseconds since 1970, [from, to). */
type Span = { from: number; to: number };
type LocalDay = Span & { day: string; open?: Span };

const YEAR_DAYS = 366;
const REMEMBERED_DAYS = 20_000;

/** When offices are open: their hours on their weekdays, in their zone, but not on their country's holidays nor on the days that they close. Pure. */
export function createOfficeCalendar(holidays: Holidays) {
  const zones = new Map<string, Zone>();
  const calendars = new Map<string, ReturnType<typeof createPlaceCalendar>>();
  const known = new WeakMap<Place, ReturnType<typeof createPlaceCalendar>>();

  function of(office: Place) {
    let calendar = known.get(office);
    if (!calendar) {
      const { country, zone, hours, isInWashington = false, closings = [] } = office;
      const closed = closings.map(({ from, to }) => `${from}/${to}`);
      const key = [country, zone, isInWashington, hours.from, hours.to, ...hours.days, ...closed].join(' ');
      calendar = remember(calendars, key, () => createPlaceCalendar(zoneOf(zone), office, holidays));
      known.set(office, calendar);
    }
    return calendar;
  }

  function zoneOf(zone: string): Zone {
    return remember(zones, zone, () => createZone(zone));
  }

  return {
    isOpen: (office: Place, at: Date): boolean => of(office).isOpen(at.getTime()),
    /** `at` itself when it is open. @throws RangeError when it does not open within a year */
    nextOpening(office: Place, at: Date): Date {
      const opening = of(office).nextOpening(at.getTime());
      return opening === at.getTime() ? at : new Date(opening);
    },
    /** Days on which it was open, after the day of `from` and up to the day of `to`. */
    workingDaysBetween: (office: Place, from: Date, to: Date): number =>
      of(office).countDays(from.getTime(), to.getTime()).working,
    /** Of its weekdays between the two, those on which it was closed: holidays, and days that it announced. */
    closedDaysBetween: (office: Place, from: Date, to: Date): number =>
      of(office).countDays(from.getTime(), to.getTime()).closed,
    /** The calendar day there, YYYY-MM-DD. */
    dayOf: (office: Place, at: Date): string => of(office).localDay(at.getTime()).day,
  };
}
export type OfficeCalendar = ReturnType<typeof createOfficeCalendar>;

function createPlaceCalendar(zone: Zone, place: Place, holidays: Holidays) {
  const { zone: zoneName, hours, closings = [] } = place;
  const freeDays = new Map<number, ReadonlySet<string>>();
  const localDays = new Map<string, LocalDay>();
  /** by day of UTC: the days there that share a moment with it */
  const byUtcDay = new Map<number, LocalDay[]>();

  function isWorkingDay(day: string): boolean {
    const year = Number(day.slice(0, 4));
    const free = remember(
      freeDays,
      year,
      () => new Set(holidaysOf(holidays, place, year).map((one) => one.day)),
    );
    const isClosed = free.has(day) || closings.some(({ from, to }) => from <= day && day <= to);
    return hours.days.includes(isoWeekday(Date.parse(day))) && !isClosed;
  }

  function dayNamed(day: string): LocalDay {
    return remember(localDays, day, () => {
      const span = { from: zone.momentOf(day, 0), to: zone.momentOf(dayBeside(day, 1), 0) };
      const open = {
        from: zone.momentOf(day, minutesOf(hours.from)),
        to: zone.momentOf(day, minutesOf(hours.to)),
      };
      return { day, ...span, ...(isWorkingDay(day) && open.from < open.to && { open }) };
    });
  }

  function localDay(at: number): LocalDay {
    const dayNumber = Math.floor(at / DAY);
    const days = remember(byUtcDay, dayNumber, () => {
      // The one before too: where clocks go back over midnight it comes again for a while.
      let last = dayNamed(dayBeside(zone.dayAt(dayNumber * DAY), -1));
      const all = [last];
      while (last.to < (dayNumber + 1) * DAY) {
        last = dayNamed(dayBeside(last.day, 1));
        all.push(last);
      }
      return all;
    });
    const found = days.find(({ from, to }) => from <= at && at < to);
    if (!found) throw new RangeError(`${zoneName} has no day at ${at}`);
    return found;
  }

  function isOpen(at: number): boolean {
    const { open } = localDay(at);
    return open !== undefined && open.from <= at && at < open.to;
  }

  function nextOpening(at: number): number {
    let day = localDay(at);
    for (let tried = 0; tried <= YEAR_DAYS; tried += 1) {
      const { open } = day;
      if (open && at < open.to) return Math.max(at, open.from);
      day = dayNamed(dayBeside(day.day, 1));
    }
    throw new RangeError(`an office in ${zoneName} does not open within a year`);
  }

  function countDays(from: number, to: number): { working: number; closed: number } {
    const last = localDay(to).day;
    const counts = { working: 0, closed: 0 };
    for (let day = localDay(from).day; day < last; ) {
      day = dayBeside(day, 1);
      if (isWorkingDay(day)) counts.working += 1;
      else if (hours.days.includes(isoWeekday(Date.parse(day)))) counts.closed += 1;
    }
    return counts;
  }

  return { localDay, isOpen, nextOpening, countDays };
}

function remember<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  // Of a program that runs for years nothing grows without end.
  if (map.size >= REMEMBERED_DAYS) map.clear();
  map.set(key, value);
  return value;
}

function dayBeside(day: string, days: 1 | -1): string {
  return utcDay(addMilliseconds(new Date(day), days * DAY));
}

/** "09:30" → 570 */
function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
