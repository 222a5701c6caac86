import { describe, expect, test } from 'vitest';
import { readForm } from '../../src/lib/form-faults.ts';
import { LOCALES } from '../../src/lib/locales.ts';
import { createFormView } from '../../src/signatures/form.view.ts';
import { DetailsForm, SignForm } from '../../src/signatures/signature.schema.ts';
import type { Person, Signature } from '../../src/signatures/signature.ts';
import { createSignatureViews } from '../../src/signatures/signature.view.ts';
import { createSignedViews } from '../../src/signatures/signed.view.ts';
import { buildPetition } from '../support/signing.ts';
import { openViews, seen, TEST_PUBLIC_URL } from '../support/views.ts';

const { pages, translator } = await openViews();
const formView = createFormView(translator);
const views = createSignatureViews({
  translator,
  formView,
  notMeToken: () => 'NOTME',
});
const { signedView } = createSignedViews({ translator, publicUrl: TEST_PUBLIC_URL });
const petition = buildPetition();
const thanks = { petition, count: 1_300, alsoAction: '/en/signed/T/also', others: [] };
const person: Person = { name: 'Ana "Rosa"', email: 'ana@home.example', words: '</textarea>Why' };
const signature: Signature = {
  _id: 'no-more-unsafe-returns:key',
  petitionId: 'no-more-unsafe-returns',
  ref: 'ref',
  state: 'pending',
  held: false,
  consent: { showName: false, shareWords: true, updates: false },
  country: 'US',
  region: 'US-TX',
  source: 'direct',
  locale: 'en',
  linkVersion: 0,
  createdAt: new Date('2026-11-24T12:00:00Z'),
};

const render = (page: string, view: object, locale: 'en' | 'es' = 'en') =>
  pages.renderPage(page, { locale, path: `/${locale}/x`, title: 'x', isPrivate: true }, view);
const renderForm = (input: Partial<Parameters<typeof formView>[0]>) =>
  render('my-signature', {
    form: formView({ locale: 'en', action: '/a', submit: 'Go', isFirst: true, ...input }),
  });

/** What a browser would send if the button were pressed as the page stands. */
function sentBy(html: string): Record<string, string> {
  const plain = (text: string) =>
    text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  const fields: Record<string, string> = {};
  for (const [tag, name = ''] of html.matchAll(/<input [^>]*name="(\w+)"[^>]*>/g)) {
    if (tag.includes('type="checkbox"') && !/ checked/.test(tag)) continue;
    fields[name] = plain(/ value="([^"]*)"/.exec(tag)?.[1] ?? '');
  }
  for (const [, name = '', options = ''] of html.matchAll(
    /<select [^>]*name="(\w+)"[^>]*>([\s\S]*?)<\/select>/g,
  ))
    fields[name] = /value="([^"]*)" selected/.exec(options)?.[1] ?? '';
  const words = /<textarea[^>]*>\n?([\s\S]*?)<\/textarea>/.exec(html)?.[1];
  return { ...fields, ...(words !== undefined && { words: plain(words) }) };
}

describe('the form', () => {
  test('asks for six things, each with a label of its own, and comes with nothing filled in', async () => {
    const html = await renderForm({});
    const asked = [...html.matchAll(/<(?:input(?! type="hidden")|select|textarea) [^>]*name="(\w+)"/g)];
    expect(asked.filter(([tag]) => !tag.includes('type="hidden"')).map(([, name]) => name)).toEqual([
      'name',
      'email',
      'country',
      'region',
      'updates',
      'over16',
    ]);
    for (const [, name] of asked.slice(0, 6)) expect(html).toContain(`<label for="${name}">`);
    expect(html).not.toMatch(/ checked| selected/);
    expect(sentBy(html)).toEqual({ name: '', email: '', country: '', region: '', source: '' });
  });

  test('gives words back that came with it, and the boxes that go with them', async () => {
    const values = { words: 'Uno', shareWords: 'on', showName: 'on' };
    expect(sentBy(await renderForm({ values }))).toMatchObject(values);
    expect(sentBy(await renderForm({ values: { words: '' } })).words).toBe('');
  });

  test("lists Mexico's states first in Spanish, and those of the United States in English", () => {
    const groups = (locale: 'en' | 'es') =>
      formView({ locale, action: '/a', submit: 'Go', isFirst: true }).region.groups.map(({ label }) => label);
    expect(groups('es')).toEqual(['México', 'Estados Unidos']);
    expect(groups('en')).toEqual(['United States', 'Mexico']);
  });

  test('has a text in both languages for every fault that the schema knows', () => {
    const long = 'x'.repeat(3_000);
    const bodies: Record<string, unknown>[] = [
      {},
      { name: long, email: `${long}@a.example`, country: 'XX', region: 'XX', words: long, over16: 'no' },
      { name: '=1', email: 'x', country: 'US', region: 'US-XX', words: 'a\ufffd', over16: 'on' },
      {
        name: ['a'],
        email: ['a'],
        country: ['a'],
        region: ['a'],
        words: ['a'],
        showName: 'x',
        shareWords: 'x',
        updates: 'x',
      },
    ];
    const found = new Set<string>();
    for (const schema of [SignForm, DetailsForm])
      for (const body of bodies) {
        const read = readForm(schema as typeof SignForm, body);
        if (read.ok) throw new Error('the body should be refused');
        for (const [name, code] of Object.entries(read.errors)) found.add(`form.error.${name}.${code}`);
      }
    expect(found.size).toBeGreaterThan(15);
    for (const locale of LOCALES)
      expect([...found].filter((key) => !translator.has(locale, key))).toEqual([]);
  });

  test('shows each fault at its field and in a summary that leads there, and keeps what was typed', async () => {
    const values = {
      name: '',
      email: 'a"b',
      country: 'MX',
      region: 'MX-CHP',
      words: 'W',
      updates: 'on',
      source: 'qr',
    };
    const html = await renderForm({
      values,
      errors: { email: 'invalid', name: 'required', over16: 'required' },
    });
    expect(html).toContain('action="/a#summary"');
    const summary = /id="summary"[\s\S]*?<\/ul>/.exec(html)?.[0] ?? '';
    expect([...summary.matchAll(/href="#(\w+)"/g)].map(([, field]) => field)).toEqual([
      'name',
      'email',
      'over16',
    ]);
    for (const field of ['name', 'email', 'over16']) {
      expect(html).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"`));
      expect(html).toMatch(new RegExp(`id="${field}"[^>]*aria-describedby="[^"]*${field}-fault`));
      expect(html).toContain(`id="${field}-fault"`);
    }
    expect(html.match(/Write your name\./g)).toHaveLength(2);
    expect(sentBy(html)).toEqual({ ...values });
  });

  test('says what concerns the whole of it where the focus lands', async () => {
    const html = await renderForm({ problem: 'unavailable' });
    expect(html).toMatch(/id="summary" role="alert" tabindex="-1"><p>We could not store your signature/);
  });
});

describe('the confirm page', () => {
  const shown = { step: 'confirm', petition, signature, person } as const;

  test('says what is signed, and its button sends just that; the fields are folded away below it', async () => {
    const html = await render('confirm', views.confirmView(shown, 'TOKEN', 'en'));
    expect(sentBy(html)).toEqual({
      name: 'Ana "Rosa"',
      country: 'US',
      region: 'US-TX',
      words: '</textarea>Why',
      shareWords: 'on',
      shown: expect.stringMatching(/^[\w-]{16}$/),
    });
    expect(html).toContain('action="/en/confirm/TOKEN#summary" class="details" novalidate');
    const summary = seen(/<dl class="signing">[\s\S]*?<\/dl>/.exec(html)?.[0] ?? '');
    for (const text of [
      'Ana "Rosa"',
      'Texas, United States',
      'a•••@home.example',
      'Let the offices read my words',
    ])
      expect(summary).toContain(text);
    expect(summary).toContain('&lt;/textarea&gt;Why');
    expect(seen(html)).toContain('No more unsafe returns');
    expect(html).not.toContain('ana@home.example');
    expect(html).toMatch(/<details class="folded">/);
    expect(html.indexOf('<button type="submit">')).toBeLessThan(html.indexOf('<details'));
    expect(html.indexOf('id="name"')).toBeGreaterThan(html.indexOf('<details'));
  });

  test('is unfolded where something is wrong, and has one button, below the fields', async () => {
    const refused = { values: { name: '', country: 'US' }, errors: { name: 'required' } };
    const html = await render('confirm', views.confirmView(shown, 'TOKEN', 'en', refused));
    expect(html).toMatch(/<details class="folded" open>/);
    expect(html).not.toContain('name="shown"');
    expect(html.match(/<button/g)).toHaveLength(1);
    expect(html.indexOf('>I confirm my signature</button>')).toBeGreaterThan(html.indexOf('id="name"'));
  });

  test('says before the button what it agrees to, and offers a way out', async () => {
    const html = await render('confirm', views.confirmView(shown, 'TOKEN', 'es'), 'es');
    expect(html.indexOf('acepta expresamente')).toBeGreaterThan(0);
    expect(html.indexOf('acepta expresamente')).toBeLessThan(html.indexOf('>Confirmo mi firma</button>'));
    expect(html).toContain('href="/es/not-me/NOTME"');
  });

  test('asks for everything anew when the signature was withdrawn', async () => {
    const view = views.confirmView(
      { ...shown, step: 'renew', person: { name: '', email: person.email } },
      'T',
      'en',
    );
    const html = await render('confirm', view);
    expect(sentBy(html)).toMatchObject({ name: '', country: '', region: '' });
    expect(seen(html)).toContain('You withdrew this signature');
  });

  test('has nothing to press once it is confirmed', async () => {
    const html = await render('confirm', views.confirmView({ ...shown, step: 'done' }, 'TOKEN', 'en'));
    expect(html).not.toMatch(/<form|<button|TOKEN/);
    expect(seen(html)).toContain('Already confirmed');
  });
});

describe('after signing', () => {
  const counted = { ...signature, counted: { seq: 3, on: true, place: 1_234 } };

  test('the page gives the place, and before it is known says that it comes', async () => {
    const now = seen(await render('signed', signedView({ ...thanks, signature: counted, locale: 'en' })));
    expect(now).toContain('You are number 1,234');
    expect(now).toContain('1,300 people have signed');
    const before = seen(await render('signed', signedView({ ...thanks, signature, locale: 'en' })));
    expect(before).toContain('Your signature is being counted');
    expect(before).not.toContain('You are number');
  });

  test('sharing goes by WhatsApp first, each way with a source of its own and none with a sealed link', () => {
    const { whatsapp, shares, link } = signedView({ ...thanks, signature: counted, locale: 'es' });
    const page = 'https://petition.example/es/petitions/no-more-unsafe-returns?source=';
    const targets = [whatsapp, ...shares].map(({ href }) => decodeURIComponent(href));
    for (const [index, source] of ['whatsapp', 'email', 'sms', 'facebook', 'x'].entries())
      expect(targets[index]).toContain(`${page}${source}`);
    expect(targets[0]).toMatch(/^https:\/\/wa\.me\/\?text=/);
    expect(link).toBe(`${page}copy`);
  });

  test('my own page shows the address whole, and leads to download and withdrawal', async () => {
    const managed = { petition, signature: counted, person };
    const html = await render(
      'my-signature',
      views.mySignatureView(managed, 'T', 'en', {
        isSaved: true,
        others: { open: [], signed: [] },
        zone: 'America/Mexico_City',
      }),
    );
    expect(seen(html)).toContain('ana@home.example');
    expect(html).toContain('href="/en/my-signature/T/download"');
    expect(html).toContain('href="/en/my-signature/T/withdraw"');
    expect(seen(html)).toContain('Your changes are saved.');
  });

  test.each(['withdraw', 'notMe', 'unsubscribe'] as const)('%s is one button and no more', async (name) => {
    const html = await render('ask', views.askView(name, petition, '/en/act/T', 'en'));
    expect(html.match(/<form method="post" action="\/en\/act\/T">/g)).toHaveLength(1);
    expect(html.match(/<button/g)).toHaveLength(1);
    expect(html).not.toContain('<input');
  });
});
