import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultOfWord } from '../../src/petitions/short-address.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, type TestOrganiser } from '../support/console.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const PAGE = `/organise/petitions/${SLUG}/sharing`;

let campaign: TestCampaign;
let editor: TestOrganiser;
beforeAll(async () => {
  campaign = await openCampaign();
  editor = await openOrganiser(campaign, { role: 'editor', email: 'edit@team.example' });
});
afterAll(() => campaign.close());

async function add(shortWord: string, shortLocale = 'es', slug = SLUG) {
  const page = `/organise/petitions/${slug}/sharing`;
  await editor.get(page);
  return editor.post(`${page}/address`, { shortWord, shortLocale });
}

describe('a short address', () => {
  test('leads to the petition in its language, as it may be typed, and takes the source along', async () => {
    expect((await add('Niñez')).headers.location).toBe(`${PAGE}?saved`);
    for (const path of ['/ninez', '/ninez/', '/NINEZ', '/ni%C3%B1ez']) {
      const { statusCode, headers } = await campaign.get(path);
      expect([path, statusCode, headers.location]).toEqual([path, 302, `/es/petitions/${SLUG}`]);
      expect(headers['cache-control']).toBe('no-store');
    }
    const { headers } = await campaign.get('/ninez?source=qr');
    expect(headers.location).toBe(`/es/petitions/${SLUG}?source=qr`);
    expect((await campaign.get('/ninez/x')).statusCode).toBe(404);
    expect((await campaign.post('/ninez')).statusCode).not.toBe(302);
  });

  test.each([
    ['ninez', 'This word already leads to a petition'],
    ['organise', 'used by the site itself'],
    ['API', 'used by the site itself'],
    ['fr', 'at least three letters'],
    ['a b', 'letters, digits and hyphens only'],
    ['<script>', 'letters, digits and hyphens only'],
    ['', 'Fill this in'],
  ])('“%s” is refused and comes back as it was typed', async (word, why) => {
    const answer = await add(word, 'en', 'safe-passage');
    expect(answer.statusCode).toBe(422);
    expect(seen(answer.body)).toContain(why);
    expect(answer.body).not.toContain('<script>"');
  });

  test('shadows no page: the first part of every address here is reserved, a language, or no word', () => {
    const lines = campaign.app.printRoutes({ commonPrefix: false }).split('\n');
    const depths: string[] = [];
    const firsts = lines.flatMap((line) => {
      const [, indent = '', part = ''] = /^([ │├└─]*)(\S+)/.exec(line) ?? [];
      depths.length = indent.length / 4;
      depths.push(part === '(empty' ? '' : part);
      return depths.join('').split('/')[1] ?? [];
    });
    expect(firsts).toEqual(expect.arrayContaining(['organise', 'api']));
    const free = firsts.filter((first) => !first.startsWith(':') && faultOfWord(first) === undefined);
    expect(free).toEqual([]);
  });

  test('leads nowhere while its petition is down, and in no case once it is removed', async () => {
    const { petitions } = campaign.services;
    await petitions.takeDown(SLUG, { via: 'shell', name: 'Ana' }, 'x');
    expect((await campaign.get('/ninez')).statusCode).toBe(404);
    await petitions.bringBack(SLUG, { via: 'shell', name: 'Ana' });
    expect((await campaign.get('/ninez')).statusCode).toBe(302);
    await editor.get(PAGE);
    await editor.post(`${PAGE}/remove`, { word: 'ninez' });
    expect((await campaign.get('/ninez')).statusCode).toBe(404);
  });
});

describe('share texts', () => {
  test('are sent on in the language of whoever shares; where there is none, the site’s own sentence is', async () => {
    await editor.get(PAGE);
    const texts = { shareEn: '', shareEs: '=Súmese & firme "hoy" \u202e' };
    expect((await editor.post(`${PAGE}/texts`, texts)).statusCode).toBe(303);
    campaign.clock.advance(2_000);
    await campaign.addSupporter('ana@home.example');
    const path = (await campaign.linkTo('signed', 'ana@home.example')).slice(3);
    const es = (await campaign.get(`/es${path}`)).body;
    expect(decodeURIComponent(/wa\.me\/\?text(?:=|&#x3D;)([^"]+)/.exec(es)?.[1] ?? '')).toContain(
      'Súmese & firme "hoy"',
    );
    expect((await campaign.get(`/en${path}`)).body).toContain(encodeURIComponent('It takes a minute'));
  });

  test('hold no link of their own', async () => {
    await editor.get(PAGE);
    const answer = await editor.post(`${PAGE}/texts`, { shareEn: 'See https://other.example', shareEs: '' });
    expect(answer.statusCode).toBe(422);
    expect(seen(answer.body)).toContain('Leave out links');
  });
});
