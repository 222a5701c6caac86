import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import { domainOf } from '../lib/misspelt-address.ts';
import { isShowAgain, type TypedValues, typedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { Petition } from '../petitions/petition.ts';
import { clientNetwork } from '../web/client-network.ts';
import { retryAfterSeconds, toAppError, wantsProblem } from '../web/errors.ts';
import type { Drawn } from '../web/pages.ts';
import { SLUG, type SlugParams } from '../web/params.ts';
import type { RateLimiter } from '../web/rate-limit.ts';
import { KEEPS_FORM } from '../web/security.ts';
import type { IntakeService } from './intake.service.ts';
import { readSignForm } from './signature.schema.ts';

type Slug = { Params: SlugParams };
type Attempt = { values: TypedValues; errors?: Record<string, string>; problem?: string; isSent: boolean };

/** A key under `form.problem.`: what is said above the form that comes back. After any other error there is no form. */
const PROBLEMS: Partial<Record<ErrorCode, string>> = {
  ORIGIN_REFUSED: 'origin',
  RATE_LIMITED: 'tooMany',
  DATABASE_UNAVAILABLE: 'unavailable',
  BODY_TOO_LARGE: 'tooLarge',
  MEDIA_TYPE_UNSUPPORTED: 'mediaType',
  REQUEST_MALFORMED: 'malformed',
  INTERNAL: 'internal',
};

/** Takes the form. Whatever goes wrong, what was typed comes back. */
export function registerSignRoutes(
  app: FastifyInstance,
  deps: Pick<PetitionService, 'getPetition'> & {
    intake: IntakeService;
    drawPetition(petition: Petition, locale: Locale, attempt: Attempt): Promise<Drawn>;
    limiter: RateLimiter | undefined;
    isUnavailable(error: unknown): boolean;
  },
): void {
  const { getPetition, intake, drawPetition, limiter, isUnavailable } = deps;
  const path = '/petitions/:slug/signatures';

  async function again(
    request: FastifyRequest<Slug>,
    reply: FastifyReply,
    status: number,
    attempt: Pick<Attempt, 'errors' | 'problem'>,
  ) {
    const petition = await getPetition(request.params.slug);
    const values = typedValues(request.body);
    const drawn = await drawPetition(petition, request.locale, { values, ...attempt, isSent: true });
    return reply.code(status).page({ ...drawn, frame: { ...drawn.frame, isPrivate: false } });
  }

  /** What is thrown here goes on to the page for errors, which keeps the fields too and needs no petition. */
  async function answerError(thrown: Error, request: FastifyRequest<Slug>, reply: FastifyReply) {
    const error = toAppError(thrown, isUnavailable);
    const problem = problemOf(error, request.body);
    if (!problem || wantsProblem(request)) throw error;
    if (error.status >= 500)
      request.log.error(
        { err: error.cause ?? error, petitionId: request.params.slug },
        'signature.not-stored',
      );
    const seconds = retryAfterSeconds(error);
    if (seconds) reply.header('retry-after', String(seconds));
    return again(request, reply, error.status, { problem }).catch(() => {
      throw error;
    });
  }

  app.post<Slug>(
    path,
    {
      ...SLUG,
      ...KEEPS_FORM,
      errorHandler: (error, request, reply) => answerError(error, request as never, reply),
    },
    async (request, reply) => {
      const { locale } = request;
      const petition = await getPetition(request.params.slug);
      const network = clientNetwork(request.ip);
      const seconds = limiter?.take(network) ?? 0;
      if (seconds > 0) throw new AppError('RATE_LIMITED', { retryAfterSeconds: seconds });
      const form = readSignForm(request.body);
      if (!form.ok) return again(request, reply, 422, { errors: form.errors });
      if (isShowAgain(request.body)) return again(request, reply, 200, {});
      await intake.sign({ petition, form: form.value, locale, network });
      const next = { at: domainOf(form.value.email.mailTo), slug: petition._id };
      return reply.header('cache-control', 'no-store').redirect(paths.checkYourEmail(locale, next), 303);
    },
  );

  // A form that came back stands at this address: whoever opens it again finds the form.
  app.get<Slug>(path, SLUG, async (request, reply) => {
    const petition = paths.petition(request.locale, encodeURIComponent(request.params.slug));
    return reply.header('cache-control', 'no-cache').redirect(`${petition}#sign`, 303);
  });
}

function problemOf({ code }: AppError, body: unknown): string | undefined {
  return code === 'BODY_TOO_LARGE' && !body ? 'tooLargeLost' : PROBLEMS[code];
}
