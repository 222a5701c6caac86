import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { INTL_TAG, LOCALES, type Locale } from './locales.ts';

export type MessageValues = Record<string, string | number | Date>;
type Message = string | IntlMessageFormat;

/** `{topic}.{locale}.json` files of flat keys, ICU messages, parsed at boot: a broken one stops the start and not a page. */
export function createTranslator(folder: string) {
  const messages = new Map(LOCALES.map((locale) => [locale, loadMessages(folder, locale)]));

  /** @throws on a key that no file has: a missing text is a defect, not something to show */
  function t(locale: Locale, key: string, values: MessageValues = {}): string {
    const message = messages.get(locale)?.get(key);
    if (message === undefined) throw new Error(`no text "${key}" in ${locale}`);
    return typeof message === 'string' ? message : String(message.format(values));
  }

  function has(locale: Locale, key: string): boolean {
    return messages.get(locale)?.has(key) === true;
  }

  return { t, has };
}
export type Translator = ReturnType<typeof createTranslator>;

function loadMessages(folder: string, locale: Locale): Map<string, Message> {
  const loaded = new Map<string, Message>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(`.${locale}.json`))) {
    const texts = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string>;
    for (const [key, text] of Object.entries(texts)) {
      if (loaded.has(key)) throw new Error(`the text "${key}" stands in two files`);
      // Most texts are plain: only those with something to fill in are messages.
      loaded.set(
        key,
        /[{}'<]/.test(text)
          ? new IntlMessageFormat(text, INTL_TAG[locale], undefined, { ignoreTag: true })
          : text,
      );
    }
  }
  return loaded;
}
