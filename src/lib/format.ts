import { INTL_TAG, type Locale, type Localized } from './locales.ts';

const numbers: Localized<Intl.NumberFormat> = {
  en: new Intl.NumberFormat(INTL_TAG.en),
  es: new Intl.NumberFormat(INTL_TAG.es),
};

export function formatNumber(value: number, locale: Locale): string {
  return numbers[locale].format(value);
}

/** "November 24, 2026", "24 de noviembre de 2026"; in UTC unless an IANA zone is given. */
export function formatDate(date: Date | string, locale: Locale, zone = 'UTC'): string {
  return new Intl.DateTimeFormat(INTL_TAG[locale], { dateStyle: 'long', timeZone: zone }).format(
    new Date(date),
  );
}
