import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';

const SLUG = 'no-more-unsafe-returns';
let campaign: TestCampaign;

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

const get = (url: string, headers = {}) => campaign.app.inject({ method: 'GET', url, headers });

describe('the document of the API', () => {
  test('names every route of it, and nothing else of this site', async () => {
    const document = (await get('/api/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/petitions',
      '/api/petitions/{slug}',
      '/api/petitions/{slug}/count',
    ]);
    expect(Object.keys(document.components.schemas).sort()).toEqual(['Count', 'Petition', 'Problem']);
  });

  test('says what is asked for and what comes, by the schemas that the answers are parsed by', async () => {
    const { paths, components } = (await get('/api/openapi.json')).json();
    const one = paths['/api/petitions/{slug}'].get;
    expect(one.parameters).toMatchObject([{ in: 'path', name: 'slug', required: true }]);
    expect(one.responses['200'].content['application/json'].schema.$ref).toMatch(/Petition$/);
    expect(one.responses['404'].content).toHaveProperty(['application/problem+json']);
    const answer = (await get(`/api/petitions/${SLUG}`)).json();
    expect(Object.keys(answer).sort()).toEqual(Object.keys(components.schemas.Petition.properties).sort());
    const count = (await get(`/api/petitions/${SLUG}/count`)).json();
    expect(Object.keys(count).sort()).toEqual(Object.keys(components.schemas.Count.properties).sort());
  });
});

describe('any site may read', () => {
  test.each([
    ['an answer', `/api/petitions/${SLUG}/count`, 200],
    ['that there is no such petition', '/api/petitions/no-such', 404],
    ['that there is nothing at all', '/api/no-such', 404],
  ])('%s', async (_, url, status) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    if (status === 404) expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  test.each(['/en/privacy', '/en/no-such', '/healthz', '/en/petitions/no-such'])(
    'the API and nothing beside it: not %s',
    async (url) => expect((await get(url)).headers).not.toHaveProperty('access-control-allow-origin'),
  );
});
