import type { FastifyInstance } from 'fastify';
import type { Infra } from '../infra.ts';
import { paths } from '../lib/urls.ts';
import type { CampaignService } from './campaign.service.ts';
import { privacySections } from './privacy.view.ts';

/** What this site does with what people tell it. */
export function registerNoticeRoutes(
  app: FastifyInstance,
  deps: Pick<Infra, 'translator'> & Pick<CampaignService, 'getCampaign'>,
): void {
  const { translator, getCampaign } = deps;

  app.get('/privacy', async (request, reply) => {
    const { locale } = request;
    const path = paths.privacy(locale);
    return reply.cachedPage(path, async () => ({
      page: 'privacy',
      frame: {
        locale,
        path,
        title: translator.t(locale, 'privacy.title'),
        description: translator.t(locale, 'privacy.description'),
      },
      view: { sections: privacySections(translator, await getCampaign(), locale) },
    }));
  });
}
