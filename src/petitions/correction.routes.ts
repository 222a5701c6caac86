import type { FastifyInstance } from 'fastify';
import type { Translator } from '../lib/i18n.ts';
import { paths } from '../lib/urls.ts';
import { correctionViews } from './correction.view.ts';
import type { Catalog } from './petition.ts';

/** What was wrong on these pages, and since when it is not. */
export function registerCorrectionRoutes(
  app: FastifyInstance,
  deps: { translator: Translator; getCatalog(): Promise<Catalog> },
): void {
  const { translator, getCatalog } = deps;

  app.get('/corrections', async (request, reply) => {
    const { locale } = request;
    const path = paths.corrections(locale);
    const title = translator.t(locale, 'corrections.title');
    const description = translator.t(locale, 'corrections.lead');
    return reply.cachedPage(path, async () => ({
      page: 'corrections',
      frame: { locale, path, title, description },
      view: { corrections: correctionViews(await getCatalog(), locale) },
    }));
  });
}
