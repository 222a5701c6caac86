import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import helmet from 'helmet';
import { AppError } from '../lib/errors.ts';
import { isLoopback } from '../lib/loopback.ts';

/**
 * The headers that every answer carries. They are the same for all, so helmet computes them once at
 * start and not for each request. No inline script, of styles only those that are in the pages, no third party (law 13).
 */
export function securityHeaders({
  isHttps,
  styles,
}: {
  isHttps: boolean;
  /** the stylesheets that are in pages themselves */
  styles: readonly string[];
}): Record<string, string> {
  const hashes = styles.map((style) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: () => undefined,
  } as unknown as ServerResponse;
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'", ...hashes],
        'img-src': ["'self'"],
        'connect-src': ["'self'"],
        'manifest-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
        ...(isHttps && { 'upgrade-insecure-requests': [] }),
      },
    },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    xFrameOptions: { action: 'deny' },
    // For browsers that are gone; every header is paid for on every answer.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xDnsPrefetchControl: false,
    xXssProtection: false,
    originAgentCluster: false,
  })({} as IncomingMessage, response, () => undefined);
  headers['permissions-policy'] = 'camera=(), geolocation=(), microphone=(), payment=(), browsing-topics=()';
  return headers;
}

/** On every answer but those of the page cache, which writes them itself. What a route has set stays. */
export function registerSecurityHeaders(
  app: FastifyInstance,
  headers: Readonly<Record<string, string>>,
): void {
  const all = Object.entries(headers);
  app.addHook('onSend', (_request, reply, payload, done) => {
    for (const [name, value] of all) if (!reply.hasHeader(name)) reply.header(name, value);
    done(null, payload);
  });
}

/** For pages behind a sealed link: kept nowhere, told to nobody. */
export const PRIVATE_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
} as const;

/** For the console: kept nowhere. Its forms must say where they come from, which a page without any referrer would not. */
export const CONSOLE_HEADERS = { ...PRIVATE_HEADERS, 'referrer-policy': 'same-origin' } as const;

/** For a form that comes back with what was typed: nobody else may keep it, and the way back to it shows it as it was. */
export const TYPED_HEADERS = { ...PRIVATE_HEADERS, 'cache-control': 'private, no-cache' } as const;

/** For a route that takes what a person typed: whatever goes wrong, its answer gives that back (web/errors.ts). */
export const KEEPS_FORM = { config: { keepsForm: true } } as const;

/**
 * Browsers say where a form was sent from; a form on another site is refused. Programs that say nothing pass.
 * @throws ORIGIN_REFUSED
 */
export function checkOrigin(request: FastifyRequest, publicUrl: string): void {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new AppError('ORIGIN_REFUSED');
  const origin = request.headers.origin;
  if (origin === undefined || site === 'same-origin') return;
  // A page served without a referrer (the sealed links) sends the word null.
  if (origin === 'null' && site === undefined) return;
  if (!isOwn(origin, new URL(publicUrl))) throw new AppError('ORIGIN_REFUSED');
}

/**
 * Stricter, for those who are signed in: a request that does not say where it comes from is refused too. @throws
 * ORIGIN_REFUSED
 */
export function requireOwnOrigin({ headers }: FastifyRequest, publicUrl: string): void {
  if (!headers.origin || !isOwn(headers.origin, new URL(publicUrl))) throw new AppError('ORIGIN_REFUSED');
}

/**
 * Our own is the public address and nothing that a visitor or a proxy writes in a header. While that is this machine,
 * every name of this machine is.
 */
function isOwn(origin: string, site: URL): boolean {
  if (origin === site.origin) return true;
  const isTried = site.protocol === 'http:' && isLoopback(site.hostname);
  return isTried && URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}
