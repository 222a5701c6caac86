import { describe, expect, test } from 'vitest';
import { checkStarter, loadStarter, readStarter } from '../../src/starter/load-starter.ts';
import type { StarterData } from '../../src/starter/starter.schema.ts';

async function readData(): Promise<StarterData> {
  return (await readStarter()) as StarterData;
}

const first = <T>(all: readonly T[]): T => {
  const [one] = all;
  if (!one) throw new Error('there is none');
  return one;
};

const refused: [string, (data: StarterData) => unknown, string][] = [
  [
    'a fact without its period',
    (data) => Reflect.deleteProperty(first(data.facts), 'period'),
    'facts.0.period',
  ],
  [
    'a fact with an empty period',
    (data) => Object.assign(first(data.facts).period, { es: ' ' }),
    'facts.0.period.es',
  ],
  [
    'a fact without a source',
    (data) => Reflect.deleteProperty(first(data.facts), 'sourceId'),
    'facts.0.sourceId',
  ],
  [
    'a fact of a source that is not there',
    (data) => Object.assign(first(data.facts), { sourceId: 'blog' }),
    'fact F1 names the source blog',
  ],
  [
    'a placeholder in one language alone',
    (data) => Object.assign(first(data.facts).text, { es: 'Son {F1_share}.' }),
    'fact F1 shows other figures in English (F1_children,F1_share) than in Spanish (F1_share)',
  ],
  [
    'a figure that its text does not show',
    (data) => Object.assign(first(data.facts), { text: { en: '{F1_share}', es: '{F1_share}' } }),
    'fact F1 has the figure F1_children and does not show it',
  ],
  [
    'a fact that shows the figure of another',
    (data) => Object.assign(first(data.facts), { text: { en: '{F2_children}', es: '{F2_children}' } }),
    'fact F1 shows the figure F2_children',
  ],
  [
    'a demand to an office that is not there',
    (data) => first(data.demands).officeIds.push('mx-nobody'),
    'demand D1 names the office mx-nobody',
  ],
  [
    'a petition to an office of which none of its demands asks anything',
    (data) => first(data.petitions).officeIds.push('mx-dif'),
    'petition no-more-unsafe-returns writes to mx-dif',
  ],
  [
    'a petition with an office that is not there',
    (data) => first(data.petitions).officeIds.push('mx-nobody'),
    'petition no-more-unsafe-returns names the office mx-nobody',
  ],
  ['a demand that is not there', (data) => first(data.petitions).demandIds.push('D9'), 'names the demand D9'],
  ['a fact that is not there', (data) => first(data.petitions).factIds.push('F99'), 'names the fact F99'],
  [
    'an office that is a helpline',
    (data) => Object.assign(first(data.offices).name, { es: 'Línea de ayuda' }),
    'office us-dhs-secretary is a helpline',
  ],
  [
    'an office that takes more than any can read',
    (data) => Object.assign(first(data.offices).pace, { digestsPerMonth: 3 }),
    'offices.0.pace.digestsPerMonth',
  ],
  [
    'a holiday on a day that is none',
    (data) => Object.assign(first(data.holidays.MX.rules), { on: { month: 2, day: 30 } }),
    'holidays.MX.rules.0.on',
  ],
  [
    'a holiday on a fifth Monday, which not every month has',
    (data) => Object.assign(first(data.holidays.US.rules), { on: { month: 2, weekday: 1, nth: 5 } }),
    'holidays.US.rules.0.on',
  ],
  [
    'a holiday twice',
    (data) => data.holidays.US.rules.push(first(data.holidays.US.rules)),
    'holiday us-new-year stands twice',
  ],
  ['a law that is not there', (data) => first(data.petitions).lawIds.push('none'), 'names the law none'],
  [
    'a petition without texts',
    (data) => Reflect.deleteProperty(data.texts, 'safe-passage'),
    'petition safe-passage has no texts',
  ],
  [
    'a petition in one language',
    (data) => Reflect.deleteProperty(data.texts['safe-passage'] ?? {}, 'es'),
    'texts.safe-passage.es',
  ],
  [
    'an office in one language',
    (data) => Reflect.deleteProperty(first(data.offices).name, 'en'),
    'offices.0.name.en',
  ],
  [
    'an office-holder',
    (data) => Object.assign(first(data.offices), { holders: [{ name: 'A' }] }),
    'offices.0.holders.0',
  ],
  [
    'an e-mail channel',
    (data) => Object.assign(first(first(data.offices).channels), { kind: 'email' }),
    'offices.0.channels.0.kind',
  ],
  [
    'an e-mail address, wherever it stands',
    (data) => data.texts['safe-passage']?.en.body.splice(2, 1, 'Write to office@agency.example.'),
    'texts.safe-passage.en.body.2 holds an e-mail address',
  ],
  ['two facts of one id', (data) => data.facts.push(first(data.facts)), 'fact F1 stands twice'],
];

describe('the loader refuses', () => {
  test.each(refused)('%s', async (_title, spoil, said) => {
    const data = await readData();
    expect(() => checkStarter(data)).not.toThrow();
    spoil(data);
    expect(() => checkStarter(data)).toThrow(
      expect.objectContaining({ code: 'STARTER_INVALID', message: expect.stringContaining(said) }),
    );
  });
});

test('all faults are named at once, each on a line of its own', async () => {
  const data = await readData();
  first(data.demands).officeIds.push('mx-nobody');
  first(data.petitions).factIds.push('F99');
  expect(() => checkStarter(data)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/^The starter campaign has faults:\n {2}.*mx-nobody.*\n {2}.*F99.*$/),
    }),
  );
});

test('what is loaded is open and refers by id to a catalog that has it all', async () => {
  const { catalog, petitions } = await loadStarter();
  expect(petitions.map(({ _id, number, state }) => [_id, number, state])).toEqual([
    ['no-more-unsafe-returns', 1, 'open'],
    ['protection-and-asylum', 2, 'open'],
    ['safe-passage', 3, 'open'],
  ]);
  for (const { demandIds, factIds, lawIds } of petitions) {
    expect(demandIds.every((id) => catalog.demands.has(id))).toBe(true);
    expect(factIds.every((id) => catalog.facts.has(id))).toBe(true);
    expect(lawIds.every((id) => catalog.laws.has(id))).toBe(true);
  }
});
