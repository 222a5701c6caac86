import { INTL_TAG, type Locale, type Localized } from './locales.ts';

const numbers: Localized<Intl.NumberFormat> = {
  en: new Intl.NumberFormat(INTL_TAG.en),
  es: new Intl.NumberFormat(INTL_TAG.es),
};

export function formatNumber(value: number, locale: Locale): string {
  return numbers[locale].format(value);
}

/** The day of a moment as people in that IANA zone count days: "November 24, 2026", "24 de noviembre de 2026". */
export function formatDate(moment: Date, locale: Locale, zone: string): string {
  return new Intl.DateTimeFormat(INTL_TAG[locale], { dateStyle: 'long', timeZone: zone }).format(moment);
}

/** A calendar day, `2026-11-24`, or a month of which no day is known, `2026-11`; the same wherever it is read. */
export function formatDay(day: string, locale: Locale): string {
  const [options, first] =
    day.length > 7
      ? [{ dateStyle: 'long' } as const, day]
      : [{ year: 'numeric', month: 'long' } as const, `${day}-01`];
  return new Intl.DateTimeFormat(INTL_TAG[locale], { ...options, timeZone: 'UTC' }).format(new Date(first));
}
