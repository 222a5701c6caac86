import type { FastifyInstance } from 'fastify';
import type { Translator } from '../lib/i18n.ts';
import { paths } from '../lib/urls.ts';
import type { PageCache } from '../web/page-cache.ts';
import { localeOf } from '../web/security.ts';
import { correctionViews } from './correction.view.ts';
import type { Catalog } from './petition.ts';

/** What was wrong on these pages, and since when it is not. */
export function registerCorrectionRoutes(
  app: FastifyInstance,
  deps: { cache: PageCache; translator: Translator; catalog: Catalog },
): void {
  const { cache, translator, catalog } = deps;

  app.get('/:locale/corrections', async (request, reply) => {
    const locale = localeOf(request);
    const path = paths.corrections(locale);
    const title = translator.t(locale, 'corrections.title');
    const description = translator.t(locale, 'corrections.lead');
    return cache.sendPage(request, reply, path, async () => ({
      page: 'corrections',
      frame: { locale, path, title, description },
      view: { corrections: correctionViews(catalog, locale) },
    }));
  });
}
