import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fastifyView, { type FastifyViewOptions } from '@fastify/view';
import type { FastifyInstance } from 'fastify';
import Handlebars from 'handlebars';
import { formatNumber } from '../lib/format.ts';
import type { MessageValues, Translator } from '../lib/i18n.ts';
import { LANG_TAG, type Locale } from '../lib/locales.ts';

/** What templates are rendered with: the folder that holds them, and what their helpers ask. */
export type Templates = {
  folder: string;
  translator: Translator;
  assetUrl(name: string): string;
  /** what a file of `public/` holds, to be put into a page as it is */
  assetText(name: string): string;
};

/**
 * Gives the app `view`, and its replies `viewAsync`: a page of `templates/pages` in its layout. Templates are named by
 * their whole path in the folder, such as `pages/home.hbs`.
 */
export async function registerPageViews(app: FastifyInstance, templates: Templates): Promise<void> {
  // Without it the package makes an object for every request, in a hook; no template here asks for it.
  app.decorateReply('locals', null);
  await app.register(fastifyView, viewOptions(templates, { layout: 'layouts/page.hbs' }));
}

/**
 * Options of @fastify/view, with a Handlebars of its own. Partials are compiled when it is registered. The cache holds
 * more than all templates: at its default size they would push each other out, and be compiled at every rendering.
 */
export function viewOptions(
  { folder, ...asked }: Templates,
  { layout, isText = false }: { layout?: string; isText?: boolean } = {},
): FastifyViewOptions {
  const handlebars = Handlebars.create();
  registerHelpers(handlebars, asked);
  return {
    engine: { handlebars },
    root: folder,
    production: true,
    maxCache: 1_000,
    ...(layout && { layout }),
    options: {
      partials: partialFiles(folder),
      compileOptions: { noEscape: isText, preventIndent: true },
      // The view is what a template is given; without this it is copied once more for each.
      useDataVariables: true,
    },
  };
}

function registerHelpers(
  handlebars: typeof Handlebars,
  { translator, assetUrl, assetText }: Omit<Templates, 'folder'>,
): void {
  const localeOf = (options: Handlebars.HelperOptions): Locale => options.data.root.locale;
  handlebars.registerHelper({
    t: (key: string, options: Handlebars.HelperOptions) =>
      translator.t(localeOf(options), key, options.hash as MessageValues),
    number: (value: number, options: Handlebars.HelperOptions) => formatNumber(value, localeOf(options)),
    langTag: (options: Handlebars.HelperOptions) => LANG_TAG[localeOf(options)],
    asset: (name: string) => assetUrl(name),
    inlined: (name: string) => new Handlebars.SafeString(assetText(name)),
    eq: (a: unknown, b: unknown) => a === b,
  });
}

/** The name of each partial to its file. */
function partialFiles(folder: string): Record<string, string> {
  const files = readdirSync(join(folder, 'partials')).filter((file) => file.endsWith('.hbs'));
  return Object.fromEntries(files.map((file) => [file.slice(0, -'.hbs'.length), `partials/${file}`]));
}
