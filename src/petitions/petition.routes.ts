import type { FastifyInstance } from 'fastify';
import type { CampaignService } from '../campaign/campaign.service.ts';
import type { Infra } from '../infra.ts';
import { paths } from '../lib/urls.ts';
import { readQuery, SLUG, type SlugParams } from '../web/params.ts';
import type { PetitionPage } from './petition.page.ts';
import type { PetitionService } from './petition.service.ts';
import { homeView, petitionCard } from './petition.view.ts';
import type { Counts } from './shown-tally.ts';
import { toSource } from './source.ts';

type Slug = { Params: SlugParams };

export function registerPetitionRoutes(
  app: FastifyInstance,
  deps: Pick<Infra, 'translator' | 'clock'> &
    Pick<CampaignService, 'getZone'> & {
      petitions: Pick<PetitionService, 'listPetitions' | 'getPetition'>;
      tallies: Pick<Counts, 'getTotal' | 'knownAt'>;
      page: PetitionPage;
      /** adds one in memory, and is never waited for */
      noteSeen(petitionId: string, source: string): void;
    },
): void {
  const { petitions, tallies, page, noteSeen, translator, getZone, clock } = deps;

  app.get('', async (request, reply) => {
    const { locale } = request;
    const path = paths.home(locale);
    return reply.cachedPage(path, async () => {
      const reader = { locale, zone: await getZone(), now: clock.now() };
      const cards = await Promise.all(
        (await petitions.listPetitions()).map(async (petition) =>
          petitionCard(petition, await tallies.getTotal(petition._id), reader),
        ),
      );
      const frame = { locale, path, title: translator.t(locale, 'home.title') };
      return { page: 'home', frame, view: homeView(cards), knownAt: tallies.knownAt() };
    });
  });

  app.get<Slug>('/petitions/:slug', SLUG, (request, reply) => {
    const { locale } = request;
    const { slug } = request.params;
    // Registered sources only: else every made-up one would fill the cache with a page of its own.
    const known = toSource(readQuery(request).source);
    if (request.method === 'GET') noteSeen(slug, known);
    return reply.cachedPage(`${locale}/${slug}/${known}`, async () => ({
      ...(await page.draw(await petitions.getPetition(slug), locale, { values: { source: known } })),
      knownAt: tallies.knownAt(),
    }));
  });
}
