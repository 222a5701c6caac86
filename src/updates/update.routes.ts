import type { FastifyInstance } from 'fastify';
import type { Infra } from '../infra.ts';
import { paths } from '../lib/urls.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { petitionText } from '../petitions/petition.ts';
import { SLUG, type SlugParams } from '../web/params.ts';
import type { UpdateService } from './update.service.ts';
import { timelineView } from './update.view.ts';

type Slug = { Params: SlugParams };
/** As many as a page can well hold: years of updates. */
const MOST = 200;

/** Every update of a petition, the newest first. */
export function registerUpdateRoutes(
  app: FastifyInstance,
  deps: Pick<Infra, 'translator'> &
    Pick<PetitionService, 'getPetition'> &
    Pick<UpdateService, 'listPublished'> & { getZone(): Promise<string> },
): void {
  const { getPetition, listPublished, getZone, translator } = deps;

  app.get<Slug>('/petitions/:slug/updates', SLUG, (request, reply) => {
    const { locale } = request;
    const { slug } = request.params;
    return reply.cachedPage(`${locale}/${slug}/updates`, async () => {
      const petition = await getPetition(slug);
      const [published, zone] = await Promise.all([listPublished(slug), getZone()]);
      const petitionTitle = petitionText(petition, locale).title;
      const title = translator.t(locale, 'news.titleOf', { petitionTitle });
      return {
        page: 'updates',
        frame: { locale, path: paths.updates(locale, slug), title },
        view: {
          petitionTitle,
          petitionPath: paths.petition(locale, slug),
          ...timelineView(published, slug, { locale, zone, limit: MOST }),
        },
      };
    });
  });
}
