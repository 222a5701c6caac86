/** The languages that every public string exists in. The first is the fallback. */
export const LOCALES = ['en', 'es'] as const;
export type Locale = (typeof LOCALES)[number];
export type Localized<T> = Record<Locale, T>;

export function isLocale(value: unknown): value is Locale {
  return LOCALES.some((locale) => locale === value);
}

/** BCP 47 tags for Intl: Mexican conventions for Spanish, US ones for English. */
export const INTL_TAG: Localized<string> = { en: 'en-US', es: 'es-MX' };

/** BCP 47 tags of what we write, for `lang`: numbers and dates of a Spanish page are Mexican, and are read aloud as such. */
export const LANG_TAG: Localized<string> = { en: 'en', es: 'es-MX' };

/** RFC 9110 `Accept-Language`, by quality, matched on the primary subtag. */
export function negotiateLocale(acceptLanguage: string | undefined): Locale {
  const wanted = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map((part, index) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((p) => p.trim()).find((p) => p.startsWith('q='));
      const q = quality ? Number(quality.slice(2)) : 1;
      return { language: tag.toLowerCase().split('-')[0], q: Number.isFinite(q) ? q : 0, index };
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q || a.index - b.index);
  for (const { language } of wanted) if (isLocale(language)) return language;
  return LOCALES[0];
}
