import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordsOf } from '../../src/petitions/fact.service.ts';
import { createFactStore } from '../../src/petitions/fact.store.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, type TestOrganiser } from '../support/console.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';

let campaign: TestCampaign;
let editor: TestOrganiser;
let moderator: TestOrganiser;
beforeAll(async () => {
  campaign = await openCampaign();
  editor = await openOrganiser(campaign, { role: 'editor', email: 'edit@team.example', name: 'Eva Editora' });
  moderator = await openOrganiser(campaign, { role: 'moderator', email: 'mod@team.example' });
  await campaign.connection.collection('deliveries').insertOne({
    _id: `${SLUG}:us-dhs-secretary:digest:1`,
    petitionId: SLUG,
    officeId: 'us-dhs-secretary',
    kind: 'digest',
    state: 'sent',
    releasedAt: campaign.clock.now(),
  } as never);
  campaign.clock.advance(60_000);
});
afterAll(() => campaign.close());

const getFact = (id = 'F1') => campaign.services.facts.getFact(id);

async function fieldsOf(id: string, over: Record<string, string> = {}) {
  const { version, figures, text, period } = await getFact(id);
  return {
    version: String(version),
    textEn: text.en,
    textEs: text.es,
    periodEn: period.en,
    periodEs: period.es,
    factReasonEn: 'The source counted some children twice.',
    factReasonEs: 'La fuente contó dos veces a algunas niñas y niños.',
    ...Object.fromEntries(figures.map((one) => [`figure-${one.id}`, String(one.value)])),
    ...over,
  };
}
async function correct(over: Record<string, string>, id = 'F1') {
  await editor.get(`/organise/facts/${id}`);
  return editor.post(`/organise/facts/${id}/correct`, await fieldsOf(id, over));
}
const count = async () => (await getFact()).figures.find(({ unit }) => unit === 'children')?.id ?? '';
const read = async (path: string) => seen((await campaign.get(path)).body);

describe('a fact that is corrected', () => {
  test('is right on every page, in every process, within five seconds, and dated there', async () => {
    expect(await read(`/en/petitions/${SLUG}`)).toContain('10,000');
    const saved = await correct({ [`figure-${await count()}`]: '11,250' });
    expect(saved.headers.location).toBe('/organise/facts/F1?saved');
    campaign.clock.advance(5_000);
    for (const path of [`/en/petitions/${SLUG}`, `/es/petitions/${SLUG}`]) {
      const page = await read(path);
      expect([path, page.includes('11,250'), page.includes('10,000')]).toEqual([path, true, false]);
    }
    expect(await read(`/en/petitions/${SLUG}`)).toMatch(/Corrected on \w+ \d+, 2026/);
    expect(await read(`/es/petitions/${SLUG}`)).toMatch(/Corregido el \d+ de \w+ de 2026/);
  });

  test('is named with its reason and its old words on the page of corrections', async () => {
    const page = await read('/es/corrections');
    expect(page).toContain('10,000');
    expect(page).toContain('La fuente contó dos veces a algunas niñas y niños.');
    expect(page).toContain('11,250');
  });

  test('is written down, with the mails that carried the old words', async () => {
    const [act] = await campaign.services.audit.listActs({ act: 'fact correct' }, 1);
    expect(act).toMatchObject({
      of: ['F1'],
      why: 'The source counted some children twice.',
      outcome: 'done',
    });
    const page = seen((await moderator.get('/organise/facts/F1')).body);
    expect(page).toContain('Corrected by Eva Editora on');
    expect(page).toMatch(/Sent to offices with the old words: Secretary of Homeland Security, .*2026/);
    expect(page).not.toContain('Correct it');
  });

  test('by two at once is corrected once, and the second is told', async () => {
    const stale = await fieldsOf('F1', { version: '1' });
    await editor.get('/organise/facts/F1');
    const second = await editor.post('/organise/facts/F1/correct', stale);
    expect(second.statusCode).toBe(409);
    expect(seen(second.body)).toContain('Someone else changed this fact first');
  });

  test.each([
    [{ textEn: 'More than 12,000 children' }, 'Show each figure by its name'],
    [{ textEs: 'Sin cifras' }, 'Show each figure by its name'],
    [{ factReasonEs: '' }, 'Fill this in'],
    [{ periodEn: ' ' }, 'Fill this in'],
  ])('with %o is refused and comes back as it was typed', async (over, why) => {
    const answer = await correct({ ...over, factReasonEn: 'As <i>typed</i>' });
    expect(answer.statusCode).toBe(422);
    expect(seen(answer.body)).toContain(why);
    expect(answer.body).toContain('As &lt;i&gt;typed&lt;/i&gt;</textarea>');
  });
});

describe('a fact that is withdrawn', () => {
  test('is on no page, nor is a paragraph that showed it, and cannot be corrected any more', async () => {
    const shown = await read(`/en/petitions/${SLUG}`);
    expect(shown).toContain('11,250');
    const { version } = await getFact();
    await editor.get('/organise/facts/F1');
    const answer = await editor.post('/organise/facts/F1/withdraw', {
      version: String(version),
      withdrawReasonEn: 'Nobody can show where it comes from.',
      withdrawReasonEs: 'Nadie puede mostrar de dónde sale.',
    });
    expect(answer.statusCode).toBe(303);
    campaign.clock.advance(5_000);
    const page = await campaign.get(`/en/petitions/${SLUG}`);
    expect(page.statusCode).toBe(200);
    expect(seen(page.body)).not.toContain('11,250');
    expect(page.body).not.toContain('{F1');
    expect((await campaign.get(`/es/petitions/${SLUG}/packs`)).statusCode).toBe(200);
    expect(await read('/en/corrections')).toContain('Nobody can show where it comes from.');
    expect((await correct({})).statusCode).toBe(409);
  });

  test('keeps from an office what was rendered with it', async () => {
    const { factIds } = await campaign.services.petitions.getPetition(SLUG);
    const changedAt = await campaign.services.facts.factsChangedAt(factIds);
    expect(changedAt && changedAt > new Date('2026-11-24T12:00:00Z')).toBe(true);
    expect(await campaign.services.facts.factsChangedAt(['F8'])).toBeUndefined();
  });
});

test('a program that starts again leaves what was corrected as it is', async () => {
  const before = await campaign.connection.collection('facts').find().toArray();
  const records = recordsOf(campaign.services.catalog, campaign.clock.now());
  await createFactStore(campaign.connection).insertMissing(records);
  expect(await campaign.connection.collection('facts').find().toArray()).toEqual(before);
});
