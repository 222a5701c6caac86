import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../lib/errors.ts';
import { isLocale, type Locale, negotiateLocale } from '../lib/locales.ts';

/** What Node's parser says of a request that never becomes one. */
export type ParserError = Error & { code?: string; rawPacket?: unknown };

/** Of the first bytes, where they are at hand. */
const READ = 64 * 1024;
/** As long a first line leaves no room for anything else; Node takes 16 KB of line and headers. */
const LONG_LINE = /^[A-Z]+ [^\r\n]{8000}/;

/**
 * Answers a request that cannot be read at all, past Fastify, which never sees it: with our words and headers, and the
 * end of the connection, of which nothing further can be made out.
 */
export function createUnreadable(deps: {
  render(answer: { error: AppError; locale: Locale; path: string }): Promise<string>;
  headers: Readonly<Record<string, string>>;
}) {
  return async function answerUnreadable(error: ParserError, socket: Socket): Promise<void> {
    // Hung up, or an answer is on its way already: anything written now would stand in the middle of it.
    const { _httpMessage: underway } = socket as { _httpMessage?: { headersSent: boolean } };
    if (error.code === 'ECONNRESET' || !socket.writable || underway?.headersSent) {
      socket.destroy();
      return;
    }
    const { rawPacket } = error;
    const start = Buffer.isBuffer(rawPacket) ? rawPacket.subarray(0, READ).toString('latin1') : '';
    const answer = new AppError(codeOf(error, start));
    const locale = localeIn(start);
    const body = Buffer.from(
      await deps.render({ error: answer, locale, path: `/${locale}` }).catch(() => ''),
    );
    const headers = {
      ...deps.headers,
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(body.length),
      connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const first = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`;
    socket.end(Buffer.concat([Buffer.from(`${[first, ...lines].join('\r\n')}\r\n\r\n`), body]));
  };
}

function codeOf({ code }: ParserError, start: string) {
  if (code === 'HPE_HEADER_OVERFLOW') return LONG_LINE.test(start) ? 'ADDRESS_TOO_LONG' : 'HEADERS_TOO_LARGE';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'REQUEST_TOO_SLOW' : 'REQUEST_MALFORMED';
}

function localeIn(start: string): Locale {
  const first = /^[A-Z]+ \/([a-z]{2})[/?# ]/.exec(start)?.[1];
  if (isLocale(first)) return first;
  return negotiateLocale(/\r\naccept-language:([^\r\n]{0,200})/i.exec(start)?.[1]);
}
