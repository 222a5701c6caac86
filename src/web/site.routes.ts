import type { FastifyInstance } from 'fastify';
import { negotiateLocale } from '../lib/locales.ts';
import { PRIVATE_PAGES, paths } from '../lib/urls.ts';

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
