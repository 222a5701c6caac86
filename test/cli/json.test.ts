import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCommands } from '../../src/command-tree.ts';
import { listVerbs } from '../../src/commands/command-line.ts';
import { shellActor } from '../../src/lib/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { createCli } from '../support/cli.ts';

const PETITION = 'no-more-unsafe-returns';
const OFFICE = 'us-dhs-secretary';
const DELIVERY = `${PETITION}:${OFFICE}:digest:1`;
/** Writes a file, and shows nothing. */
const SHOWS_NOTHING = ['answers save'];

/** What each command that shows something is given, and what its JSON then holds. */
const ROWS: Record<string, { given?: (ids: Ids) => string[]; holds: unknown }> = {
  'campaign show': { holds: { _id: 'campaign' } },
  'audit list': {
    holds: expect.arrayContaining([
      expect.objectContaining({ by: 'Rosa', act: 'letters plan', outcome: 'done' }),
    ]),
  },
  'audit verify': { holds: { faults: [], open: [] } },
  'organiser list': { holds: [] },
  'office list': { holds: expect.arrayContaining([expect.objectContaining({ _id: 'mx-inm' })]) },
  'office show': { given: () => ['mx-inm'], holds: { _id: 'mx-inm' } },
  'office holiday list': {
    given: () => ['mx-inm', '--year', '2026'],
    holds: expect.arrayContaining([expect.objectContaining({ day: '2026-09-16' })]),
  },
  'petition list': {
    holds: expect.arrayContaining([expect.objectContaining({ petition: PETITION, count: 1 })]),
  },
  'words list': { holds: [] },
  'updates list': { holds: [{ petitionId: PETITION, state: 'draft' }] },
  'updates show': { given: ({ update }) => [update], holds: { revision: 1 } },
  'letters check': { holds: [expect.any(Object)] },
  'letters list': { holds: [{ _id: DELIVERY, state: 'planned' }] },
  'letters show': {
    given: () => [DELIVERY],
    holds: { delivery: DELIVERY, mail: expect.stringContaining('Subject:') },
  },
  'letters pauses': { holds: [] },
  'pack list': { given: () => ['safe-passage'], holds: expect.any(Array) },
  'answers list': { holds: [{ officeId: OFFICE }] },
  'answers show': { given: ({ answer }) => [answer], holds: { content: { text: 'No.' } } },
  'ledger show': { given: () => [PETITION], holds: { entry: 1, total: 1 } },
  'ledger verify': { holds: { ok: true } },
  'mail list': {
    holds: [
      { kind: 'answer', delivery: '' },
      { kind: 'receipt', delivery: '' },
    ],
  },
  'mail incoming': { holds: [] },
};
type Ids = { answer: string; update: string };

let campaign: TestCampaign;
let cli: ReturnType<typeof createCli>;
let ids: Ids;
beforeAll(async () => {
  campaign = await openCampaign();
  cli = createCli(campaign.services);
  await campaign.addSupporter('ana@home.example');
  await campaign.count();
  const done = async (...words: string[]) => expect((await cli(...words)).error).toBe('');
  const checked = ['--source', 'https://x.example', '--checked', '2026-11-24'];
  await done('office', 'verify', OFFICE, '--email', 'letters@dhs.example', ...checked);
  await done('letters', 'plan');
  const answer = ['--petition', PETITION, '--office', OFFICE, '--on', '2026-01-02', '--text', 'No.'];
  await done('answers', 'record', ...answer);
  const [listed] = JSON.parse((await cli('answers', 'list', '--json')).out);
  const text = { title: 'News', body: 'It happened.' };
  const written = { texts: { en: text, es: text }, hours: { from: 9, until: 20 } };
  const update = await campaign.services.petitionUpdates.write(PETITION, written, shellActor('Lena'));
  ids = { answer: listed._id, update: update._id };
});
afterAll(() => campaign.close());

const verbs = listVerbs(await loadCommands(async () => undefined)).filter(
  ({ verb }) => verb.kind === 'reads',
);

test('every command that lists or shows something is tried here', () => {
  const names = verbs.map(({ path }) => path.join(' ')).filter((name) => !SHOWS_NOTHING.includes(name));
  expect(Object.keys(ROWS).toSorted()).toEqual(names.toSorted());
});

test.each(Object.entries(ROWS))('%s answers in JSON where asked', async (name, { given, holds }) => {
  const { out, error } = await cli(...name.split(' '), ...(given?.(ids) ?? []), '--json');
  expect(error).toBe('');
  expect(JSON.parse(out)).toMatchObject(holds as object);
});
