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
let frame: object;
let knownAt: Date | undefined;
let hanging: Promise<void> | undefined;
const clock = createTestClock();
const NOSNIFF = { 'x-content-type-options': 'nosniff' };
type Pages = Parameters<typeof createPageCache>[0]['pages'];

beforeEach(() => {
  app = Fastify();
  count = 1;
  renders = 0;
  failure = undefined;
  frame = { title: 'Count' };
  knownAt = undefined;
  hanging = undefined;
  const pages: Pages = {
    compose: async ({ page, view = {} }) => ({ page, view: { ...view, ...frame } }),
    render: async ({ view }) => {
      renders += 1;
      return `<p>${(view as { count: number }).count} people</p>`;
    },
  };
  const cache = createPageCache({ clock, pages, patienceMs: 20, commonHeaders: NOSNIFF });
  const draw = async () => {
    await hanging;
    if (failure) throw failure;
    return { page: 'home', frame: { locale: 'en' as const, path: '/', title: '' }, view: { count }, knownAt };
  };
  app.get('/', (request, reply) => cache.sendPage(request, reply, '/', draw));
  app.get('/json', (request, reply) =>
    cache.sendJson(request, reply, '/json', async () => ({ body: { count }, knownAt })),
  );
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

  test('what stands in the frame alone is seen as well as what stands in the view', async () => {
    await get();
    frame = { title: 'Tally' };
    clock.advance(1_000);
    await get();
    expect(renders).toBe(2);
  });

  test('a map and a date in a view are looked at, and what equals the last is not rendered again', async () => {
    frame = { rows: new Map([['MX', 1]]), day: new Date('2026-11-24') };
    await get();
    frame = { rows: new Map([['MX', 1]]), day: new Date('2026-11-24') };
    clock.advance(1_000);
    await get();
    expect(renders).toBe(1);
    frame = { rows: new Map([['MX', 2]]), day: new Date('2026-11-24') };
    clock.advance(1_000);
    await get();
    expect(renders).toBe(2);
  });

  test('a source that hangs keeps readers for a moment once, and then nobody', async () => {
    await get();
    const { promise, resolve } = Promise.withResolvers<void>();
    hanging = promise;
    count = 2;
    clock.advance(1_000);
    expect((await get()).body).toBe('<p>1 people</p>');
    const begun = performance.now();
    expect((await get()).body).toBe('<p>1 people</p>');
    expect(performance.now() - begun).toBeLessThan(20);
    resolve();
    await promise;
    await expect.poll(async () => (await get()).body).toBe('<p>2 people</p>');
  });

  test('what is older than caches allow says how old it is, in seconds', async () => {
    knownAt = clock.now();
    expect((await get()).headers.age).toBeUndefined();
    clock.advance(10_000);
    const old = await get();
    expect(old.headers.age).toBe('10');
    expect(old.body).toBe('<p>1 people</p>');
    expect(renders).toBe(1);
    knownAt = clock.now();
    clock.advance(1_000);
    expect((await get()).headers.age).toBeUndefined();
  });

  test('JSON comes the same way, for any site to read, and as it is', async () => {
    const first = await app.inject({ url: '/json', headers: { 'accept-encoding': 'br' } });
    expect(first.json()).toEqual({ count: 1 });
    expect(first.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'content-type': 'application/json; charset=utf-8',
      ...NOSNIFF,
    });
    const etag = String(first.headers.etag);
    expect((await app.inject({ url: '/json', headers: { 'if-none-match': etag } })).statusCode).toBe(304);
    count = 2;
    clock.advance(1_000);
    expect((await app.inject({ url: '/json', headers: { 'if-none-match': etag } })).json()).toEqual({
      count: 2,
    });
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
