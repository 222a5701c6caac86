import type { FastifyInstance } from 'fastify';
import type { Infra } from '../infra.ts';
import { AppError } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import { paths } from '../lib/urls.ts';
import type { Office } from '../offices/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { type Petition, petitionText, phaseOf } from '../petitions/petition.ts';
import { clientNetwork } from '../web/client-network.ts';
import { OFFICE_OF, type OfficeOfParams, readQuery, SLUG, type SlugParams } from '../web/params.ts';
import type { RateLimiter, RateRule } from '../web/rate-limit.ts';
import { officesByHand } from './by-hand.ts';
import type { ByHandViews } from './by-hand.view.ts';

type Slug = { Params: SlugParams };
type OfOffice = { Params: OfficeOfParams };

/** A household or a class that writes together passes; a script that counts itself up does not get far. */
export const SAID_RULE: RateRule = { perMinute: 6, burst: 12 };

/** "By your own hand": public pages with what it takes to write to an office oneself. */
export function registerByHandRoutes(
  app: FastifyInstance,
  deps: Pick<Infra, 'translator' | 'clock'> &
    Pick<PetitionService, 'getPetition'> &
    Pick<OfficesRoom, 'listKnownOffices'> & {
      /** over the facts as they are now */
      getViews(): Promise<ByHandViews>;
      limiter: RateLimiter | undefined;
    },
): void {
  const { getPetition, listKnownOffices, getViews, translator, limiter, clock } = deps;
  const isClosed = (petition: Petition) => phaseOf(petition, clock.now()) === 'closed';

  async function viewOf(slug: string, locale: Locale, thanked?: string) {
    const petition = await getPetition(slug);
    const offices = await listKnownOffices();
    const views = await getViews();
    return views.byHandView({ petition, offices, thanked, locale, isClosed: isClosed(petition) });
  }

  /** @throws PETITION_NOT_FOUND; PAGE_NOT_FOUND when nobody is asked to write to it themselves */
  async function find(slug: string, officeId: string): Promise<{ petition: Petition; office: Office }> {
    const petition = await getPetition(slug);
    const office = officesByHand(petition, await listKnownOffices()).find(({ _id }) => _id === officeId);
    if (!office) throw new AppError('PAGE_NOT_FOUND');
    return { petition, office };
  }

  app.get<Slug>('/petitions/:slug/by-hand', SLUG, async (request, reply) => {
    const { locale } = request;
    const { slug } = request.params;
    const petition = await getPetition(slug);
    // Known offices only: else every made-up one would fill the cache with a page of its own.
    const { said } = readQuery(request);
    const thanked = petition.officeIds.find((id) => id === said);
    const path = paths.byHand(locale, slug);
    return reply.cachedPage(`${path}?${thanked ?? ''}`, async () => {
      const view = await viewOf(slug, locale, thanked);
      const title = translator.t(locale, 'byHand.title');
      const description = translator.t(locale, 'byHand.lead', { title: view.petitionTitle });
      return { page: 'by-hand', frame: { locale, path, title, description }, view };
    });
  });

  app.get<OfOffice>('/petitions/:slug/by-hand/:officeId', OFFICE_OF, async (request, reply) => {
    const { locale } = request;
    const { slug, officeId } = request.params;
    const path = paths.byHandLetter(locale, slug, officeId);
    return reply.cachedPage(path, async () => {
      const { petition, office } = await find(slug, officeId);
      const views = await getViews();
      const view = views.letterView(petition, office, locale, isClosed(petition));
      const description = petitionText(petition, locale).summary;
      return { page: 'by-hand-letter', frame: { locale, path, title: view.heading, description }, view };
    });
  });

  app.post<OfOffice>('/petitions/:slug/by-hand/:officeId', OFFICE_OF, async (request, reply) => {
    const { locale } = request;
    const { petition, office } = await find(request.params.slug, request.params.officeId);
    const seconds = limiter?.take(clientNetwork(request.ip)) ?? 0;
    if (seconds > 0) throw new AppError('RATE_LIMITED', { retryAfterSeconds: seconds });
    // Thanked and not counted: nobody can tell who presses, and a number that one visitor can raise says nothing.
    request.log.info({ petitionId: petition._id, officeId: office._id }, 'by-hand.said');
    const page = paths.byHand(locale, petition._id);
    return reply
      .header('cache-control', 'no-store')
      .redirect(`${page}?said=${office._id}#office-${office._id}`, 303);
  });
}
