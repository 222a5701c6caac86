import { DAY, utcDay } from '../lib/clock.ts';
import type { Localized } from '../lib/locales.ts';
import type { Country, Office } from './office.ts';

/** A public holiday as its law gives it. Months are 1–12, weekdays ISO (1 is Monday). */
type HolidayRule = {
  id: string;
  name: Localized<string>;
  on:
    | {
        month: number;
        day: number;
        /** days by which it moves off a weekend: kept on the day itself too */
        saturday?: -1;
        sunday?: 1;
      }
    | { month: number; weekday: number /** 1–4, or -1 for the last */; nth: number };
  /** the first and last year, and every how many years from the first */
  years?: { from: number; to?: number; every?: number };
  /** only for offices in and about Washington, D.C. (5 U.S.C. 6103(c)) */
  isWashingtonOnly?: true;
};
export type Holidays = Readonly<Record<Country, { law: string; rules: readonly HolidayRule[] }>>;

/** `day` YYYY-MM-DD is free; `isShifted` when it stands for a holiday on the weekend beside it. */
export type Holiday = { day: string; name: Localized<string>; isShifted: boolean };

/** The days of a year on which an office is closed by law; a shift may come from the next year. */
export function holidaysOf(
  holidays: Holidays,
  { country, isInWashington }: Pick<Office, 'country' | 'isInWashington'>,
  year: number,
): Holiday[] {
  const rules = holidays[country].rules.filter((rule) => !rule.isWashingtonOnly || isInWashington);
  return [year - 1, year, year + 1]
    .flatMap((one) => rules.flatMap((rule) => holidaysByRule(rule, one)))
    .filter(({ day }) => Number(day.slice(0, 4)) === year)
    .sort((a, b) => a.day.localeCompare(b.day));
}

function holidaysByRule({ name, on, years }: HolidayRule, year: number): Holiday[] {
  if (years && !isInYears(years, year)) return [];
  if ('nth' in on) return [{ day: toDay(nthWeekday(year, on)), name, isShifted: false }];
  const date = Date.UTC(year, on.month - 1, on.day);
  const weekday = isoWeekday(date);
  const shift = (weekday === 6 && on.saturday) || (weekday === 7 && on.sunday) || 0;
  const itself = { day: toDay(date), name, isShifted: false };
  return shift === 0 ? [itself] : [itself, { day: toDay(date + shift * DAY), name, isShifted: true }];
}

function isInYears({ from, to = Infinity, every = 1 }: NonNullable<HolidayRule['years']>, year: number) {
  return year >= from && year <= to && (year - from) % every === 0;
}

function nthWeekday(year: number, on: { month: number; weekday: number; nth: number }): number {
  if (on.nth === -1) {
    const last = Date.UTC(year, on.month, 0);
    return last - ((isoWeekday(last) - on.weekday + 7) % 7) * DAY;
  }
  const first = Date.UTC(year, on.month - 1, 1);
  return first + (((on.weekday - isoWeekday(first) + 7) % 7) + 7 * (on.nth - 1)) * DAY;
}

/** 1 is Monday, 7 Sunday; of a UTC midnight. */
export function isoWeekday(date: number): number {
  return new Date(date).getUTCDay() || 7;
}

function toDay(date: number): string {
  return utcDay(new Date(date));
}
