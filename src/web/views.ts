import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inline } from '@css-inline/css-inline';
import Handlebars from 'handlebars';
import { formatNumber } from '../lib/format.ts';
import type { MessageValues, Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { wrapText } from '../lib/text/wrap-text.ts';

type Template = (view: unknown, options?: unknown) => string;
export type Mail = { subject: string; html: string; text: string };

/**
 * Every template, compiled once at boot; partials as functions, which costs a tenth of partials as text.
 * A page lies in `pages/`, its frame in `layouts/page.hbs`, which gets the page as `body`.
 */
export function createViews(options: {
  folder: string;
  translator: Translator;
  assetUrl(name: string): string;
}) {
  const { folder, translator, assetUrl } = options;
  const handlebars = Handlebars.create();
  registerHelpers(handlebars, translator, assetUrl);
  for (const name of names(folder, 'partials')) {
    handlebars.registerPartial(name, compile(handlebars, folder, `partials/${name}`) as never);
  }
  const pages = templates(handlebars, folder, 'pages');
  const emails = templates(handlebars, folder, 'emails');
  const layouts = templates(handlebars, folder, 'layouts');

  /** A whole page. The view holds what the page's first line names, and the frame. */
  function render(page: string, view: object): string {
    const body = get(pages, page)(view);
    return get(layouts, 'page')({ ...view, body });
  }

  /** Both parts of a mail; the text part is not HTML and is written as such. */
  function renderMail(name: string, locale: Locale, view: object, layout: 'mail' | 'letter' = 'mail'): Mail {
    const subject = translator.t(locale, `mail.${name}.subject`, view as MessageValues);
    const whole = { ...view, locale, subject };
    const body = get(emails, `${name}.html`)(whole);
    const text = get(emails, `${name}.text`)(whole);
    const plain = text.replace(/\n{3,}/g, '\n\n').trim();
    return {
      subject,
      html: inline(get(layouts, layout)({ ...whole, body }), {
        loadRemoteStylesheets: false,
        keepStyleTags: false,
      }),
      // A letter is wrapped by its own room, which first has to find the headings.
      text: `${layout === 'mail' ? wrapText(plain) : plain}\n`,
    };
  }

  return { render, renderMail };
}
export type Views = ReturnType<typeof createViews>;

function registerHelpers(
  handlebars: typeof Handlebars,
  translator: Translator,
  assetUrl: (name: string) => string,
): void {
  const localeOf = (options: Handlebars.HelperOptions): Locale => options.data.root.locale;
  handlebars.registerHelper({
    t: (key: string, options: Handlebars.HelperOptions) =>
      translator.t(localeOf(options), key, options.hash as MessageValues),
    number: (value: number, options: Handlebars.HelperOptions) => formatNumber(value, localeOf(options)),
    asset: (name: string) => assetUrl(name),
    eq: (a: unknown, b: unknown) => a === b,
  });
}

function names(folder: string, kind: string): string[] {
  return readdirSync(join(folder, kind))
    .filter((file) => file.endsWith('.hbs'))
    .map((file) => file.slice(0, -'.hbs'.length));
}

function templates(handlebars: typeof Handlebars, folder: string, kind: string): Map<string, Template> {
  return new Map(names(folder, kind).map((name) => [name, compile(handlebars, folder, `${kind}/${name}`)]));
}

/** Text parts of mails are not escaped; everything else is. */
function compile(handlebars: typeof Handlebars, folder: string, name: string): Template {
  const source = readFileSync(join(folder, `${name}.hbs`), 'utf8');
  return handlebars.compile(source, {
    noEscape: name.endsWith('.text'),
    strict: false,
    preventIndent: true,
  }) as Template;
}

function get(from: Map<string, Template>, name: string): Template {
  const template = from.get(name);
  if (!template) throw new Error(`no template "${name}"`);
  return template;
}
