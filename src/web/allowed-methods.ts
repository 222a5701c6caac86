import type { FastifyInstance } from 'fastify';

/** To anybody who is not on this machine the local mailbox is not there, whatever they ask by. */
const HIDDEN = /^\/mailbox/;

/**
 * By which methods an address can be asked, from the routes themselves: what a 405 says in `Allow` (RFC 9110, 15.5.6).
 * Before any route is registered.
 */
export function registerAllowedMethods(app: FastifyInstance): (path: string) => string[] {
  const routes: { pattern: RegExp; methods: string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    if (HIDDEN.test(url)) return;
    const source = url
      .replace(/[.\\+*?^$()[\]{}|]/g, '\\$&')
      .replaceAll('/:locale', '/(en|es)')
      .replace(/:\w+/g, '[^/]+');
    routes.push({ pattern: new RegExp(`^${source}/?$`), methods: [method].flat() });
  });
  return (path) => {
    const methods = routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  };
}
