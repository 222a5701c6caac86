import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../lib/errors.ts';
import { typedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import { clientNetwork } from '../web/client-network.ts';
import { TOKEN, type TokenParams } from '../web/params.ts';
import type { RateLimiter } from '../web/rate-limit.ts';
import { PRIVATE_HEADERS } from '../web/security.ts';
import type { AlsoService, OwnPage } from './also.service.ts';
import type { DrawThanks } from './thanks.page.ts';

type Token = { Params: TokenParams };

/** The page of thanks, and the other petitions that are signed from it or from one's own page by one press. */
export function registerSignedRoutes(
  app: FastifyInstance,
  deps: {
    also: AlsoService;
    drawThanks: DrawThanks;
    limiter: RateLimiter | undefined;
  },
): void {
  const { also, drawThanks, limiter } = deps;
  const see = (reply: FastifyReply, path: string) => reply.headers(PRIVATE_HEADERS).redirect(path, 303);

  app.get<Token>('/signed/:token', TOKEN, async (request, reply) => {
    return reply.page(await drawThanks(request.locale, request.params.token));
  });

  async function signAlso(
    request: FastifyRequest<Token>,
    reply: FastifyReply,
    purpose: OwnPage['purpose'],
  ): Promise<FastifyReply> {
    const { locale } = request;
    const network = clientNetwork(request.ip);
    const seconds = limiter?.take(network) ?? 0;
    if (seconds > 0) throw new AppError('RATE_LIMITED', { retryAfterSeconds: seconds });
    const { petition = '' } = typedValues(request.body);
    const page = { purpose, token: request.params.token };
    const did = await also.signAlso(page, petition, { locale, network });
    if (did.did === 'signed') return see(reply, paths.signed(locale, did.signedToken));
    return see(reply, paths.checkYourEmail(locale, { at: did.at, slug: petition }));
  }

  app.post<Token>('/signed/:token/also', TOKEN, async (request, reply) => signAlso(request, reply, 'signed'));
  app.post<Token>('/my-signature/:token/also', TOKEN, async (request, reply) =>
    signAlso(request, reply, 'manage'),
  );
  // The page with the buttons is the one above.
  app.get<Token>('/signed/:token/also', TOKEN, async (request, reply) =>
    see(reply, paths.signed(request.locale, request.params.token)),
  );
  app.get<Token>('/my-signature/:token/also', TOKEN, async (request, reply) =>
    see(reply, paths.mySignature(request.locale, request.params.token)),
  );
}
