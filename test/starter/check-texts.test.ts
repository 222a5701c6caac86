import { describe, expect, test } from 'vitest';
import { isAppError } from '../../src/lib/errors.ts';
import { checkStarter, readStarter } from '../../src/starter/load-starter.ts';
import type { StarterData } from '../../src/starter/starter.schema.ts';

async function readData(): Promise<StarterData> {
  return (await readStarter()) as StarterData;
}

/** The list of faults that the loader names, empty when it takes the data. */
function faultsOf(data: unknown): string[] {
  try {
    checkStarter(data);
    return [];
  } catch (error) {
    if (!isAppError(error, 'STARTER_INVALID')) throw error;
    return error.details.faults as string[];
  }
}

const body = (data: StarterData, locale: 'en' | 'es') => data.texts['safe-passage']?.[locale].body ?? [];

const refused: [string, (data: StarterData) => void, string[]][] = [
  [
    'a share in words',
    (data) => void body(data, 'en').push('It is 80 percent.'),
    [
      'petition safe-passage has more paragraphs',
      '80 percent by hand in en',
      'texts.safe-passage has the numbers',
    ],
  ],
  [
    'a share in Spanish words',
    (data) => {
      body(data, 'es')[2] = 'Son el 80 por ciento.';
    },
    ['80 por ciento by hand in es', 'texts.safe-passage has the numbers'],
  ],
  [
    'a number without a separator, alike in both languages',
    (data) => {
      body(data, 'en')[2] = 'They were 17750.';
      body(data, 'es')[2] = 'Fueron 17750.';
    },
    ['17750 by hand in en', '17750 by hand in es'],
  ],
  [
    'a number with a space in it',
    (data) => {
      body(data, 'en')[2] = 'They were 17 750.';
      body(data, 'es')[2] = 'Fueron 17 750.';
    },
    ['17 750 by hand in en', '17 750 by hand in es'],
  ],
  [
    'any digit in the text of a fact, even a year',
    (data) => void Object.assign(data.facts[5]?.text ?? {}, { en: 'In 2021.', es: 'En 2021.' }),
    ['fact F6 writes the figure 2021 by hand in en', 'fact F6 writes the figure 2021 by hand in es'],
  ],
  [
    'another period in one language',
    (data) => void Object.assign(data.facts[3]?.period ?? {}, { es: '2018' }),
    [
      'facts.3.period has the numbers 2019 in English and 2018 in Spanish',
      'shows F4 in es without its period: 2018',
    ],
  ],
  [
    'another article of a law in one language',
    (data) => {
      const name = data.laws[0]?.name;
      if (name) name.es = name.es.replace('1232', '1233');
    },
    ['laws.0.name has the numbers'],
  ],
  [
    'another day in one language of a petition',
    (data) => {
      body(data, 'en')[2] = 'On May 5, 2021.';
      body(data, 'es')[2] = 'El 6 de mayo de 2021.';
    },
    ['texts.safe-passage has the numbers'],
  ],
  [
    'a figure without its period beside it',
    (data) => {
      body(data, 'en')[2] = 'They were {F3_people}.';
      body(data, 'es')[2] = 'Fueron {F3_people}.';
    },
    ['shows F3 in en without its period: 2021', 'shows F3 in es without its period: 2021'],
  ],
  [
    'a placeholder that does not end',
    (data) => {
      body(data, 'en')[2] = 'They were {F3_people.';
    },
    ['petition safe-passage has a bracket in en'],
  ],
  [
    'a message that chooses by a figure',
    (data) => {
      body(data, 'en')[2] = '{F3_people, plural, other {Some}} in 2021';
      body(data, 'es')[2] = '{F3_people, plural, other {Varias}} en 2021';
    },
    ['petition safe-passage has a bracket in en', 'petition safe-passage has a bracket in es'],
  ],
  [
    'texts of a petition that is not there',
    (data) => void Object.assign(data.texts, { 'no-such': data.texts['safe-passage'] }),
    ['petition no-such, which is not there'],
  ],
  [
    'a demand that follows for an office it does not ask',
    (data) => void Object.assign(data.demands[0] ?? {}, { followsFor: ['mx-dif'] }),
    ['demand D1 names the addressee mx-dif'],
  ],
  [
    'two petitions of one number',
    (data) => void Object.assign(data.petitions[1] ?? {}, { number: 1 }),
    ['petition number 1 stands twice'],
  ],
  [
    'an address where another fault stands too',
    (data) => {
      Object.assign(data.offices[2] ?? {}, { zone: 'Mars/Base', holders: ['a@b.example'] });
    },
    ['offices.2.zone', 'offices.2.holders.0 holds an e-mail address'],
  ],
  [
    'a postal address without its day',
    (data) => void Object.assign(data.offices[0]?.channels[0] ?? {}, { verifiedOn: '2021' }),
    ['offices.0.channels.0.verifiedOn'],
  ],
  [
    'a postal address without its source',
    (data) => void Object.assign(data.offices[0]?.channels[0] ?? {}, { source: ' ' }),
    ['offices.0.channels.0.source'],
  ],
];

describe('the loader refuses', () => {
  test.each(refused)('%s', async (_title, spoil, said) => {
    const data = await readData();
    expect(faultsOf(data)).toEqual([]);
    spoil(data);
    const faults = faultsOf(data);
    for (const part of said) expect(faults).toContainEqual(expect.stringContaining(part));
  });
});

test('days, years, hours and articles may stand in a petition', async () => {
  const data = await readData();
  body(data, 'en')[2] = 'On May 5, 2021, within 48 hours, by article 96.';
  body(data, 'es')[2] = 'El 5 de mayo de 2021, dentro de 48 horas, por el artículo 96.';
  expect(faultsOf(data)).toEqual([]);
});
