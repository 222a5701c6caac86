import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCampaignStore } from '../../src/campaign/campaign.store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { LOCALES } from '../../src/lib/locales.ts';
import { createOfficeStore } from '../../src/offices/office.store.ts';
import { renderFact, renderParagraph } from '../../src/petitions/fact-text.ts';
import { createPetitionStore } from '../../src/petitions/petition.store.ts';
import { checkStarter, loadStarter, readStarter } from '../../src/starter/load-starter.ts';
import { seedStarter } from '../../src/starter/seed.service.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

type Raw = {
  facts: {
    id: string;
    period: Record<string, string>;
    sourceId: string;
    text: Record<string, string>;
    figures: { id: string }[];
  }[];
  demands: { officeIds: string[] }[];
  offices: { channels: object[]; name: Record<string, string> }[];
  petitions: { officeIds: string[]; demandIds: string[]; factIds: string[] }[];
  texts: Record<string, Record<string, { title: string; summary: string; body: string[] }>>;
};

/** A change to the data, and what the loader must say of it. */
const faults: [string, (raw: Raw) => void, RegExp][] = [
  [
    'a fact without a period',
    (raw) => void Object.assign(raw.facts[0] ?? {}, { period: { en: '2021' } }),
    /facts\.0\.period/,
  ],
  [
    'a fact of an unknown source',
    (raw) => void Object.assign(raw.facts[0] ?? {}, { sourceId: 'x' }),
    /source x/,
  ],
  [
    'another figure in one language',
    (raw) => void Object.assign(raw.facts[1]?.text ?? {}, { es: 'Nada.' }),
    /other figures/,
  ],
  [
    'a figure typed by hand',
    (raw) => void Object.assign(raw.facts[2]?.text ?? {}, { en: `${raw.facts[2]?.text.en} 12,345` }),
    /12,345 by hand/,
  ],
  [
    'a figure nobody shows',
    (raw) =>
      void raw.facts[5]?.figures.push({ id: 'F6_x', value: 1, unit: 'people', bound: 'exactly' } as never),
    /does not show/,
  ],
  ['a petition text in one language', (raw) => void delete raw.texts['safe-passage']?.es, /texts/],
  [
    'a share typed by hand in a petition',
    (raw) => void raw.texts['safe-passage']?.en?.body.push('It is 80% of them.'),
    /80% by hand/,
  ],
  [
    'a figure of another petition’s facts',
    (raw) => void raw.texts['safe-passage']?.en?.body.push('{F2_children}'),
    /F2_children/,
  ],
  ['a demand on an unknown office', (raw) => void raw.demands[0]?.officeIds.push('us-x'), /office us-x/],
  [
    'a petition to an office of whom it asks nothing',
    (raw) => void raw.petitions[0]?.officeIds.push('mx-dif'),
    /mx-dif/,
  ],
  ['an unknown fact', (raw) => void raw.petitions[0]?.factIds.push('F99'), /fact F99/],
  [
    'an e-mail address',
    (raw) => void Object.assign(raw.offices[0]?.name ?? {}, { en: 'write to a@b.example' }),
    /e-mail address/,
  ],
  [
    'an office with an e-mail channel',
    (raw) => void raw.offices[0]?.channels.push({ kind: 'email', value: 'x', state: 'verified' }),
    /channels/,
  ],
];

describe('the loader refuses', () => {
  test.each(faults)('%s', async (_title, spoil, said) => {
    const raw = (await readStarter()) as Raw;
    spoil(raw);
    expect(() => checkStarter(raw)).toThrow(expect.objectContaining({ code: 'STARTER_INVALID' }));
    expect(() => checkStarter(raw)).toThrow(said);
  });

  test('all faults at once, not the first alone', async () => {
    const raw = (await readStarter()) as Raw;
    raw.petitions[0]?.factIds.push('F99');
    raw.demands[0]?.officeIds.push('us-x');
    expect(() => checkStarter(raw)).toThrow(/us-x[\s\S]*F99|F99[\s\S]*us-x/);
  });
});

describe('the campaign that ships', () => {
  test.each([
    ['F1', ['more than 95%', 'more than 10,000'], ['más del 95%', 'más de 10,000']],
    ['F9', ['9,543', 'twice the 4,760'], ['9,543', '4,760']],
    ['F3', ['nearly 1,000', 'not only children'], ['casi 1,000', 'no solo niñas y niños']],
    ['F4', ['more than 90%', '12,000'], ['más del 90%', '12,000']],
    ['F5', ['more than 70%'], ['más del 70%']],
    ['F8', ['more than 80%', 'more than 40%'], ['más del 80%', 'más del 40%']],
  ])('%s shows its figures alike in both languages', async (id, en, es) => {
    const fact = (await loadStarter()).catalog.facts.get(id);
    if (!fact) throw new Error(id);
    for (const text of en) expect(renderFact(fact, 'en')).toContain(text);
    for (const text of es) expect(renderFact(fact, 'es')).toContain(text);
  });

  test('F9 counts children with and without company, and says so', async () => {
    const fact = (await loadStarter()).catalog.facts.get('F9');
    expect(fact && renderFact(fact, 'en')).toContain('with and without company');
    expect(fact && renderFact(fact, 'es')).toContain('con y sin compañía');
  });

  test('asks each demand of the offices that the plan names', async () => {
    const { petitions, offices } = await loadStarter();
    const officesOf = (slug: string) =>
      [...(petitions.find(({ _id }) => _id === slug)?.officeIds ?? [])].sort();
    expect(officesOf('no-more-unsafe-returns')).toEqual([
      'mx-inm',
      'mx-presidency',
      'us-cbp-commissioner',
      'us-dhs-secretary',
    ]);
    expect(officesOf('protection-and-asylum')).toEqual(['mx-comar', 'mx-inm', 'mx-presidency', 'mx-segob']);
    expect(officesOf('safe-passage')).toEqual(['mx-sre', 'us-dhs-secretary']);
    expect(offices).toHaveLength(9);
    expect(offices.find(({ _id }) => _id === 'mx-comar')?.isPostOnly).toBe(true);
    expect(offices.flatMap(({ holders }) => holders)).toEqual([]);
  });

  test('uses no word that calls people what they are not', async () => {
    const { petitions, catalog } = await loadStarter();
    const texts = LOCALES.flatMap((locale) => [
      ...petitions.flatMap(({ texts: of }) => [
        of[locale].title,
        of[locale].summary,
        ...of[locale].body.map((one) => renderParagraph(one, catalog, locale)),
      ]),
      ...[...catalog.facts.values()].map((fact) => renderFact(fact, locale)),
      ...[...catalog.demands.values()].map(({ text }) => text[locale]),
    ]).join('\n');
    expect(texts).not.toMatch(/\b(illegals?|ilegal(es)?|minors|menores|flood|anchor)\b/i);
  });
});

describe('seeding', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.drop());

  test('puts in what is missing, by several processes at once, and overwrites nothing later', async () => {
    const { connection } = database;
    const stores = {
      petitions: createPetitionStore(connection),
      offices: createOfficeStore(connection),
      campaign: createCampaignStore(connection),
    };
    const starter = await loadStarter();
    await Promise.all([
      seedStarter(starter, stores, systemClock),
      seedStarter(starter, stores, systemClock),
      seedStarter(starter, stores, systemClock),
    ]);
    expect(await stores.petitions.listPetitions()).toHaveLength(3);
    await stores.campaign.setCampaign({ legalName: 'Acme Rights' });
    await stores.petitions.closePetition('safe-passage', new Date(), { by: 'Ana' });
    await seedStarter(starter, stores, systemClock);
    expect(await stores.campaign.findCampaign()).toMatchObject({ legalName: 'Acme Rights' });
    expect((await stores.petitions.listPetitions()).find(({ _id }) => _id === 'safe-passage')?.state).toBe(
      'closed',
    );
  });
});
