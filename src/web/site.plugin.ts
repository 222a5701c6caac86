import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  preValidationHookHandler,
  RouteOptions,
} from 'fastify';
import { AppError } from '../lib/errors.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import type { PageCache } from './page-cache.ts';
import type { Drawn, PageOptions, Pages } from './pages.ts';
import { LocaleParams } from './params.ts';
import { acceptedEncoding, compress } from './ready-answer.ts';
import { checkOrigin, PRIVATE_HEADERS, TYPED_HEADERS } from './security.ts';

type Draw = Parameters<PageCache['sendPage']>[3];
/** A page that is made for one visitor: in the language and at the path that were asked for, where the frame says nothing else. */
type PrivatePage = Omit<Drawn, 'frame'> & {
  frame: Omit<PageOptions, 'locale' | 'path'> & { path?: string };
  /** the form on it has faults: the title says so, and the status is 422 */
  isFaulty?: boolean;
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /** RFC 8058: a mail provider sends this POST, from no page of ours. Every other POST of the site is asked where it comes from. */
    isOneClick?: boolean;
  }
  interface FastifyRequest {
    /** of the path, checked */
    readonly locale: Locale;
  }
  interface FastifyReply {
    /** Sends a page that is kept nowhere, in the status that the reply has. */
    page(page: PrivatePage): Promise<FastifyReply>;
    /** Sends a public page out of the page cache. */
    cachedPage(key: string, draw: Draw): FastifyReply | Promise<FastifyReply>;
  }
}

export const ONE_CLICK = { config: { isOneClick: true } } as const;

/** What every page in a language has, for a scope at `/:locale`. Before any of its routes. */
export function openSite(
  site: FastifyInstance,
  deps: { pages: Pages; cache: PageCache; translator: Translator; publicUrl: string },
): void {
  const { pages, cache, translator, publicUrl } = deps;
  site.decorateRequest('locale', {
    getter(this: FastifyRequest) {
      return (this.params as { locale: Locale }).locale;
    },
  });
  site.addHook('onRoute', (route) => {
    checkParams(route);
    if ([route.method].flat().includes('POST') && !route.config?.isOneClick) askForOrigin(route, publicUrl);
  });

  site.decorateReply('page', async function page(this: FastifyReply, drawn: PrivatePage) {
    const { locale, url } = this.request;
    const { isFaulty = false } = drawn;
    const title = isFaulty
      ? translator.t(locale, 'form.faultyTitle', { title: drawn.frame.title })
      : drawn.frame.title;
    const frame = { locale, path: url, isPrivate: true, ...drawn.frame, title };
    const { page, view } = await pages.compose({ ...drawn, frame });
    if (isFaulty) this.code(422);
    this.headers(frame.typed ? TYPED_HEADERS : PRIVATE_HEADERS);
    const html: string = await this.viewAsync(`pages/${page}.hbs`, view);
    // What compression tells about a secret in a page, it tells who can ask for it; here the address is the secret.
    const encoding = acceptedEncoding(this.request);
    this.header('vary', 'Accept-Encoding');
    if (encoding === 'identity') return this.send(html);
    return this.header('content-encoding', encoding).send(await compress(Buffer.from(html), encoding));
  });
  site.decorateReply('cachedPage', function cachedPage(this: FastifyReply, key: string, draw: Draw) {
    return cache.sendPage(this.request, this, key, draw);
  });
}

/**
 * A schema for the language alone would drop the other parts of the path: who has some names them all. Checked in a hook:
 * Fastify's own validation was measured at a sixth of the time of a page from the cache.
 */
function checkParams(route: RouteOptions): void {
  const params = route.schema?.params as typeof LocaleParams | undefined;
  const names = route.url.match(/:\w+/g) ?? [];
  if (!params && names.length > 1)
    throw new Error(`${route.url} has no schema for ${names.slice(1).join(' and ')}`);
  delete route.schema;
  const schema = params ?? LocaleParams;
  const check: preValidationHookHandler = (request, _reply, done) => {
    const read = schema.safeParse(request.params);
    if (!read.success) return done(new AppError('PAGE_NOT_FOUND'));
    request.params = read.data;
    done();
  };
  route.preValidation = [check, ...[route.preValidation ?? []].flat()];
}

/** After the body was read, so that a form that is refused can be given back. */
function askForOrigin(route: RouteOptions, publicUrl: string): void {
  const ask = async (request: FastifyRequest) => checkOrigin(request, publicUrl);
  route.preHandler = [ask, ...[route.preHandler ?? []].flat()];
}
