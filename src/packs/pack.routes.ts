import type { FastifyInstance } from 'fastify';
import type { Infra } from '../infra.ts';
import { paths } from '../lib/urls.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { PACK_FILE, type PackFileParams, SLUG, type SlugParams } from '../web/params.ts';
import type { PackService } from './pack.service.ts';
import { packsView } from './pack.view.ts';

/** As long as a page: a change of the petition is in the next download. */
const CACHE_CONTROL = 'public, max-age=0, s-maxage=60';

type Slug = { Params: SlugParams };
type File = { Params: PackFileParams };

/** The page that explains the packs, and the packs themselves. */
export function registerPackRoutes(
  app: FastifyInstance,
  deps: Pick<Infra, 'translator' | 'clock'> &
    Pick<PetitionService, 'getPetition'> & {
      packs: Pick<PackService, 'listPacks' | 'renderPack' | 'listHandedIn'>;
    },
): void {
  const { packs, getPetition, translator, clock } = deps;

  app.get<Slug>('/petitions/:slug/packs', SLUG, (request, reply) => {
    const { locale } = request;
    const { slug } = request.params;
    const path = paths.packs(locale, slug);
    return reply.cachedPage(path, async () => {
      const view = packsView({
        petition: await getPetition(slug),
        packs: await packs.listPacks(slug),
        handedIn: await packs.listHandedIn(slug),
        translator,
        locale,
        now: clock.now(),
      });
      const title = translator.t(locale, 'packs.title', { title: view.petitionTitle });
      const description = translator.t(locale, 'packs.lead');
      return { page: 'packs', frame: { locale, path, title, description }, view };
    });
  });

  app.get<File>('/petitions/:slug/packs/:file', PACK_FILE, async (request, reply) => {
    const { slug, file } = request.params;
    const { bytes, etag } = await packs.renderPack(slug, file);
    reply.header('etag', etag).header('cache-control', CACHE_CONTROL);
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply
      .type('application/pdf')
      .header('content-disposition', `attachment; filename="${slug}-${file}"`)
      .send(bytes);
  });
}
