import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const BEHIND = ['.', ')', '%3E', '%22', '%20', '&amp;utm_source=x', '=', '=3D', '%E2%80%8B', '%', '/', '/).'];
const QUERIES = ['?utm_source=mail', '?mc_cid=1&amp;mc_eid=2'];
let campaign: TestCampaign;

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

describe('a private link opens with whatever a mail program put behind it', () => {
  test.each(['confirm', 'signed', 'manage', 'notMe', 'unsubscribe'] as const)('%s', async (purpose) => {
    const email = `${purpose.toLowerCase()}@home.example`;
    await campaign.addSupporter(email);
    const link = await campaign.linkTo(purpose, email);
    const links = purpose === 'manage' ? [link, link.replace('my-signature', 'my-words')] : [link];
    for (const path of links.flatMap((one) => [...BEHIND, ...QUERIES].map((behind) => one + behind))) {
      const answer = await campaign.get(path);
      expect(answer.statusCode, path).toBe(200);
      // What the page leads on to is the link as it was mailed.
      expect(answer.body).not.toMatch(/(?:href|action)="[^"#?]*[.)&%=](?:[?#"])/);
    }
  });

  test('and its button acts there', async () => {
    const email = 'button@home.example';
    const form = { name: 'Ana', email, country: 'US', over16: 'on' };
    await campaign.post(`/en/petitions/${SLUG}/signatures`, form);
    const answer = await campaign.post(`${await campaign.linkTo('confirm', email)}%E2%80%8B).`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-location']).toMatch(/^\/en\/signed\/[\w-]{72}$/);
    const away = await campaign.post(`${await campaign.linkTo('manage', email)}./withdraw%3E`);
    expect(seen(away.body)).toContain('Your signature is withdrawn');
  });

  test.each([
    `/en/petitions/${SLUG}`,
    `/es/petitions/${SLUG}/packs`,
    `/es/petitions/${SLUG}/demands`,
    `/en/petitions/${SLUG}/by-hand`,
    '/en/offices',
    '/en/offices/us-cbp-commissioner',
    '/en/check-message',
    '/es/privacy',
    '/en',
  ])('and so does %s, by one redirect', async (path) => {
    for (const behind of ['.', ').', '%3E', '%22', '%20', '&amp;utm_source=x', '%E2%80%8B', '%']) {
      const answer = await campaign.get(path + behind);
      expect([path + behind, answer.statusCode, answer.headers.location]).toEqual([path + behind, 302, path]);
    }
  });

  test('check-message takes an id with what a mail program added to it', async () => {
    const answer = await campaign.get('/en/check-message?id=%E2%80%8B%3Ca%40b.example%3E%C2%A0');
    expect(seen(answer.body)).not.toContain('Message-ID in what you pasted');
    expect(seen(answer.body)).toContain('This is not an email of ours to an office');
  });
});

describe('a private link that is not whole', () => {
  test.each([
    ['en', 'confirm', 'Open the email again', 'ten minutes or more'],
    ['es', 'my-signature', 'Abra de nuevo el correo', 'diez minutos o más'],
    ['en', 'answer', 'You can also simply reply to that email', ''],
  ])('is refused (%s, %s) and the page says what to do', async (locale, page, ...said) => {
    const link = await campaign.linkTo('confirm', 'nobody@home.example');
    const token = link.split('/').at(-1) ?? '';
    for (const broken of [
      token.slice(0, 40),
      `${token.slice(0, 20)}A${token.slice(21)}x`,
      `${token.slice(0, 30)}%20${token.slice(30)}`,
    ]) {
      const answer = await campaign.get(`/${locale}/${page}/${broken}`);
      expect(answer.statusCode).toBe(404);
      for (const text of said) expect(seen(answer.body)).toContain(text);
    }
  });

  test('the advice of its page works: the same address, ten minutes later, is sent a new link', async () => {
    const email = 'advice@home.example';
    const form = { name: 'Ana', email, country: 'US', over16: 'on' };
    await campaign.post(`/en/petitions/${SLUG}/signatures`, form);
    await campaign.sendMail();
    campaign.clock.advance(10 * 60_000);
    await campaign.post(`/en/petitions/${SLUG}/signatures`, form);
    await campaign.sendMail();
    const subjectId = `${SLUG}:${campaign.emailKeyOf(email)}`;
    const sent = { kind: 'answer', state: 'sent', subjectId };
    expect(await campaign.connection.collection('outbox').countDocuments(sent)).toBe(2);
  });
});
