import type { FastifyInstance } from 'fastify';
import type { Translator } from '../lib/i18n.ts';
import { paths } from '../lib/urls.ts';
import { toSource } from '../signatures/signature.ts';
import type { PageCache } from '../web/page-cache.ts';
import type { Pages } from '../web/pages.ts';
import { localeOf } from '../web/security.ts';
import type { PetitionPage } from './petition.page.ts';
import type { PetitionService } from './petition.service.ts';
import { petitionCard } from './petition.view.ts';

type Slug = { Params: { slug: string }; Querystring: { source?: unknown } };

export function registerPetitionRoutes(
  app: FastifyInstance,
  deps: {
    petitions: Pick<PetitionService, 'listOpenPetitions' | 'getPetition'>;
    getTotals(petitionIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
    page: PetitionPage;
    pages: Pages;
    cache: PageCache;
    translator: Translator;
  },
): void {
  const { petitions, getTotals, page, pages, cache, translator } = deps;

  async function openWithTotals() {
    const open = await petitions.listOpenPetitions();
    return { open, totals: await getTotals(open.map(({ _id }) => _id)) };
  }

  app.get('/:locale', async (request, reply) => {
    const locale = localeOf(request);
    const path = paths.home(locale);
    return cache.sendPage(request, reply, path, {
      version: async () => {
        const { open, totals } = await openWithTotals();
        return open.map(({ _id }) => `${_id}:${totals.get(_id) ?? 0}`).join();
      },
      render: async () => {
        const { open, totals } = await openWithTotals();
        const cards = open.map((petition) => petitionCard(petition, totals.get(petition._id) ?? 0, locale));
        return pages.renderPage(
          'home',
          { locale, path, title: translator.t(locale, 'home.title') },
          { petitions: cards },
        );
      },
    });
  });

  app.get<Slug>('/:locale/petitions/:slug', (request, reply) => {
    const locale = localeOf(request);
    const { slug } = request.params;
    const { source } = request.query;
    // Registered sources only: else every made-up one would fill the cache with a page of its own.
    const known = typeof source === 'string' ? toSource(source) : 'direct';
    return cache.sendPage(request, reply, `${locale}/${slug}/${known}`, {
      version: async () => page.version(await petitions.getPetition(slug)),
      render: async () =>
        page.render(await petitions.getPetition(slug), locale, { values: { source: known } }),
    });
  });
}
