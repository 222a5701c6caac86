import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Infra } from '../infra.ts';
import { AppError } from '../lib/errors.ts';
import { readForm } from '../lib/form-faults.ts';
import { isShowAgain, typedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { type Petition, petitionText, phaseOf } from '../petitions/petition.ts';
import { clientNetwork } from '../web/client-network.ts';
import { readQuery, SLUG, type SlugParams } from '../web/params.ts';
import type { RateLimiter } from '../web/rate-limit.ts';
import { KEEPS_FORM } from '../web/security.ts';
import type { LostLinkService } from './lost-link.service.ts';
import { LostLinkForm } from './signature.schema.ts';
import { lostLinkView, type Refused } from './signature.view.ts';

type Slug = { Params: SlugParams };

/** The page where who signed a closed petition asks for the private link. While it is open, signing again sends the link. */
export function registerLostLinkRoutes(
  app: FastifyInstance,
  deps: Pick<Infra, 'translator' | 'clock'> &
    Pick<PetitionService, 'getPetition'> & { lostLink: LostLinkService; limiter: RateLimiter | undefined },
): void {
  const { getPetition, lostLink, limiter, translator, clock } = deps;
  const path = '/petitions/:slug/links';

  async function show(request: FastifyRequest<Slug>, reply: FastifyReply, refused?: Refused) {
    const { locale, params } = request;
    const petition = await getPetition(params.slug);
    const view = lostLinkView(petition, translator, locale, refused);
    const typed = refused && { typed: { action: view.action, values: refused.values } };
    const frame = { title: translator.t(locale, 'lostLink.title'), path: view.action, ...typed };
    const isFaulty = Object.keys(refused?.errors ?? {}).length > 0;
    return reply.page({ page: 'lost-link', isFaulty, frame, view });
  }

  /** While it can be signed, signing again sends the link too. */
  const isClosed = (petition: Petition) => ['closed', 'paused'].includes(phaseOf(petition, clock.now()));
  const toForm = (request: FastifyRequest<Slug>, reply: FastifyReply) =>
    reply
      .header('cache-control', 'no-store')
      .redirect(`${paths.petition(request.locale, encodeURIComponent(request.params.slug))}#sign`, 303);

  app.get<Slug>(path, SLUG, async (request, reply) => {
    const { locale, params } = request;
    const petition = await getPetition(params.slug);
    if (!isClosed(petition)) return toForm(request, reply);
    if (!readQuery(request).asked) return show(request, reply);
    const { title } = petitionText(petition, locale);
    const view = { petitionTitle: title, againPath: paths.lostLink(locale, petition._id) };
    const frame = { title: translator.t(locale, 'lostLink.asked'), path: view.againPath };
    return reply.page({ page: 'lost-link-asked', frame, view });
  });

  app.post<Slug>(path, { ...SLUG, ...KEEPS_FORM }, async (request, reply) => {
    const { locale, params, body } = request;
    const petition = await getPetition(params.slug);
    if (!isClosed(petition)) return toForm(request, reply);
    const seconds = limiter?.take(clientNetwork(request.ip)) ?? 0;
    if (seconds > 0) throw new AppError('RATE_LIMITED', { retryAfterSeconds: seconds });
    const form = readForm(LostLinkForm, body);
    if (!form.ok || isShowAgain(body)) {
      return show(request, reply, { values: typedValues(body), errors: form.ok ? {} : form.errors });
    }
    await lostLink.request(petition, form.value.email, locale);
    return reply
      .header('cache-control', 'no-store')
      .redirect(`${paths.lostLink(locale, petition._id)}?asked`, 303);
  });
}
