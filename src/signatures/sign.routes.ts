import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isAppError } from '../lib/errors.ts';
import { paths } from '../lib/urls.ts';
import type { Petition } from '../petitions/petition.ts';
import { clientNetwork } from '../web/client-network.ts';
import type { RateLimiter } from '../web/rate-limit.ts';
import { checkOrigin, localeOf, PRIVATE_HEADERS } from '../web/security.ts';
import { type TypedValues, typedValues } from './form.view.ts';
import type { IntakeService } from './intake.service.ts';
import { readForm, SignForm } from './signature.schema.ts';

type Attempt = { values: TypedValues; errors?: Record<string, string>; problem?: string };

/** Takes the form. Whatever goes wrong, what was typed comes back. */
export function registerSignRoutes(
  app: FastifyInstance,
  deps: {
    getPetition(slug: string): Promise<Petition>;
    intake: IntakeService;
    renderPetition(petition: Petition, locale: 'en' | 'es', attempt: Attempt): Promise<string>;
    limiter: RateLimiter | undefined;
    publicUrl: string;
    isUnavailable(error: unknown): boolean;
  },
): void {
  const { getPetition, intake, renderPetition, limiter, publicUrl, isUnavailable } = deps;

  app.post<{ Params: { slug: string } }>('/:locale/petitions/:slug/signatures', async (request, reply) => {
    const locale = localeOf(request);
    const petition = await getPetition(request.params.slug);
    const again = async (status: number, attempt: Omit<Attempt, 'values'>) =>
      sendForm(
        reply,
        status,
        await renderPetition(petition, locale, { values: typedValues(request.body), ...attempt }),
      );

    if (!isSameSite(request, publicUrl)) return again(403, { problem: 'origin' });
    const network = clientNetwork(request.ip);
    const seconds = limiter?.take(network) ?? 0;
    if (seconds > 0) {
      reply.header('retry-after', String(seconds));
      return again(429, { problem: 'tooMany' });
    }
    const form = readForm(SignForm, request.body);
    if (!form.ok) return again(422, { errors: form.errors });
    try {
      await intake.sign({ petition, form: form.value, locale, network });
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      request.log.error({ err: error, petitionId: petition._id }, 'signature.not-stored');
      reply.header('retry-after', '5');
      return again(503, { problem: 'unavailable' });
    }
    return reply.header('cache-control', 'no-store').redirect(paths.checkYourEmail(locale), 303);
  });
}

function isSameSite(request: FastifyRequest, publicUrl: string): boolean {
  try {
    checkOrigin(request, publicUrl);
    return true;
  } catch (error) {
    if (isAppError(error, 'ORIGIN_REFUSED')) return false;
    throw error;
  }
}

function sendForm(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.code(status).headers(PRIVATE_HEADERS).type('text/html; charset=utf-8').send(html);
}
