import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../lib/clock.ts';

export type PageSource = {
  /** says whether what was rendered still holds; cheap, asked at most once in `freshMs` */
  version(): Promise<string>;
  render(): Promise<string>;
};

type Encoding = 'identity' | 'br' | 'gzip';
/** An encoded page, ready to be sent; headers are a flat list of names and values, as Node writes them without a look. */
type Ready = { body: Buffer; etag: string; headers: string[]; headersUnchanged: string[] };
type Page = {
  version: string;
  checkedAt: number;
  html: Buffer;
  etag: string;
  encoded: Map<Encoding, Ready | Promise<Ready>>;
};

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);
/** Quality 5: a page whose count moves every second is compressed every second. */
const BROTLI_OPTIONS = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
const MAX_PAGES = 200;

export const PAGE_CACHE_CONTROL = 'public, max-age=0, s-maxage=2';

/**
 * Public pages as rendered bytes, one entry a path and language, each compressed once a version.
 * Nothing of a visitor is in them. What is served was checked within `freshMs`; while the database
 * is away, where nothing can change, the last page is served on.
 */
export function createPageCache(options: {
  clock: Clock;
  /** what every answer carries; here it is written with the page, as no hook sees what is sent */
  commonHeaders: Readonly<Record<string, string>>;
  freshMs?: number;
}) {
  const { clock, commonHeaders, freshMs = 1_000 } = options;
  const pages = new Map<string, Page>();
  const underway = new Map<string, Promise<Page>>();

  function isFresh(page: Page): boolean {
    return clock.now().getTime() - page.checkedAt < freshMs;
  }

  async function refresh(key: string, source: PageSource): Promise<Page> {
    const known = pages.get(key);
    const checkedAt = clock.now().getTime();
    try {
      const version = await source.version();
      if (known?.version === version) {
        known.checkedAt = checkedAt;
        return known;
      }
      const html = Buffer.from(await source.render());
      const page: Page = { version, checkedAt, html, etag: hash(html), encoded: new Map() };
      if (pages.size >= MAX_PAGES && !known) pages.delete(pages.keys().next().value ?? '');
      pages.set(key, page);
      return page;
    } catch (error) {
      if (!known || !isPassing(error)) throw error;
      known.checkedAt = checkedAt;
      return known;
    }
  }

  function getPage(key: string, source: PageSource): Page | Promise<Page> {
    const known = pages.get(key);
    if (known && isFresh(known)) return known;
    const running = underway.get(key);
    if (running) return running;
    const started = refresh(key, source).finally(() => underway.delete(key));
    underway.set(key, started);
    return started;
  }

  /** While the page is fresh and encoded nothing is waited for: this is the hottest path there is. */
  function sendPage(request: FastifyRequest, reply: FastifyReply, key: string, source: PageSource) {
    const encoding = chooseEncoding(rawHeader(request, 'accept-encoding'));
    const known = pages.get(key);
    const ready = known && isFresh(known) ? known.encoded.get(encoding) : undefined;
    if (ready && !(ready instanceof Promise)) return answer(request, reply, ready);
    return Promise.resolve(getPage(key, source))
      .then((page) => encode(page, encoding, commonHeaders))
      .then((encoded) => answer(request, reply, encoded));
  }

  return { sendPage };
}
export type PageCache = ReturnType<typeof createPageCache>;

/** A page that is gone or closed is an answer, not an outage. */
function isPassing(error: unknown): boolean {
  return !(error instanceof Error && 'status' in error && Number(error.status) < 500);
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}

/** Past Fastify's own sending: the headers are ready, and looking at each again takes a third of the time of an answer. */
function answer(request: FastifyRequest, reply: FastifyReply, ready: Ready): FastifyReply {
  reply.hijack();
  if (matches(rawHeader(request, 'if-none-match'), ready.etag)) {
    reply.raw.writeHead(304, ready.headersUnchanged).end();
  } else {
    reply.raw.writeHead(200, ready.headers).end(ready.body);
  }
  return reply;
}

type Headers = Readonly<Record<string, string>>;

async function encode(page: Page, encoding: Encoding, common: Headers): Promise<Ready> {
  const known = page.encoded.get(encoding);
  if (known) return known;
  const underway = prepare(page, encoding, common);
  page.encoded.set(encoding, underway);
  const ready = await underway;
  page.encoded.set(encoding, ready);
  return ready;
}

async function prepare(page: Page, encoding: Encoding, common: Headers): Promise<Ready> {
  const etag = `"${page.etag}-${encoding}"`;
  const body = await compress(page.html, encoding);
  const always = { ...common, 'cache-control': PAGE_CACHE_CONTROL, vary: 'Accept-Encoding', etag };
  const withBody = {
    ...always,
    'content-type': 'text/html; charset=utf-8',
    'content-length': String(body.length),
    ...(encoding !== 'identity' && { 'content-encoding': encoding }),
  };
  return {
    body,
    etag,
    headers: Object.entries(withBody).flat(),
    headersUnchanged: Object.entries(always).flat(),
  };
}

async function compress(html: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'br') return brotli(html, BROTLI_OPTIONS);
  if (encoding === 'gzip') return gzipped(html);
  return html;
}

/** Node makes an object of all headers when it is asked for one; here two are looked for. */
function rawHeader({ raw }: FastifyRequest, name: string): string | undefined {
  const { rawHeaders } = raw;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const given = rawHeaders[at] ?? '';
    if (given.length === name.length && given.toLowerCase() === name) return rawHeaders[at + 1];
  }
  return undefined;
}

function chooseEncoding(accepted: string | undefined): Encoding {
  if (!accepted) return 'identity';
  if (/\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)) return 'br';
  if (/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)) return 'gzip';
  return 'identity';
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false;
  return ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);
}
