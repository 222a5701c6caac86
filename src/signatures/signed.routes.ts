import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Infra } from '../infra.ts';
import { AppError } from '../lib/errors.ts';
import { typedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import { isOpen, phaseOf } from '../petitions/petition.ts';
import { clientNetwork } from '../web/client-network.ts';
import { TOKEN, type TokenParams } from '../web/params.ts';
import type { RateLimiter } from '../web/rate-limit.ts';
import { PRIVATE_HEADERS } from '../web/security.ts';
import { type AlsoService, isStillThanks, type OwnPage } from './also.service.ts';
import type { LinkReader } from './linked.service.ts';
import type { SignedViews } from './signed.view.ts';

type Token = { Params: TokenParams };

/** The page of thanks, and the other petitions that are signed from it or from one's own page by one press. */
export function registerSignedRoutes(
  app: FastifyInstance,
  deps: Pick<Infra, 'translator' | 'clock'> & {
    reader: LinkReader;
    also: AlsoService;
    getTotal(petitionId: string): Promise<number>;
    views: SignedViews;
    limiter: RateLimiter | undefined;
  },
): void {
  const { reader, also, getTotal, views, translator, limiter } = deps;
  const see = (reply: FastifyReply, path: string) => reply.headers(PRIVATE_HEADERS).redirect(path, 303);

  app.get<Token>('/signed/:token', TOKEN, async (request, reply) => {
    const { locale } = request;
    const { token } = request.params;
    const { petition, signature, link } = await reader.followLive('signed', token);
    const now = deps.clock.now();
    const count = await getTotal(petition._id);
    // Whoever pressed the button has seen it by then: from now on it is a page that was passed on.
    if (!isStillThanks(link, now)) {
      const { titleKey, view } = views.invitationView(petition, count, locale, isOpen(petition, now));
      return reply.page({ page: 'told', frame: { title: translator.t(locale, titleKey) }, view });
    }
    const { open } = await also.listOthers(link.emailKey, petition._id);
    const view = views.signedView({
      petition,
      signature,
      count,
      locale,
      alsoAction: paths.signedAlso(locale, token),
      others: open,
      isClosed: phaseOf(petition, now) === 'closed',
    });
    const title = translator.t(locale, 'signed.title');
    const frame = { title, ...(view.place === undefined && { refreshSeconds: 2 }) };
    return reply.page({ page: 'signed', frame, view });
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
    return see(
      reply,
      did.did === 'signed' ? paths.signed(locale, did.signedToken) : paths.checkYourEmail(locale),
    );
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
