import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { pageFrame, type Typed, type Who } from './page-frame.ts';

export type PageOptions = {
  locale: Locale;
  path: string;
  title: string;
  description?: string;
  isPrivate?: boolean;
  refreshSeconds?: number;
  /** the form as it was typed, which the language switch takes along */
  typed?: Typed;
};

/** A page as its route draws it: which template, in which frame, and what it shows. */
export type Drawn = { page: string; frame: PageOptions; view?: object };
/** All that a page's HTML is made of: equal ones give equal HTML. */
export type ComposedPage = { page: string; view: object };

/** A page in its frame: one call from a route to HTML. */
export function createPages(deps: {
  /** the app's `view`: a template by its file, in the layout of pages */
  view(file: string, data: object): Promise<string>;
  translator: Translator;
  publicUrl: string;
  getWho(locale: Locale): Promise<Who>;
}) {
  const { view: renderFile, translator, publicUrl, getWho } = deps;

  async function compose({ page, frame, view = {} }: Drawn): Promise<ComposedPage> {
    const { description = translator.t(frame.locale, 'home.description'), ...rest } = frame;
    const who = await getWho(frame.locale);
    return { page, view: { ...view, ...pageFrame({ ...rest, description, publicUrl, who }) } };
  }

  function render({ page, view }: ComposedPage): Promise<string> {
    return renderFile(`pages/${page}.hbs`, view);
  }

  async function renderPage(page: string, frame: PageOptions, view: object = {}): Promise<string> {
    return render(await compose({ page, frame, view }));
  }

  return { compose, render, renderPage };
}
export type Pages = ReturnType<typeof createPages>;
