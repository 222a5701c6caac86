import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { LOCALES, type Locale } from '../../src/lib/locales.ts';
import { renderFact, renderParagraph } from '../../src/petitions/fact-text.ts';
import { petitionView } from '../../src/petitions/petition.view.ts';
import { loadStarter, type Starter } from '../../src/starter/load-starter.ts';

const FOLDER = join(import.meta.dirname, '../../src/starter');

let starter: Starter;
beforeAll(async () => {
  starter = await loadStarter();
});

function petition(slug: string) {
  const found = starter.petitions.find(({ _id }) => _id === slug);
  if (!found) throw new Error(`no petition ${slug}`);
  return found;
}

function wholeText(slug: string, locale: Locale): string {
  const { title, summary, body } = petition(slug).texts[locale];
  return [title, summary, ...body.map((one) => renderParagraph(one, starter.catalog, locale))].join('\n');
}

describe('figures', () => {
  /** As the plan of the campaign gives them: value, unit, bound. */
  const planned: [string, string[]][] = [
    ['F1', ['over 95 percent', 'over 10000 children']],
    ['F9', ['exactly 9543 children', 'exactly 4760 children']],
    ['F3', ['nearly 1000 people']],
    ['F4', ['over 90 percent', 'exactly 12000 children']],
    ['F5', ['over 70 percent']],
    ['F6', []],
    ['F7', []],
    ['F8', ['over 80 percent', 'over 40 percent']],
  ];

  test.each(planned)('%s has those that the source gives, and no other', (id, figures) => {
    const fact = starter.catalog.facts.get(id);
    expect(fact?.figures.map(({ bound, value, unit }) => `${bound} ${value} ${unit}`)).toEqual(figures);
  });

  test('there is no fact beyond those', () => {
    expect([...starter.catalog.facts.keys()]).toEqual(planned.map(([id]) => id));
  });

  const periods: [string, string, string][] = [
    ['F1', 'November 2020 to April 2021', 'noviembre de 2020 a abril de 2021'],
    ['F9', 'January to August 2021', 'enero a agosto de 2021'],
    ['F3', 'late May 2021', 'finales de mayo de 2021'],
    ['F4', '2019', '2019'],
    ['F5', '2020', '2020'],
    ['F6', 'January 2021', 'enero de 2021'],
    ['F7', 'December 2020', 'diciembre de 2020'],
    ['F8', '2021', '2021'],
  ];
  test.each(periods)('%s has its period in both languages', (id, en, es) => {
    expect(starter.catalog.facts.get(id)?.period.en).toContain(en);
    expect(starter.catalog.facts.get(id)?.period.es).toContain(es);
  });

  test('every petition shows each of its facts with period and source, with the same numbers in both languages', () => {
    for (const one of starter.petitions) {
      const [en, es] = LOCALES.map(
        (locale) =>
          petitionView({
            petition: one,
            catalog: starter.catalog,
            offices: starter.offices,
            count: 0,
            locale,
            zone: 'America/Mexico_City',
            now: new Date('2026-11-24T12:00:00Z'),
          }).facts,
      );
      expect(en).toHaveLength(one.factIds.length);
      const numbers = (text: string) => (text.match(/\d[\d,]*%?/g) ?? []).sort();
      for (const [index, fact] of (en ?? []).entries()) {
        expect(numbers(fact.text)).toEqual(numbers(es?.[index]?.text ?? ''));
        for (const shown of [fact, es?.[index]]) {
          expect(shown?.period).not.toBe('');
          expect(shown?.source).toMatch(
            one.factIds[index] === 'F9' ? /Migra.*EFE.*2021/ : /Erika Guevara-Rosas.*La Silla Rota.*2021/,
          );
        }
      }
    }
  });

  test('nothing is left unfilled in what a reader sees', () => {
    for (const locale of LOCALES) {
      for (const { _id } of starter.petitions) expect(wholeText(_id, locale)).not.toMatch(/[{}]|undefined/);
      for (const fact of starter.catalog.facts.values())
        expect(renderFact(fact, locale)).not.toMatch(/[{}]|undefined/);
    }
  });
});

describe('care with what the source says', () => {
  test('F9 counts children with and without company, also in the petition that tells it', () => {
    const tells = (locale: Locale) =>
      petition('no-more-unsafe-returns').texts[locale].body.find((text) => text.includes('{F9_children}'));
    expect(tells('en')).toContain('with and without company');
    expect(tells('es')).toContain('con y sin compañía');
  });

  test('the withdrawn figure stands in no fact and no text, and on the page of corrections alone', () => {
    const { corrections, ...told } = starter.catalog;
    expect(corrections.map(({ factId, replacedBy }) => [factId, replacedBy])).toEqual([['F2', 'F9']]);
    const everything = JSON.stringify([
      ...Object.values(told).map((map) => [...map.values()]),
      starter.petitions,
    ]);
    expect(everything).not.toMatch(/17[.,]?750|F2_/);
  });

  test('F3 is not only about children, wherever it is told', () => {
    for (const { texts } of starter.petitions) {
      for (const text of texts.en.body.filter((one) => one.includes('{F3_people}')))
        expect(text).toContain('not only children');
      for (const text of texts.es.body.filter((one) => one.includes('{F3_people}')))
        expect(text).toContain('no solo niñas y niños');
    }
  });

  test('F8 is the word of the Secretary of that time', () => {
    expect(wholeText('safe-passage', 'en')).toContain('the Secretary of Homeland Security of that time said');
    expect(wholeText('safe-passage', 'es')).toContain('quien entonces era titular de Seguridad Nacional');
  });

  test('CBP, SEGOB and SRE are asked what follows from the demands, all others what the source asks', () => {
    const follows = [...starter.catalog.demands.values()].flatMap(({ id, followsFor }) =>
      followsFor.map((office) => `${id} ${office}`),
    );
    expect(follows).toEqual(['D1 us-cbp-commissioner', 'D2 mx-segob', 'D5 mx-sre']);
  });

  test('nobody is told that the children’s convention binds the United States', () => {
    expect(starter.catalog.laws.get('crc')?.text.en).toContain('the United States has only signed');
    expect(starter.catalog.laws.get('crc')?.text.es).toContain('Estados Unidos solo la ha firmado');
  });

  test('neither the author nor Amnesty speaks in a petition, and no office-holder is named', () => {
    for (const locale of LOCALES) {
      for (const { _id } of starter.petitions) {
        expect(wholeText(_id, locale)).not.toMatch(
          /Amnes|Amnist|Guevara|Mayorkas|Biden|Harris|L[oó]pez Obrador|Sheinbaum/i,
        );
      }
    }
  });
});

const addressees: [string, string, string[]][] = [
  ['no-more-unsafe-returns', 'D1', ['us-dhs-secretary', 'us-cbp-commissioner', 'mx-presidency', 'mx-inm']],
  ['no-more-unsafe-returns', 'D3', ['mx-presidency', 'mx-inm']],
  ['protection-and-asylum', 'D2', ['mx-presidency', 'mx-segob']],
  ['protection-and-asylum', 'D4', ['mx-presidency', 'mx-comar', 'mx-inm']],
  ['safe-passage', 'D5', ['mx-sre', 'us-dhs-secretary']],
];
test.each(addressees)('%s puts %s to its addressees', (slug, demandId, offices) => {
  const { demandIds, officeIds } = petition(slug);
  expect(demandIds).toContain(demandId);
  const asked = starter.catalog.demands.get(demandId)?.officeIds.filter((id) => officeIds.includes(id));
  expect([...(asked ?? [])].sort()).toEqual([...offices].sort());
});

test('petitions have four to six paragraphs, and as many in Spanish as in English', () => {
  for (const { texts } of starter.petitions) {
    expect(texts.en.body.length).toBeGreaterThanOrEqual(4);
    expect(texts.en.body.length).toBeLessThanOrEqual(6);
    expect(texts.es.body).toHaveLength(texts.en.body.length);
  }
});

describe('offices', () => {
  test('there are nine, without holders, and nothing can be mailed to any', () => {
    expect(starter.offices).toHaveLength(9);
    for (const { holders, channels } of starter.offices) {
      expect(holders).toEqual([]);
      for (const channel of channels) {
        expect(channel).toMatchObject({ kind: 'post', state: 'unverified' });
        expect(channel.source).toBeTruthy();
        expect(channel.verifiedOn).toMatch(/^\d{4}-\d{2}/);
      }
    }
  });

  test('each gets a digest a month and few letters, but COMAR nothing', () => {
    for (const { _id, pace, hours, language, languages } of starter.offices) {
      const [digests, perHour, inAll] = _id === 'mx-comar' ? [0, 0, 0] : [1, 10, 200];
      expect(pace).toEqual({ digestsPerMonth: digests, lettersPerHour: perHour, lettersInAll: inAll });
      expect(hours).toEqual({ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' });
      expect(languages).toEqual([language]);
    }
  });

  test('COMAR alone is reached by post only', () => {
    expect(starter.offices.filter(({ isPostOnly }) => isPostOnly).map(({ _id }) => _id)).toEqual([
      'mx-comar',
    ]);
  });
});

test('no file that ships holds an e-mail address or a word that calls people what they are not', async () => {
  const files = (await readdir(FOLDER, { recursive: true })).filter((name) => name.endsWith('.json'));
  expect(files.length).toBeGreaterThanOrEqual(12);
  for (const file of files) {
    const text = await readFile(join(FOLDER, file), 'utf8');
    expect(text, file).not.toMatch(/@|mailto/);
    expect(text, file).not.toMatch(/\b(?:illegal|ilegal|minors?\b|menor(?:es)?\b|flood|anchor)/i);
  }
});

describe('files that cannot be read', () => {
  test('one that is no JSON is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'starter-'));
    await cp(FOLDER, folder, { recursive: true });
    await writeFile(join(folder, 'laws.json'), '[{');
    await expect(loadStarter(folder)).rejects.toMatchObject({
      code: 'STARTER_INVALID',
      message: expect.stringContaining('laws.json'),
    });
    await rm(join(folder, 'laws.json'));
    await expect(loadStarter(folder)).rejects.toMatchObject({
      code: 'STARTER_INVALID',
      message: expect.stringContaining('laws.json'),
    });
    await rm(folder, { recursive: true });
  });
});
