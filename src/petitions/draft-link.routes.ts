import type { FastifyInstance } from 'fastify';
import { paths } from '../lib/urls.ts';
import { TOKEN, type TokenParams } from '../web/params.ts';
import type { DraftLinks } from './draft-link.service.ts';
import type { PetitionPage } from './petition.page.ts';

type Token = { Params: TokenParams };

/** A draft, to whoever was given its link: kept nowhere, and named in no index. */
export function registerDraftLinkRoutes(
  app: FastifyInstance,
  { draftLinks, page }: { draftLinks: Pick<DraftLinks, 'follow'>; page: PetitionPage },
): void {
  app.get<Token>('/draft/:token', TOKEN, async (request, reply) => {
    const { locale, params } = request;
    const petition = await draftLinks.follow(params.token);
    if (petition.state !== 'draft')
      return reply.header('cache-control', 'no-store').redirect(paths.petition(locale, petition._id), 302);
    const drawn = await page.draw(petition, locale);
    return reply.page({ ...drawn, frame: { ...drawn.frame, path: paths.draft(locale, params.token) } });
  });
}
