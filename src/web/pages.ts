import type { Campaign } from '../campaign/campaign.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { pageFrame } from './page-frame.ts';
import type { Views } from './views.ts';

export type PageOptions = {
  locale: Locale;
  path: string;
  title: string;
  description?: string;
  isPrivate?: boolean;
  refreshSeconds?: number;
};

/** A page in its frame: one call from a route to HTML. */
export function createPages(deps: {
  views: Pick<Views, 'render'>;
  translator: Translator;
  publicUrl: string;
  getCampaign(): Promise<Campaign>;
}) {
  const { views, translator, publicUrl, getCampaign } = deps;

  async function renderPage(page: string, options: PageOptions, view: object = {}): Promise<string> {
    const { description = translator.t(options.locale, 'home.description'), ...rest } = options;
    const campaign = await getCampaign();
    return views.render(page, { ...view, ...pageFrame({ ...rest, description, publicUrl, campaign }) });
  }

  return { renderPage };
}
export type Pages = ReturnType<typeof createPages>;
