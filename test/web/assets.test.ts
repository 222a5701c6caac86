import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { registerAssets } from '../../src/web/assets.ts';
import { openViews } from '../support/views.ts';

const { assets } = await openViews();
const app = Fastify();
registerAssets(app, assets);
afterAll(() => app.close());

const plain = assets.byUrl.get(assets.assetUrl('site.css'))?.identity.toString() ?? '';
const get = (name: string, accepted?: string) =>
  app.inject({
    url: assets.assetUrl(name),
    ...(accepted !== undefined && { headers: { 'accept-encoding': accepted } }),
  });

test.each([
  ['gzip, deflate, br', 'br'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0, gzip;q=0.0', undefined],
  ['identity', undefined],
  [undefined, undefined],
])('a file goes out as a browser that accepts "%s" can read it: %s', async (accepted, encoding) => {
  const answer = await get('site.css', accepted);
  expect(answer.headers['content-encoding']).toBe(encoding);
  const read = { br: brotliDecompressSync, gzip: gunzipSync }[encoding ?? ''];
  expect((read ? read(answer.rawPayload) : answer.rawPayload).toString()).toBe(plain);
  expect(answer.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'text/css; charset=utf-8',
    vary: 'Accept-Encoding',
  });
});

test('a picture goes out as it is', async () => {
  const answer = await get('share.en.jpg', 'br');
  expect(answer.headers['content-encoding']).toBeUndefined();
  expect(answer.headers['content-type']).toBe('image/jpeg');
});
