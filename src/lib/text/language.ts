import { LOCALES, type Locale } from '../locales.ts';

/** Small words that one language has and the other has not. */
const SMALL_WORDS: Record<Locale, ReadonlySet<string>> = {
  en: new Set(
    (
      'the and of to that was were is are he she they we you his her their our my your with for from this have had has not ' +
      'but what who when at by be been will would because there it them him one all so'
    ).split(' '),
  ),
  es: new Set(
    (
      'el la los las un una y de del al que en por para con su sus mi mis nos se lo le les fue era eran es son está están ' +
      'estaba pero como más muy ya sin porque cuando donde quien ellos ella ellas él yo tú usted nosotros hay'
    ).split(' '),
  ),
};
const WORD = /[\p{L}\p{M}]+/gu;
const LOOKED_AT = 2_000;

/** BCP 47: the language that a text is in by its small words; `und` where they do not tell. */
export type TextLanguage = Locale | 'und';

export function languageOfText(text: string): TextLanguage {
  const words = text.slice(0, LOOKED_AT).normalize('NFC').toLowerCase().match(WORD) ?? [];
  const counts = LOCALES.map((locale) => ({
    locale,
    count: words.filter((word) => SMALL_WORDS[locale].has(word)).length,
  })).sort((a, b) => b.count - a.count);
  const [first, second] = counts;
  return first && first.count > 1.5 * (second?.count ?? 0) ? first.locale : 'und';
}
