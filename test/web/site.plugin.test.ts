import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../src/lib/errors.ts';
import { ACCESS } from '../../src/organisers/access.ts';
import { TOKEN } from '../../src/web/params.ts';
import { openSite } from '../../src/web/site.plugin.ts';
import { openCampaign } from '../support/campaign.ts';
import { openViews } from '../support/views.ts';

const { pages, translator } = await openViews();
const publicUrl = 'https://petition.example';
const cache = { sendPage: () => Promise.reject(new Error('no page')) } as never;
let app: FastifyInstance;

beforeEach(() => {
  app = Fastify();
});
afterEach(() => app.close());

const open = (routes: (site: FastifyInstance) => void) =>
  app
    .register(
      async (site) => {
        openSite(site, { pages, cache, translator, publicUrl });
        routes(site);
      },
      { prefix: '/:locale' },
    )
    .ready();

describe('a route of the site', () => {
  test('does not start without a schema for what its path holds', async () => {
    await expect(open((site) => site.get('/a/:token/:other', async () => 'x'))).rejects.toThrow(
      '/:locale/a/:token/:other has no schema for :token and :other',
    );
  });

  test('has the language of its path, and all that its path holds', async () => {
    await open((site) =>
      site.get('/a/:token', TOKEN, async (request) => ({ locale: request.locale, params: request.params })),
    );
    const answer = await app.inject('/es/a/abc');
    expect(answer.json()).toEqual({ locale: 'es', params: { locale: 'es', token: 'abc' } });
  });

  test('is asked where its POST comes from, also where nobody thought of it', async () => {
    await open((site) => site.post('/a', async () => 'done'));
    const post = (headers: Record<string, string>) => app.inject({ method: 'POST', url: '/en/a', headers });
    expect((await post({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
    const refused = await post({ 'sec-fetch-site': 'cross-site' });
    expect(refused.statusCode).not.toBe(200);
    expect(refused.json().message).toBe(new AppError('ORIGIN_REFUSED').message);
  });
});

test('every POST of the product is asked where it comes from, but the one that RFC 8058 names', async () => {
  const asked: Record<string, number> = {};
  const campaign = await openCampaign();
  const paths = [
    '/en/petitions/no-more-unsafe-returns/signatures',
    '/en/petitions/no-more-unsafe-returns/by-hand/us-dhs-secretary',
    '/en/petitions/no-more-unsafe-returns/links',
    ...['confirm', 'my-signature', 'my-words', 'not-me', 'answer', 'unsubscribe'].map(
      (page) => `/en/${page}/x`,
    ),
    '/en/my-signature/x/withdraw',
    '/en/my-signature/x/also',
    '/en/signed/x/also',
    '/en/my-words/x/preview',
    '/en/not-me/x/undo',
  ];
  const posts = campaign.app.printRoutes({ commonPrefix: false }).match(/\(.*POST.*\)/g) ?? [];
  // The console is stricter, and has a test of its own; below it there is one route for what is not there.
  const ofConsole = Object.keys(ACCESS).filter((route) => route.startsWith('POST')).length + 1;
  // The webhook has a signature of its own.
  expect(posts).toHaveLength(paths.length + 1 + ofConsole);
  for (const path of paths) {
    const headers = { 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' };
    asked[path] = (
      await campaign.app.inject({ method: 'POST', url: path, headers, payload: 'a=b' })
    ).statusCode;
  }
  const { '/en/unsubscribe/x': oneClick, ...others } = asked;
  expect(oneClick).toBe(404);
  expect(new Set(Object.values(others))).toEqual(new Set([403]));
  await campaign.close();
});

test('a page in a language that there is not is not found, by whatever method', async () => {
  const campaign = await openCampaign();
  for (const url of ['/fr', '/fr/privacy', '/fr/confirm/abc', '/xx/petitions/no-more-unsafe-returns'])
    expect((await campaign.app.inject(url)).statusCode, url).toBe(404);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const url of ['/fr/confirm/abc', '/fr/petitions/no-more-unsafe-returns/signatures'])
    expect((await campaign.app.inject({ method: 'POST', url, headers, payload: 'name=a' })).statusCode).toBe(
      404,
    );
  await campaign.close();
});
