import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode } from '../lib/errors.ts';
import { isLocale, type Locale, negotiateLocale } from '../lib/locales.ts';
import { PRIVATE_HEADERS } from './security.ts';

/** Fastify's own refusals, as ours. */
const FASTIFY_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_NOT_FOUND: 'PAGE_NOT_FOUND',
};

export type ErrorAnswer = { error: AppError; locale: Locale; path: string };

/**
 * The one place where an error becomes an answer: a human page, or problem+json (RFC 9457) for programs.
 * What went wrong inside goes to the log and never to the visitor.
 */
export function registerErrors(
  app: FastifyInstance,
  deps: { renderErrorPage(answer: ErrorAnswer): Promise<string>; isUnavailable(error: unknown): boolean },
) {
  const { renderErrorPage, isUnavailable } = deps;

  async function answer(error: AppError, request: FastifyRequest, reply: FastifyReply) {
    if (error.status >= 500)
      request.log.error({ err: error.cause ?? error, code: error.code }, 'request.failed');
    reply.code(error.status).headers(PRIVATE_HEADERS);
    const retryAfter = retryAfterSeconds(error);
    if (retryAfter) reply.header('retry-after', String(retryAfter));
    if (wantsProblem(request)) {
      return reply.type('application/problem+json').send(
        JSON.stringify({
          type: 'about:blank',
          title: STATUS_CODES[error.status] ?? 'Error',
          status: error.status,
          code: error.code,
        }),
      );
    }
    const locale = localeOfUrl(request);
    return reply
      .type('text/html; charset=utf-8')
      .send(await renderErrorPage({ error, locale, path: request.url }));
  }

  app.setErrorHandler((error: FastifyError, request, reply) =>
    answer(toAppError(error, isUnavailable), request, reply),
  );
  app.setNotFoundHandler((request, reply) => answer(new AppError('PAGE_NOT_FOUND'), request, reply));
  return answer;
}

export function toAppError(error: unknown, isUnavailable: (error: unknown) => boolean): AppError {
  if (error instanceof AppError) return error;
  if (isUnavailable(error)) return new AppError('DATABASE_UNAVAILABLE', {}, { cause: error });
  const { code, statusCode } = error as Partial<FastifyError>;
  const known = code === undefined ? undefined : FASTIFY_CODES[code];
  if (known) return new AppError(known, {}, { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new AppError('REQUEST_MALFORMED', {}, { cause: error });
  }
  return new AppError('INTERNAL', {}, { cause: error });
}

function retryAfterSeconds(error: AppError): number | undefined {
  const given = error.details.retryAfterSeconds;
  if (typeof given === 'number') return given;
  return error.code === 'DATABASE_UNAVAILABLE' ? 5 : undefined;
}

function wantsProblem(request: FastifyRequest): boolean {
  if (/^\/(api|webhooks)\//.test(request.url)) return true;
  const accept = request.headers.accept ?? '';
  return accept.includes('json') && !accept.includes('html');
}

/** The language of the path, else what the browser prefers. */
export function localeOfUrl(request: FastifyRequest): Locale {
  const first = request.url.split(/[/?#]/, 2)[1];
  return isLocale(first) ? first : negotiateLocale(request.headers['accept-language']);
}
