import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOfficeLinks } from '../../src/answers/answer-links.ts';
import { newMailToken } from '../../src/lib/ref.ts';
import { createLog } from '../../src/process/log.ts';
import { createApp } from '../../src/site.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const WORDS = 'Mi hermana cruzó sola y la devolvieron de noche, sin que nadie la escuchara.';
const typed = {
  name: 'Ana Rosa',
  email: 'ana@home.example',
  country: 'MX',
  region: 'MX-CHP',
  words: WORDS,
  over16: 'on',
};
const { email: _, over16: _too, ...details } = typed;

let campaign: TestCampaign;
beforeEach(async () => {
  campaign = await openCampaign();
});
afterEach(async () => {
  await campaign.connection.getClient().connect();
  await campaign.close();
});

const goAway = () => campaign.connection.getClient().close();
type Answer = Awaited<ReturnType<TestCampaign['post']>>;

/** What was typed is on the page, which may be opened again, and which nobody else keeps. */
function expectKept(answer: Answer, fields: Record<string, string>, status = 503): void {
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['cache-control']).toBe('private, no-cache');
  expect(answer.body).toContain('<h1');
  for (const [name, value] of Object.entries(fields).filter(([, one]) => one !== 'on')) {
    expect([name, answer.body]).toEqual([name, expect.stringContaining(value)]);
    expect(answer.body).toContain(`name="${name}"`);
  }
}

describe('while the database is away', () => {
  test.each(['en', 'es'])('the sign form comes back as it was typed (%s)', async (locale) => {
    await campaign.get(`/${locale}/petitions/${SLUG}`);
    await goAway();
    const answer = await campaign.post(`/${locale}/petitions/${SLUG}/signatures`, typed);
    expectKept(answer, typed);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.body).toMatch(/id="over16"[^>]* checked/);
  });

  test('and also where nobody has looked at any page yet', async () => {
    await goAway();
    const answer = await campaign.post(`/en/petitions/${SLUG}/signatures`, typed);
    expectKept(answer, typed);
    expect(answer.body).toContain(`action="/en/petitions/${SLUG}/signatures#summary"`);
  });

  test('so do corrections, own words and an office’s answer, with a button that sends them again', async () => {
    await campaign.addSupporter(typed.email);
    const links = {
      confirm: await campaign.linkTo('confirm', typed.email),
      manage: await campaign.linkTo('manage', typed.email),
    };
    const token = links.manage.split('/').at(-1);
    const { keys, clock } = campaign.services;
    const ofOffice = createOfficeLinks({ keys: keys.link, clock });
    const answer = ofOffice.mint({ petitionNumber: 1, deliveryToken: newMailToken(), linkVersion: 0 });
    await goAway();
    for (const [path, fields] of [
      [links.confirm, details],
      [links.manage, details],
      [`/en/my-words/${token}`, { words: WORDS, do: 'draft' }],
      [`/en/answer/${answer}`, { 'status-D1': 'accepted', text: WORDS, address: 'b@dhs.example' }],
      [`/en/my-words/${token}/preview`, { shown: 'abc', 'name-us-dhs-secretary': 'on', do: 'send' }],
    ] as const) {
      const page = await campaign.post(path, fields);
      expectKept(page, fields);
      expect(page.body).toContain(`<form method="post" action="${path}#summary" class="details">`);
      expect(seen(page.body)).toContain('Send it again');
    }
    // The button of the page sends the same again.
    await campaign.connection.getClient().connect();
    expect((await campaign.post(links.manage, details)).statusCode).toBe(303);
  });
});

test('an error that nobody expected keeps the form too', async () => {
  const intake = { ...campaign.services.intake, sign: () => Promise.reject(new TypeError('unexpected')) };
  const app = await createApp({
    config: campaign.config,
    services: { ...campaign.services, intake },
    log: createLog({ level: 'silent', isTerminal: false }),
  });
  const answer = await app.inject({
    method: 'POST',
    url: `/en/petitions/${SLUG}/signatures`,
    payload: new URLSearchParams(typed).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expectKept(answer, typed, 500);
  expect(answer.body).not.toContain('unexpected');
  await app.close();
});

test.each([
  ['from another site', typed, { 'sec-fetch-site': 'cross-site' }, 403],
  ['that is too long', { ...typed, words: `${WORDS} `.repeat(1_000) }, {}, 413],
])('a form %s keeps what was typed', async (_case, fields, headers, status) => {
  const manage = await (async () => {
    await campaign.addSupporter('m@home.example');
    return campaign.linkTo('manage', 'm@home.example');
  })();
  for (const path of [`/en/petitions/${SLUG}/signatures`, manage]) {
    const answer = await campaign.post(path, fields, headers);
    expectKept(answer, { name: typed.name, words: WORDS }, status);
  }
});

test('a form that was not read at all, as it was too long or of another kind, is there empty and says so', async () => {
  const url = `/en/petitions/${SLUG}/signatures`;
  const huge = await campaign.post(url, { ...typed, words: 'w'.repeat(400_000) });
  expect([huge.statusCode, seen(huge.body)]).toEqual([413, expect.stringContaining('go back, shorten it')]);
  const json = await campaign.app.inject({ method: 'POST', url, payload: typed });
  expect([json.statusCode, json.body]).toEqual([415, expect.stringContaining('id="email"')]);
});
