import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../src/lib/errors.ts';
import { createPageCache } from '../../src/web/page-cache.ts';
import { createTestClock } from '../support/clock.ts';

let app: FastifyInstance;
let count: number;
let renders: number;
let failure: Error | undefined;
const clock = createTestClock();

beforeEach(() => {
  app = Fastify();
  count = 1;
  renders = 0;
  failure = undefined;
  const cache = createPageCache({ clock, commonHeaders: { 'x-content-type-options': 'nosniff' } });
  const source = {
    version: async () => {
      if (failure) throw failure;
      return String(count);
    },
    render: async () => {
      renders += 1;
      return `<p>${count} people</p>`;
    },
  };
  app.get('/', (request, reply) => cache.sendPage(request, reply, '/', source));
});
afterEach(() => app.close());

const get = (headers: Record<string, string> = {}) => app.inject({ url: '/', headers });

describe('the page cache', () => {
  test('the page is rendered once and served as the same bytes, compressed as the reader takes it', async () => {
    const plain = await get();
    const br = await get({ 'accept-encoding': 'gzip, br' });
    const zipped = await get({ 'accept-encoding': 'gzip, br;q=0' });
    expect(plain.body).toBe('<p>1 people</p>');
    expect(brotliDecompressSync(br.rawPayload).toString()).toBe(plain.body);
    expect(gunzipSync(zipped.rawPayload).toString()).toBe(plain.body);
    expect(renders).toBe(1);
  });

  test('a count that moved is shown within two seconds', async () => {
    await get();
    count = 2;
    clock.advance(1_000);
    expect((await get()).body).toBe('<p>2 people</p>');
  });

  test('a reader who has the page gets 304 until it changes', async () => {
    const { headers } = await get();
    const etag = String(headers.etag);
    expect((await get({ 'if-none-match': etag })).statusCode).toBe(304);
    expect((await get({ 'if-none-match': `W/${etag}, "x"` })).statusCode).toBe(304);
    count = 2;
    clock.advance(1_000);
    expect((await get({ 'if-none-match': etag })).statusCode).toBe(200);
  });

  test('each encoding has its own tag, and caches are told that the encoding decides', async () => {
    const [plain, br] = await Promise.all([get(), get({ 'accept-encoding': 'br' })]);
    expect(plain.headers.etag).not.toBe(br.headers.etag);
    expect(plain.headers.vary).toContain('Accept-Encoding');
    expect(plain.headers['cache-control']).toBe('public, max-age=0, s-maxage=2');
  });

  test('a hundred readers at the moment of change cost one rendering', async () => {
    await get();
    count = 2;
    clock.advance(1_000);
    await Promise.all(Array.from({ length: 100 }, () => get()));
    expect(renders).toBe(2);
  });

  test('while the database is away the last page is served, and the first reader ever gets the error', async () => {
    failure = new Error('away');
    expect((await get()).statusCode).toBe(500);
    failure = undefined;
    await get();
    failure = new Error('away');
    clock.advance(60_000);
    expect((await get()).body).toBe('<p>1 people</p>');
  });

  test('a petition that is gone is gone, whatever was cached', async () => {
    await get();
    failure = new AppError('PETITION_NOT_FOUND');
    clock.advance(1_000);
    expect((await get()).body).not.toContain('people');
  });
});
