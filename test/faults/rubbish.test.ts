import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LANG_TAG, LOCALES, type Locale } from '../../src/lib/locales.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';

const SLUG = 'no-more-unsafe-returns';
const good = { name: 'Ana Rosa', email: 'ana@home.example', country: 'US', region: 'US-TX', over16: 'on' };
const FORM = 'application/x-www-form-urlencoded';
/** What only a stack or a library's own words would contain. */
const INSIDES = /node_modules|file:\/\/|\bat \S+ \(|\.ts:\d|FST_ERR|MongoServer|ZodError|Handlebars/;

let campaign: TestCampaign;

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

type Answer = Awaited<ReturnType<TestCampaign['get']>>;

const signPath = (locale: string, slug = SLUG) => `/${locale}/petitions/${slug}/signatures`;
const send = (payload: string | Buffer, contentType = FORM, locale = 'en', slug = SLUG) =>
  campaign.app.inject({
    method: 'POST',
    url: signPath(locale, slug),
    payload,
    headers: { 'content-type': contentType },
  });
const form = (fields: Record<string, string>) => new URLSearchParams({ ...good, ...fields }).toString();

/** A page for a person, in their language, that shows nothing of the insides. */
function expectPage(answer: Answer, status: number, locale: Locale): void {
  expect({ status: answer.statusCode, type: answer.headers['content-type'] }).toEqual({
    status,
    type: 'text/html; charset=utf-8',
  });
  expect(answer.body).toContain(`<html lang="${LANG_TAG[locale]}"`);
  expect(answer.body).toContain('<h1');
  expect(answer.body).not.toMatch(INSIDES);
}

/** Everything that is stored, but for the keys and what a clock alone moves. */
async function everything(): Promise<string> {
  const names = ['signatures', 'outbox', 'suppressions', 'ledger', 'tallies', 'petitions', 'deliveries'];
  const all = await Promise.all(
    names.map((name) => campaign.connection.collection(name).find().sort({ _id: 1 }).toArray()),
  );
  return JSON.stringify(all);
}

async function expectNothingChanged(act: () => Promise<unknown>): Promise<void> {
  const before = await everything();
  await act();
  expect(await everything()).toBe(before);
}

describe.each(LOCALES)('a form that cannot be taken is shown again as typed (%s)', (locale) => {
  it.each([
    ['a name of nothing that can be seen', { name: '\0\u200b\u00ad' }, 'name'],
    ['a formula for a name', { name: '=HYPERLINK("https://home.example","x")' }, 'name'],
    ['a name of 300 characters', { name: 'A'.repeat(300) }, 'name'],
    ['a name of emoji alone', { name: '🕊🕊🕊' }, 'name'],
    ['a name that is a link', { name: 'www.home.example' }, 'name'],
    ['an address without a domain', { email: 'ana' }, 'email'],
    ['an address with a line break', { email: 'ana@home.example\r\nBcc: all@home.example' }, 'email'],
    ['two addresses', { email: 'ana@home.example,eva@home.example' }, 'email'],
    ['an address in a display name', { email: 'Ana <ana@home.example>' }, 'email'],
    ['a quoted address with a blank', { email: '"ana rosa"@home.example' }, 'email'],
    ['an address on an IP literal', { email: 'ana@[127.0.0.1]' }, 'email'],
    ['an unknown country', { country: 'XX' }, 'country'],
    ['an unknown region', { region: 'US-XX' }, 'region'],
    ['words of 2,001 characters', { words: 'w'.repeat(2001) }, 'words'],
    ['words of which something was lost', { words: 'stop\ufffd' }, 'words'],
    ['a box with another value', { showName: '1' }, 'showName'],
  ])('%s', async (_, fault, field) => {
    await expectNothingChanged(async () => {
      const answer = await send(form(fault), FORM, locale);
      expectPage(answer, 422, locale);
      expect(answer.body).toContain(`href="#${field}"`);
      expect(answer.body).toContain(`id="${field}-fault"`);
      const typed = { ...good, ...fault };
      if (field !== 'name') expect(answer.body).toContain(`value="${good.name}"`);
      if (field !== 'email') expect(answer.body).toContain(`value="${typed.email}"`);
      expect(answer.body).toMatch(/id="over16"[^>]* checked/);
    });
  });

  it.each([
    ['an empty body', ''],
    ['broken percent signs', 'name=%&email=%zz&country=%e0%a4%a'],
    ['broken UTF-8', `${form({})}&name=%c3%28%ff`],
    ['a broken UTF-8 name alone', form({}).replace('Ana+Rosa', '%c3%28%ff%fe')],
    ['every field twice', `${form({})}&${form({ name: 'Eva' })}`],
    ['fields as arrays', form({}).replace('name=', 'name[]=').replace('email=', 'email[0]=')],
    ['a prototype', '__proto__[name]=Ana&__proto__=x&constructor=y'],
    ['only ampersands', '&&&&===&&'],
  ])('%s', async (_, body) => {
    await expectNothingChanged(async () => expectPage(await send(body, FORM, locale), 422, locale));
  });
});

describe('a body that is no form', () => {
  it.each([
    ['1 MB of form', form({ words: 'w'.repeat(1_000_000) }), FORM, 413],
    ['1 MB of nothing', 'x'.repeat(1_000_000), FORM, 413],
    ['1 MB of JSON', JSON.stringify({ ...good, words: 'w'.repeat(1_000_000) }), 'application/json', 415],
    ['JSON', JSON.stringify(good), 'application/json', 415],
    ['JSON with operators', JSON.stringify({ ...good, email: { $gt: '' } }), 'application/json', 415],
    ['broken JSON', '{"name":', 'application/json', 415],
    ['a JSON prototype', '{"__proto__":{"x":1}}', 'application/json', 415],
    [
      'XML',
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
      'application/xml',
      415,
    ],
    ['plain text', 'name=Ana', 'text/plain', 415],
    ['no type at all', 'name=Ana', '', 415],
    ['a type that is none', 'name=Ana', 'rubbish', 415],
    [
      'a file',
      '--x\r\ncontent-disposition: form-data; name="name"\r\n\r\nAna\r\n--x--',
      'multipart/form-data; boundary=x',
      415,
    ],
  ])('%s', async (_, body, type, status) => {
    for (const locale of LOCALES) {
      await expectNothingChanged(async () => expectPage(await send(body, type, locale), status, locale));
    }
  });
});

describe('names and addresses of real people are taken', () => {
  it.each([
    ['right to left', { name: 'محمد بن عبد الله', email: 'rtl@home.example' }, 'محمد بن عبد الله'],
    ['with an emoji', { name: 'Ana 🕊 Rosa', email: 'emoji@home.example' }, 'Ana 🕊 Rosa'],
    [
      'with an apostrophe and a hyphen',
      { name: "Siobhán O'Neill-Núñez", email: 'oneill@home.example' },
      "Siobhán O'Neill-Núñez",
    ],
    ['with a null byte', { name: 'Ana \0Rosa', email: 'null@home.example' }, 'Ana Rosa'],
    [
      'with a line break, which begins no header',
      { name: 'Ana\r\nBcc: all', email: 'break@home.example' },
      'Ana Bcc: all',
    ],
    ['of one letter', { name: '李', email: 'li@home.example' }, '李'],
    [
      'with marks that turn the text around',
      { name: 'Ana\u202eRosa', email: 'turn@home.example' },
      'AnaRosa',
    ],
    [
      'that look like markup',
      { name: 'Ana <b>Rosa</b>', email: 'markup@home.example' },
      'Ana &lt;b&gt;Rosa&lt;/b&gt;',
    ],
    ['at a quoted address', { email: '"quoted.ana"@home.example' }, 'Ana Rosa'],
    [
      'at an international address',
      { email: 'josé@correo-niñez.example', asTyped: 'josé@correo-niñez.example' },
      'Ana Rosa',
    ],
    ['at an address with a plus', { email: 'plus+peticion@home.example' }, 'Ana Rosa'],
  ])('%s', async (_, fields, shown) => {
    const email = fields.email ?? good.email;
    expect((await campaign.post(signPath('en'), { ...good, ...fields })).statusCode).toBe(303);
    const page = await campaign.get(await campaign.linkTo('confirm', email));
    expectPage(page, 200, 'en');
    // Handlebars writes some characters as references.
    expect(decode(page.body)).toContain(`value="${decode(shown)}"`);
    await campaign.sendMail();
  });
});

const decode = (html: string) =>
  html.replaceAll('&#x27;', "'").replaceAll('&#x3D;', '=').replaceAll('&lt;', '<').replaceAll('&gt;', '>');

describe.each(LOCALES)('addresses that lead nowhere (%s)', (locale) => {
  it.each([
    '/petitions/no-such-petition',
    '/petitions/%00',
    '/petitions/%c3%28',
    '/petitions/..%2f..%2fetc%2fpasswd',
    `/petitions/${'x'.repeat(3_000)}`,
    '/petitions/__proto__',
    '/nothing/here',
    '/confirm/',
    '/confirm/x',
    '/my-signature/%00/download',
  ])('%s', async (path) => {
    const answer = await campaign.get(`/${locale}${path}`);
    expect([400, 404, 414]).toContain(answer.statusCode);
    expectPage(answer, answer.statusCode, locale);
  });

  it('a form for an unknown petition', async () => {
    await expectNothingChanged(async () =>
      expectPage(await send(form({}), FORM, locale, 'no-such-petition'), 404, locale),
    );
  });

  it('a method that a page does not know', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const) {
      const answer = await campaign.app.inject({ method, url: `/${locale}/petitions/${SLUG}` });
      expect([404, 405]).toContain(answer.statusCode);
      expect(answer.body).not.toMatch(INSIDES);
    }
  });
});

describe('a petition that is closed', () => {
  const slug = 'safe-passage';

  it('takes no signature and confirms none, and says so in both languages', async () => {
    await campaign.post(signPath('en', slug), { ...good, email: 'late@home.example' });
    const link = await campaign.linkTo('confirm', 'late@home.example', slug);
    await campaign.connection
      .collection('petitions')
      .updateOne({ _id: slug as never }, { $set: { state: 'closed' } });
    // Petitions are remembered for some seconds.
    campaign.clock.advance(60_000);
    for (const locale of LOCALES) {
      expectPage(await send(form({}), FORM, locale, slug), 409, locale);
      const path = link.replace('/en/', `/${locale}/`);
      expectPage(await campaign.get(path), 409, locale);
      expectPage(await campaign.post(path), 409, locale);
    }
    expect(await campaign.services.ledger.getCount(slug)).toMatchObject({ count: 0 });
  });
});

describe('links', () => {
  const purposes = ['confirm', 'manage', 'signed', 'unsubscribe', 'notMe'] as const;

  it.each(purposes)('of %s change nothing, however often they are looked at', async (purpose) => {
    const email = `look-${purpose}@home.example`;
    if (purpose === 'confirm') await campaign.post(signPath('en'), { ...good, email });
    else await campaign.addSupporter(email);
    await campaign.sendMail();
    await campaign.count();
    const link = await campaign.linkTo(purpose, email);
    await expectNothingChanged(async () => {
      for (const locale of LOCALES) {
        const path = link.replace('/en/', `/${locale}/`);
        for (const method of ['HEAD', 'GET', 'GET', 'HEAD', 'GET'] as const) {
          const answer = await campaign.app.inject({ method, url: path });
          expect(answer.statusCode).toBe(200);
          if (method === 'GET') expectPage(answer, 200, locale);
          else expect(answer.body).toBe('');
          expect(answer.headers).toMatchObject({
            'cache-control': 'no-store',
            'referrer-policy': 'no-referrer',
          });
        }
      }
      if (purpose === 'manage') {
        for (const page of ['download', 'withdraw'])
          expect((await campaign.get(`${link}/${page}`)).statusCode).toBe(200);
      }
      await campaign.sendMail();
      await campaign.count();
    });
  });

  it.each(purposes)('of %s that were cut, altered or made for something else are 404', async (purpose) => {
    const email = 'altered@home.example';
    const link = await campaign.linkTo(purpose, email);
    const at = link.lastIndexOf('/') + 1;
    const token = link.slice(at);
    const flip = (i: number) => token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1);
    const broken = [
      token.slice(0, -1),
      token.slice(0, 20),
      flip(0),
      flip(2),
      flip(30),
      flip(token.length - 2),
      token.toLowerCase(),
      'A'.repeat(72),
    ];
    const others = await Promise.all(
      purposes.filter((other) => other !== purpose).map((other) => campaign.linkTo(other, email)),
    );
    broken.push(...others.map((other) => other.slice(other.lastIndexOf('/') + 1)));
    await expectNothingChanged(async () => {
      for (const one of broken) {
        for (const locale of LOCALES) {
          const path = `${link.slice(0, at)}${one}`.replace('/en/', `/${locale}/`);
          expectPage(await campaign.get(path), 404, locale);
          // The thank-you page has no button, so nothing is posted to it at all.
          expectPage(await campaign.post(path, good), purpose === 'signed' ? 405 : 404, locale);
        }
      }
    });
  });

  it('used again confirm once and count once', async () => {
    const email = 'again@home.example';
    await campaign.post(signPath('en'), { ...good, email });
    const link = await campaign.linkTo('confirm', email);
    const answers = await Promise.all(Array.from({ length: 20 }, () => campaign.post(link)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
    const before = (await campaign.services.ledger.getCount(SLUG)).count;
    await campaign.count();
    const after = (await campaign.services.ledger.getCount(SLUG)).count;
    expectPage(await campaign.get(link), 200, 'en');
    expect((await campaign.post(link)).statusCode).toBe(200);
    await campaign.count();
    expect([after - before, (await campaign.services.ledger.getCount(SLUG)).count - after]).toEqual([1, 0]);
    expect(await mailsTo('receipt', email)).toBe(1);
  });

  it('that came to their end say so in both languages', async () => {
    const email = 'ended@home.example';
    await campaign.addSupporter(email);
    const manage = await campaign.linkTo('manage', email);
    const signed = await campaign.linkTo('signed', email);
    expect((await campaign.post(`${manage}/withdraw`)).statusCode).toBe(200);
    await campaign.post(signPath('en'), { ...good, email: 'slow@home.example' });
    const confirm = await campaign.linkTo('confirm', 'slow@home.example');
    campaign.clock.advance(31 * 24 * 3_600_000);
    await campaign.services.retention.step();
    for (const locale of LOCALES) {
      for (const link of [manage, signed, confirm]) {
        const path = link.replace('/en/', `/${locale}/`);
        const answer = await campaign.get(path);
        expect([404, 410]).toContain(answer.statusCode);
        expectPage(answer, answer.statusCode, locale);
      }
      const pressed = await campaign.post(confirm.replace('/en/', `/${locale}/`));
      expect([404, 410]).toContain(pressed.statusCode);
    }
  });
});

describe('one address, 200 posts at once', () => {
  it('is one signature and one mail, and everybody is answered alike', async () => {
    const email = 'crowd@home.example';
    const before = await campaign.connection.collection('signatures').countDocuments();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        campaign.post(signPath('en'), { ...good, email: i % 2 === 0 ? email : 'CROWD+x@home.example' }),
      ),
    );
    expect(new Set(answers.map(({ statusCode, headers }) => `${statusCode} ${headers.location}`))).toEqual(
      new Set([`303 /en/check-your-email?at=home.example&petition=${SLUG}`]),
    );
    expect(await campaign.connection.collection('signatures').countDocuments()).toBe(before + 1);
    expect(await mailsTo('answer', email)).toBe(1);
  });
});

async function mailsTo(kind: string, email: string): Promise<number> {
  await campaign.sendMail();
  const subjectId = `${SLUG}:${campaign.emailKeyOf(email)}`;
  return campaign.connection.collection('outbox').countDocuments({ kind, subjectId, state: 'sent' });
}
