import { INTL_TAG, type Locale, type Localized } from './locales.ts';
import { wallOf } from './wall-clock.ts';

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

/** For a sentence: "December 5, 2026 at 8:00 AM CST"; at midnight the day alone. */
export function formatMoment(moment: Date, locale: Locale, zone: string): string {
  if (wallOf(moment, zone).time === '00:00') return formatDate(moment, locale, zone);
  const options = { ...TO_THE_MINUTE, month: 'long', timeZoneName: 'long', timeZone: zone } as const;
  return new Intl.DateTimeFormat(INTL_TAG[locale], options).format(moment);
}

const TO_THE_MINUTE = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
} as const;

/** To the minute, with the name of the zone: "Nov 24, 2026, 6:05 AM CST". */
export function formatDateTime(moment: Date, locale: Locale, zone: string): string {
  return new Intl.DateTimeFormat(INTL_TAG[locale], { ...TO_THE_MINUTE, timeZone: zone }).format(moment);
}

/** A calendar day, `2026-11-24`, or a month of which no day is known, `2026-11`; the same wherever it is read. */
export function formatDay(day: string, locale: Locale): string {
  const [options, first] =
    day.length > 7
      ? [{ dateStyle: 'long' } as const, day]
      : [{ year: 'numeric', month: 'long' } as const, `${day}-01`];
  return new Intl.DateTimeFormat(INTL_TAG[locale], { ...options, timeZone: 'UTC' }).format(new Date(first));
}

const lists: Localized<Intl.ListFormat> = {
  en: new Intl.ListFormat(INTL_TAG.en, { type: 'conjunction' }),
  es: new Intl.ListFormat(INTL_TAG.es, { type: 'conjunction' }),
};
/** Begins with the sound of i, which "y" would be swallowed by; the hi of "hierba" and the y of "Yucatán" are consonants. */
const SOUNDS_LIKE_Y = /^[^\p{L}\p{N}]*(?:[ií](?![aeouáéóú])|hi(?![aeouáéóú])|hí|y(?![aeiouáéíóú]))/iu;

/**
 * "A, B and C"; "Chiapas e Hidalgo", "México e Ítaca", "Texas e «Idaho»": Intl.ListFormat of CLDR 48 does not see an accent
 * or a quotation mark.
 */
export function formatList(items: readonly string[], locale: Locale): string {
  const parts = lists[locale].formatToParts(items);
  return parts
    .map(({ type, value }, at) => {
      if (locale !== 'es' || type !== 'literal' || !/ [ye] $/.test(value)) return value;
      return value.replace(/ [ye] $/, SOUNDS_LIKE_Y.test(parts[at + 1]?.value ?? '') ? ' e ' : ' y ');
    })
    .join('');
}
