import type { FastifyInstance } from 'fastify';
import type { Campaign } from '../campaign/campaign.ts';
import type { Translator } from '../lib/i18n.ts';
import { negotiateLocale } from '../lib/locales.ts';
import { PRIVATE_PAGES, paths } from '../lib/urls.ts';
import { privacySections } from './privacy.view.ts';

/** The pages that belong to no petition. */
export function registerNoticeRoutes(
  app: FastifyInstance,
  deps: {
    translator: Translator;
    getCampaign(): Promise<Campaign>;
  },
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

/** What lies beside the languages. */
export function registerRootRoutes(app: FastifyInstance, { publicUrl }: { publicUrl: string }): void {
  app.get('/', async (request, reply) => {
    const locale = negotiateLocale(request.headers['accept-language']);
    return reply
      .header('vary', 'Accept-Language')
      .header('cache-control', 'no-cache')
      .redirect(paths.home(locale), 302);
  });

  app.get('/robots.txt', async (_request, reply) => {
    const closed = PRIVATE_PAGES.flatMap((page) => [`Disallow: /en/${page}/`, `Disallow: /es/${page}/`]);
    return reply.type('text/plain').send(['User-agent: *', ...closed, `Host: ${publicUrl}`, ''].join('\n'));
  });
}
