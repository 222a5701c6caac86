import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode } from '../lib/errors.ts';
import { isLocale, type Locale, negotiateLocale } from '../lib/locales.ts';
import { type TypedValues, typedValues } from '../lib/typed.ts';
import { withoutTail } from './mangled-url.ts';
import { PRIVATE_HEADERS, TYPED_HEADERS } from './security.ts';

/** Fastify's own refusals, as ours. */
const FASTIFY_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_NOT_FOUND: 'PAGE_NOT_FOUND',
  FST_ERR_MAX_PARAM_LENGTH: 'ADDRESS_TOO_LONG',
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /** the route takes what a person typed: no answer of it may lose that */
    keepsForm?: boolean;
  }
}

export type ErrorAnswer = { error: AppError; locale: Locale; path: string; kept?: Kept };
/** What was typed, where it was sent, and whether it makes sense to send it there again as it is. */
export type Kept = { action: string; values: TypedValues; canRetry: boolean };

/**
 * The one place where an error becomes an answer: a human page, or problem+json (RFC 9457) for programs.
 * What went wrong inside goes to the log and never to the visitor.
 */
export function registerErrors(
  app: FastifyInstance,
  deps: {
    renderErrorPage(answer: ErrorAnswer): Promise<string>;
    isUnavailable(error: unknown): boolean;
    /** also here, as no hook sees what is refused before there is a route */
    commonHeaders: Readonly<Record<string, string>>;
    allowedMethods(path: string): readonly string[];
    /** where an address leads at which there is no page */
    findElsewhere(url: string): Promise<string | undefined>;
  },
) {
  const { renderErrorPage, isUnavailable, commonHeaders, allowedMethods, findElsewhere } = deps;

  async function answer(error: AppError, request: FastifyRequest, reply: FastifyReply) {
    if (error.status >= 500)
      request.log.error({ err: error.cause ?? error, code: error.code }, 'request.failed');
    const kept = keptOf(request, error);
    reply
      .code(error.status)
      .headers(commonHeaders)
      .headers(kept?.canRetry ? TYPED_HEADERS : PRIVATE_HEADERS);
    const retryAfter = retryAfterSeconds(error);
    if (retryAfter) reply.header('retry-after', String(retryAfter));
    const elsewhere =
      isRead(request) && error.code === 'PAGE_NOT_FOUND' && (await findElsewhere(request.url));
    if (elsewhere) return reply.redirect(elsewhere, 302);
    const whole =
      isRead(request) && isBadAddress(error) && !wantsProblem(request) && withoutTail(request.url);
    if (whole) return reply.redirect(whole, 302);
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
      .send(await renderErrorPage({ error, locale, path: request.url, ...(kept && { kept }) }));
  }

  app.setErrorHandler((error: FastifyError, request, reply) =>
    answer(toAppError(error, isUnavailable), request, reply),
  );
  /** Also for scopes with hooks of their own. */
  function answerNotFound(request: FastifyRequest, reply: FastifyReply) {
    const methods = allowedMethods(request.url.split(/[?#]/, 1)[0] ?? '');
    if (methods.length === 0 || methods.includes(request.method))
      return answer(new AppError('PAGE_NOT_FOUND'), request, reply);
    reply.header('allow', methods.join(', '));
    return answer(new AppError('METHOD_NOT_ALLOWED'), request, reply);
  }
  app.setNotFoundHandler(answerNotFound);
  return { sendError: answer, answerNotFound };
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

const isRead = ({ method }: FastifyRequest) => method === 'GET' || method === 'HEAD';

/** There is no such page, or the address could not be read: links in mails arrive with what stood behind them. */
function isBadAddress({ code, cause }: AppError): boolean {
  if (code === 'REQUEST_MALFORMED') return (cause as Partial<FastifyError>).code === 'FST_ERR_BAD_URL';
  return (
    code === 'ADDRESS_TOO_LONG' ||
    code === 'PAGE_NOT_FOUND' ||
    code === 'PETITION_NOT_FOUND' ||
    code === 'OFFICE_NOT_FOUND'
  );
}

/** Codes after which the same form may be sent once more. */
const PASSING: readonly ErrorCode[] = [
  'DATABASE_UNAVAILABLE',
  'INTERNAL',
  'RATE_LIMITED',
  'ORIGIN_REFUSED',
  'BODY_TOO_LARGE',
];

function keptOf(request: FastifyRequest, { code }: AppError): Kept | undefined {
  if (request.method !== 'POST' || !request.routeOptions.config.keepsForm) return undefined;
  const [action = ''] = request.url.split('?', 1);
  const wasRead = code !== 'BODY_TOO_LARGE' || Boolean(request.body);
  return { action, values: typedValues(request.body), canRetry: wasRead && PASSING.includes(code) };
}

export function retryAfterSeconds(error: AppError): number | undefined {
  const given = error.details.retryAfterSeconds;
  if (typeof given === 'number') return given;
  return error.code === 'DATABASE_UNAVAILABLE' ? 5 : undefined;
}

export function wantsProblem(request: FastifyRequest): boolean {
  if (/^\/(api|webhooks)\//.test(request.url)) return true;
  const accept = request.headers.accept ?? '';
  return accept.includes('json') && !accept.includes('html');
}

/** The language of the path, else what the browser prefers. */
export function localeOfUrl(request: FastifyRequest): Locale {
  const first = request.url.split(/[/?#]/, 2)[1];
  return isLocale(first) ? first : negotiateLocale(request.headers['accept-language']);
}
