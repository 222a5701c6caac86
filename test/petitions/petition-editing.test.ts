import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentOf, versionOf } from '../../src/petitions/petition.ts';
import { signatureId } from '../../src/signatures/signature.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, type TestOrganiser } from '../support/console.ts';
import { seen } from '../support/views.ts';

const OLD = 'no-more-unsafe-returns';
const SLUG = 'school-for-every-child';
const PAGE = `/organise/petitions/${SLUG}`;

let campaign: TestCampaign;
let editor: TestOrganiser;
beforeAll(async () => {
  campaign = await openCampaign();
  editor = await openOrganiser(campaign, { role: 'editor', email: 'edit@team.example', name: 'Eva Editora' });
});
afterAll(() => campaign.close());

const getPetition = () => campaign.services.petitions.getPetition(SLUG);

/** The form as its page gives it, with what is changed. */
async function fieldsNow(over: Record<string, string> = {}) {
  const petition = await getPetition();
  const { texts, demandIds, officeIds, factIds, lawIds } = contentOf(petition);
  return {
    version: String(versionOf(petition)),
    titleEn: texts.en.title,
    titleEs: texts.es.title,
    summaryEn: texts.en.summary,
    summaryEs: texts.es.summary,
    bodyEn: texts.en.body.join('\n\n'),
    bodyEs: texts.es.body.join('\n\n'),
    demands: demandIds.join('\n'),
    offices: officeIds.join('\n'),
    facts: factIds.join('\n'),
    laws: lawIds.join('\n'),
    ...over,
  };
}
async function save(over: Record<string, string>) {
  await editor.get(`${PAGE}/edit`);
  return editor.post(`${PAGE}/edit`, await fieldsNow(over));
}

describe('a draft', () => {
  test('is made from an old petition, with all of its content and a number of its own', async () => {
    await editor.get(`/organise/petitions/new?from=${OLD}`);
    const made = await editor.post('/organise/petitions/new', { newSlug: SLUG, from: OLD });
    expect(made.headers.location).toBe(`${PAGE}/edit`);
    const old = await campaign.services.petitions.getPetition(OLD);
    const draft = await getPetition();
    expect(contentOf(draft)).toEqual(contentOf(old));
    expect(draft).toMatchObject({ state: 'draft', number: 1_001 });
  });

  test.each([
    [SLUG, 'There is already a petition'],
    ['Con Espacios', 'Use small letters'],
    ['new', 'Use small letters'],
    ['', 'Fill this in'],
  ])('named “%s” is refused', async (newSlug, why) => {
    await editor.get('/organise/petitions/new');
    const answer = await editor.post('/organise/petitions/new', { newSlug, from: '' });
    expect(answer.statusCode).toBe(422);
    expect(seen(answer.body)).toContain(why);
  });

  test('is not there for anybody else, in pages, JSON and forms', async () => {
    campaign.clock.advance(5_000);
    for (const path of [`/en/petitions/${SLUG}`, `/es/petitions/${SLUG}/demands`, `/api/petitions/${SLUG}`])
      expect([path, (await campaign.get(path)).statusCode]).toEqual([path, 404]);
    expect((await campaign.get('/api/petitions')).body).not.toContain(SLUG);
    const form = { name: 'Luz', email: 'luz@home.example', country: 'MX', over16: 'on' };
    expect((await campaign.post(`/en/petitions/${SLUG}/signatures`, form)).statusCode).toBe(404);
  });

  test('is saved with whatever was typed, and its checks say what is missing', async () => {
    const title = '=HYPERLINK("x") <script>alert(1)</script> \u202eOlé';
    expect(
      (await save({ titleEn: title, bodyEn: 'Over 12,000 children wait.', bodyEs: '' })).statusCode,
    ).toBe(303);
    const page = await editor.get(PAGE);
    expect(page.body).not.toContain('<script>alert');
    const text = seen(page.body);
    expect(text).toContain('Text is missing in Spanish');
    expect(text).toContain('12,000 is written by hand in English');
    const refused = await editor.post(`${PAGE}/open`, {});
    expect(refused.statusCode).toBe(422);
    expect(seen(refused.body)).toContain('It cannot be opened yet');
    expect((await getPetition()).state).toBe('draft');
  });

  test('whoever saves second sees first what the other changed, and loses nothing', async () => {
    const mine = await fieldsNow({ titleEn: 'My own title' });
    expect((await save({ titleEn: 'The title of a colleague' })).statusCode).toBe(303);
    const late = await editor.post(`${PAGE}/edit`, mine);
    expect(late.statusCode).toBe(409);
    expect(seen(late.body)).toContain('Someone saved another version while you were writing');
    expect(late.body).toMatch(/<ins>[^<]*colleague[^<]*<\/ins>/);
    expect(late.body).toContain('My own title</textarea>');
    const version = /name="version" value="(\d+)"/.exec(late.body)?.[1] ?? '';
    expect((await editor.post(`${PAGE}/edit`, { ...mine, version })).statusCode).toBe(303);
    expect((await getPetition()).texts.en.title).toBe('My own title');
    expect(seen((await editor.get(`${PAGE}/versions`)).body)).toContain('saved by Eva Editora on');
  });

  test('is shown by a secret link, indexed nowhere and kept nowhere, until the link is ended', async () => {
    await editor.get(PAGE);
    const made = await editor.post(`${PAGE}/links`);
    const link = /<code>[^<]*?(\/es\/draft\/[\w-]{32})<\/code>/.exec(made.body)?.[1] ?? '';
    const shown = await campaign.get(link);
    expect(shown.statusCode).toBe(200);
    expect(shown.headers['cache-control']).toBe('no-store');
    expect(shown.body).toContain('noindex');
    expect(seen(shown.body)).toContain('Esto es un borrador');
    const token = link.slice('/es/draft/'.length);
    const [kept] = await campaign.connection.collection('draft-links').find().toArray();
    expect(JSON.stringify(kept)).not.toContain(token);
    const audit = JSON.stringify(await campaign.services.audit.listActs({}, 50));
    expect(audit).not.toContain(token);
    await editor.get(PAGE);
    await editor.post(`${PAGE}/links/revoke`, { link: String(kept?.ref) });
    const ended = await campaign.get(link);
    expect(ended.statusCode).toBe(404);
    expect(ended.body).toBe(
      (await campaign.get('/es/draft/none')).body.replaceAll('/draft/none', link.slice(3)),
    );
  });

  test('a link runs out by the clock', async () => {
    await editor.get(PAGE);
    const made = await editor.post(`${PAGE}/links`);
    const link = /(\/en\/draft\/[\w-]{32})<\/code>/.exec(made.body)?.[1] ?? '';
    expect((await campaign.get(link)).statusCode).toBe(200);
    const links = campaign.connection.collection('draft-links');
    await links.updateMany({}, { $set: { expiresAt: campaign.clock.now() } });
    expect((await campaign.get(link)).statusCode).toBe(404);
  });
});

describe('a preview', () => {
  test('shows the page, the mail and the digest as they will be, in both languages', async () => {
    const preview = seen((await editor.get(`${PAGE}/preview`)).body);
    expect(preview).toContain('Confirm');
    expect(preview).toContain('My own title');
    const page = await editor.get(`${PAGE}/preview/page?locale=es`);
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.body).toContain('<html lang="es-MX"');
    expect(seen(page.body)).toContain('Esto es un borrador');
  });
});

describe('an open petition', () => {
  test('is opened once the checks are fine, and its signatures name the version that was signed', async () => {
    const { texts } = await campaign.services.petitions.getPetition(OLD);
    await save({
      titleEn: 'School for every child',
      bodyEn: texts.en.body.join('\n\n'),
      bodyEs: texts.es.body.join('\n\n'),
    });
    await editor.get(PAGE);
    expect((await editor.post(`${PAGE}/open`, {})).headers.location).toBe(`${PAGE}?done=opened`);
    campaign.clock.advance(5_000);
    const { _id } = await campaign.addSupporter('ana@home.example', {}, SLUG);
    const stored = await campaign.services.stores.signatures.findSignature(_id);
    expect(_id).toBe(signatureId(SLUG, campaign.emailKeyOf('ana@home.example')));
    expect(stored?.textVersion).toBe(versionOf(await getPetition()));
  });

  test('keeps its demands and offices from the first signature on', async () => {
    const before = contentOf(await getPetition());
    const note = { noteEn: 'A clearer title.', noteEs: 'Un título más claro.' };
    await save({ ...note, titleEn: 'School, for every child', demands: 'D5', offices: 'mx-dif' });
    const after = contentOf(await getPetition());
    expect(after.texts.en.title).toBe('School, for every child');
    expect([after.demandIds, after.officeIds]).toEqual([before.demandIds, before.officeIds]);
  });

  test('says on its page, dated and in its language, what was changed', async () => {
    campaign.clock.advance(5_000);
    expect(seen((await campaign.get(`/es/petitions/${SLUG}`)).body)).toMatch(
      /Cambios en este texto .*2026: Un título más claro\./,
    );
  });

  test('is not saved without that note, nor with what would fail the checks; what was typed comes back', async () => {
    const silent = await save({ titleEn: 'Another' });
    expect(silent.statusCode).toBe(422);
    expect(seen(silent.body)).toContain('Say in both languages what changed');
    const faulty = await save({ titleEn: 'Another', summaryEs: '', noteEn: 'a', noteEs: 'b' });
    expect(faulty.statusCode).toBe(422);
    expect(seen(faulty.body)).toContain('Summary is missing in Spanish');
    expect(faulty.body).toContain('Another</textarea>');
  });

  test('is no draft any more that could be deleted or shown by a link', async () => {
    await editor.get(PAGE);
    for (const verb of ['delete', 'links', 'open'])
      expect([verb, (await editor.post(`${PAGE}/${verb}`)).statusCode]).toEqual([verb, 409]);
  });
});

test('a draft is deleted with its versions, and one made anew has none of them', async () => {
  const page = '/organise/petitions/to-be-deleted';
  await editor.get('/organise/petitions/new');
  await editor.post('/organise/petitions/new', { newSlug: 'to-be-deleted', from: OLD });
  await editor.get(page);
  const gone = await editor.post(`${page}/delete`);
  expect(gone.headers.location).toBe('/organise/petitions?done=deleted');
  expect((await editor.get(page)).statusCode).toBe(404);
});
