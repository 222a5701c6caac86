import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const SIGN = `/en/petitions/${SLUG}/signatures`;
const FORM = 'application/x-www-form-urlencoded';
const WORDS = 'Mi hermana cruzó sola y la devolvieron de noche, sin que nadie la escuchara.';
const faulty = {
  name: 'Ana Rosa',
  email: 'ana@home',
  country: 'MX',
  region: 'MX-CHP',
  words: 'Uno\ndos',
  updates: 'on',
};
const details = { name: 'Ana R.', country: 'MX', region: 'MX-CHP', words: WORDS, showName: 'on' };

let campaign: TestCampaign;
let manage = '';
let confirm = '';

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

let people = 0;
beforeEach(async () => {
  people += 1;
  const email = `person-${people}@home.example`;
  const form = { name: 'Ana Rosa', email, country: 'US', over16: 'on', words: 'Lo de antes.' };
  await campaign.post(SIGN, form);
  confirm = await campaign.linkTo('confirm', email);
  await campaign.addSupporter(`m-${email}`, { words: WORDS });
  manage = await campaign.linkTo('manage', `m-${email}`);
});

type Answer = Awaited<ReturnType<TestCampaign['post']>>;
const title = ({ body }: Answer) => /<title>([^<]*)</.exec(body)?.[1] ?? '';
const decode = (html: string) =>
  html.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');

/** What the language switch of a page sends, and where to. */
function switchOf({ body }: Answer): { action: string; fields: Record<string, string> } {
  const [, action = '', inner = ''] =
    /<form method="post" action="([^"#]*)[^"]*" class="carry">(.*?)<\/form>/s.exec(body) ?? [];
  const fields = [...inner.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    decode(name),
    decode(value),
  ]);
  return { action, fields: Object.fromEntries(fields) };
}

test('every address that a form is sent to has a page, or leads to its form', async () => {
  const posts: string[] = [];
  const prefixes: string[] = [];
  for (const line of campaign.app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', path = '', methods = ''] = /^(.*?[├└]── )(\S+) \((.*)\)$/.exec(line) ?? [];
    const depth = indent.length / 4;
    prefixes[depth] =
      (depth === 1 ? '' : (prefixes[depth - 1] ?? '')) + path.replace(/^(?!\/)/, depth === 2 ? '/' : '');
    if (methods.includes('POST')) posts.push((prefixes[depth] ?? '').replace(/\/+/g, '/'));
  }
  // Nobody's browser stands at what a mail server calls.
  // The console has a test of its own.
  const forms = posts.filter((path) => !/^\/(webhooks\/|organise)/.test(path));
  expect(forms.length).toBeGreaterThan(8);
  for (const url of forms) expect([url, campaign.app.hasRoute({ method: 'GET', url })]).toEqual([url, true]);
  for (const locale of ['en', 'es']) {
    const answer = await campaign.get(SIGN.replace('/en/', `/${locale}/`));
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe(`/${locale}/petitions/${SLUG}#sign`);
  }
});

describe('a form that comes back', () => {
  const cases = [
    ['sign', () => campaign.post(SIGN, faulty), 422, 'Please correct: '],
    [
      'sign, from another site',
      () => campaign.post(SIGN, faulty, { 'sec-fetch-site': 'cross-site' }),
      403,
      'Please correct: ',
    ],
    [
      'sign, too long',
      () => campaign.post(SIGN, { ...faulty, words: 'w'.repeat(80_000) }),
      413,
      'Please correct: ',
    ],
    [
      'confirm',
      () => campaign.post(confirm, { ...details, name: '' }),
      422,
      'Please correct: Confirm your signature',
    ],
    [
      'my-signature',
      () => campaign.post(manage, { ...details, country: 'XX' }),
      422,
      'Please correct: Your signature',
    ],
    [
      'my-words',
      () =>
        campaign.post(manage.replace('my-signature', 'my-words'), {
          words: `${WORDS} Tel. 961 123 4567`,
          do: 'preview',
        }),
      422,
      'Please correct: ',
    ],
  ] as const;

  test.each(cases)(
    '(%s) is kept for the way back to it, and its title says what it is',
    async (_, send, status, said) => {
      const answer = await send();
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['cache-control']).toBe('private, no-cache');
      expect(title(answer)).toContain(said);
    },
  );

  test.each(cases)(
    '(%s) is taken along by the language switch, and nothing is stored by it',
    async (_, send) => {
      const answer = await send();
      const { action, fields } = switchOf(answer);
      expect(action).toMatch(/^\/es\//);
      expect(action).not.toContain('?');
      const before = await campaign.connection.collection('signatures').find().sort({ _id: 1 }).toArray();
      const other = await campaign.post(action, fields);
      expect([200, 422, 413]).toContain(other.statusCode);
      expect(other.body).toContain('<html lang="es-MX"');
      for (const value of Object.values(fields).filter((one) => one !== 'show' && one !== 'on'))
        expect(decode(other.body)).toContain(value);
      expect(await campaign.connection.collection('signatures').find().sort({ _id: 1 }).toArray()).toEqual(
        before,
      );
      // And back again.
      const { do: _do, ...typed } = switchOf(other).fields;
      const { do: _too, ...first } = fields;
      expect(typed).toEqual(first);
    },
  );

  test('with nothing wrong in it is shown in the other language and signs nothing', async () => {
    const form = { ...faulty, email: 'switch@home.example', over16: 'on', do: 'show' };
    const answer = await campaign.post(SIGN.replace('/en/', '/es/'), form);
    expect(answer.statusCode).toBe(200);
    expect(title(answer)).not.toContain('corrija');
    expect(await campaign.linkTo('confirm', 'switch@home.example')).toBeTruthy();
    expect(
      await campaign.services.stores.signatures.findSignature(
        `${SLUG}:${campaign.emailKeyOf('switch@home.example')}`,
      ),
    ).toBeNull();
    const pressed = await campaign.post(confirm, { ...details, do: 'show' });
    expect([pressed.statusCode, seen(pressed.body)]).toEqual([
      200,
      expect.stringContaining('I confirm my signature'),
    ]);
  });
});

describe('a field that was sent twice', () => {
  const twice = (url: string, payload: string) =>
    campaign.app.inject({ method: 'POST', url, payload, headers: { 'content-type': FORM } });
  const encode = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

  test.each(['name', 'email', 'country', 'region', 'words', 'over16', 'showName'])(
    'is refused by the sign form: %s',
    async (field) => {
      const form = { ...faulty, email: 'twice@home.example', over16: 'on', showName: 'on' };
      const answer = await twice(SIGN, `${encode(form)}&${encode({ [field]: 'US' })}`);
      expect(answer.statusCode).toBe(422);
    },
  );

  test('erases no words that were saved, and both texts come back', async () => {
    const page = manage.replace('my-signature', 'my-words');
    const answer = await twice(
      page,
      `${encode({ words: 'Uno de ellos.', do: 'draft' })}&${encode({ words: 'Otro más.' })}`,
    );
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('Uno de ellos.\nOtro más.');
    for (const fields of ['', 'do=draft', 'x=1', 'words[]=a&do=draft', 'words=a&do=draft&do=preview'])
      expect([fields, (await twice(page, fields)).statusCode]).toEqual([fields, 422]);
    expect((await campaign.get(page)).body).toContain(WORDS);
  });

  test('shares nothing from the preview', async () => {
    const page = `${manage.replace('my-signature', 'my-words')}/preview`;
    const { body } = await campaign.get(page);
    const shown = /name="shown" value="([^"]+)"/.exec(body)?.[1] ?? '';
    for (const more of [
      '&do=send',
      '&name-us-dhs-secretary=on&name-us-dhs-secretary=on',
      `&shown=${shown}`,
      '&looked=on&looked=on',
    ])
      expect([more, (await twice(page, `${encode({ shown, do: 'send' })}${more}`)).statusCode]).toEqual([
        more,
        422,
      ]);
    expect((await campaign.get(manage)).body).not.toContain('Waiting to be read');
  });

  test.each(['name', 'country', 'words', 'updates'])('neither confirms nor changes: %s', async (field) => {
    const body = `${encode({ ...details, updates: 'on' })}&${encode({ [field]: 'MX' })}`;
    for (const url of [confirm, manage]) expect((await twice(url, body)).statusCode).toBe(422);
    expect(seen((await campaign.get(confirm)).body)).toContain('I confirm my signature');
  });

  test.each(['country=MX', 'words=Otra+cosa', 'updates=on', 'x=1', 'name[]=Ana&country=MX'])(
    'nor does a form without a name sign the older text: %s',
    async (body) => {
      for (const url of [confirm, manage]) expect((await twice(url, body)).statusCode).toBe(422);
      expect(seen((await campaign.get(confirm)).body)).toContain('I confirm my signature');
    },
  );

  test('the button alone still confirms', async () => {
    expect((await twice(confirm, '')).statusCode).toBe(200);
  });
});

describe('what is folded away on the confirm page', () => {
  // The language switch above the page carries the one that was sent.
  const shownOf = (body: string) => /<main[\s\S]*name="shown" value="([^"]+)"/.exec(body)?.[1] ?? '';
  const signed = { name: 'Ana Rosa', country: 'US', words: 'Lo de antes.' };
  const isPending = async () =>
    (await campaign.get(confirm)).body.includes('>I confirm my signature</button>');

  test('is signed by the button above it while it says what stands there', async () => {
    const shown = shownOf((await campaign.get(confirm)).body);
    expect(seen((await campaign.post(confirm, { ...signed, shown })).body)).toContain('Thank you');
  });

  test('is shown once more where it was changed, and signed once it was read', async () => {
    const shown = shownOf((await campaign.get(confirm)).body);
    for (const changed of [{ name: 'Eva' }, { country: 'MX' }, { updates: 'on' }, { words: '' }]) {
      const answer = await campaign.post(confirm, { ...signed, ...changed, shown });
      expect([answer.statusCode, seen(answer.body)]).toEqual([
        200,
        expect.stringContaining('Something has changed'),
      ]);
      expect(await isPending()).toBe(true);
    }
    const again = await campaign.post(confirm, { ...signed, name: 'Eva', shown });
    const summary = seen(/<dl class="signing">[\s\S]*?<\/dl>/.exec(again.body)?.[0] ?? '');
    expect(summary).toContain('Eva');
    expect(again.body).toMatch(/<details class="folded">/);
    const pressed = await campaign.post(confirm, { ...signed, name: 'Eva', shown: shownOf(again.body) });
    expect([pressed.statusCode, seen(pressed.body)]).toEqual([200, expect.stringContaining('Thank you')]);
  });

  test('is signed at once by the button below it', async () => {
    const shown = shownOf((await campaign.get(confirm)).body);
    const answer = await campaign.post(confirm, { ...signed, name: 'Eva', shown, do: 'corrected' });
    expect(answer.statusCode).toBe(200);
    expect(await isPending()).toBe(false);
  });

  test('is unfolded where a field was emptied, and nothing is signed', async () => {
    const shown = shownOf((await campaign.get(confirm)).body);
    const answer = await campaign.post(confirm, { ...signed, name: ' ', shown });
    expect([answer.statusCode, seen(answer.body)]).toEqual([
      422,
      expect.stringContaining('Write your name.'),
    ]);
    expect(answer.body).toMatch(/<details class="folded" open>/);
    expect(await isPending()).toBe(true);
  });
});

test('a form that does not ask for words leaves them as they are, and one that does can delete them', async () => {
  const form = { name: 'Ana R.', country: 'MX', region: 'MX-CHP' };
  expect((await campaign.get(manage)).body).not.toContain('<textarea');
  await campaign.post(manage, form);
  const page = manage.replace('my-signature', 'my-words');
  expect((await campaign.get(page)).body).toContain(WORDS);
  await campaign.post(manage, { ...form, words: '' });
  expect((await campaign.get(page)).body).not.toContain(WORDS);
});

test('a page behind a sealed link goes out compressed where the browser takes that', async () => {
  const plain = await campaign.get(confirm);
  const small = await campaign.get(confirm, { 'accept-encoding': 'gzip, br' });
  expect([plain.headers['content-encoding'], small.headers['content-encoding']]).toEqual([undefined, 'br']);
  expect(small.headers).toMatchObject({
    vary: 'Accept-Encoding',
    'content-type': 'text/html; charset=utf-8',
  });
  // Its link to say that it was not me is minted anew.
  const whole = (html: string) => html.replace(/not-me\/[\w-]+/, '');
  expect(whole(brotliDecompressSync(small.rawPayload).toString())).toBe(whole(plain.body));
});
