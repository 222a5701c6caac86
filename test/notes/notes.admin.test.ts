import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, signIn, type TestOrganiser, type Visitor } from '../support/console.ts';
import { seen } from '../support/views.ts';

const OFFICE = '/organise/offices/us-dhs-secretary';
const KEY = 'office:us-dhs-secretary';
const TEXT = '=1+1 <b>Call</b> Jane\u202e first';

let campaign: TestCampaign;
const people = {} as Record<'owner' | 'editor' | 'moderator', TestOrganiser>;
let owner: Visitor;
let editor: Visitor;

beforeAll(async () => {
  campaign = await openCampaign();
  for (const [role, name] of [
    ['owner', 'Inés Vidal'],
    ['editor', 'Tomás Rojas'],
    ['moderator', 'Ana Sol'],
  ] as const)
    people[role] = await openOrganiser(campaign, { role, name, email: `${role}@team.example` });
});
afterAll(() => campaign.close());
beforeEach(async () => {
  await campaign.connection.collection('notes').deleteMany({});
  owner = await signIn(campaign, people.owner);
  editor = await signIn(campaign, people.editor);
});

const add = (note: string, visitor = editor, of = KEY) =>
  visitor.post('/organise/notes', { of, note, back: OFFICE });

test('a note is read by colleagues as it was typed, with who wrote it, and lies sealed', async () => {
  await editor.get(OFFICE);
  expect((await add(TEXT)).headers.location).toBe(`${OFFICE}#notes`);
  const { body } = await owner.get(OFFICE);
  expect(body).toContain('&#x3D;1+1 &lt;b&gt;Call&lt;/b&gt; Jane');
  expect(seen(body)).toMatch(/Notes for colleagues.*Tomás Rojas/s);
  const stored = await campaign.connection.collection('notes').findOne({ of: KEY });
  expect(JSON.stringify(stored)).not.toContain('Jane');
  const [act] = await campaign.services.audit.listActs({}, 1);
  expect(act).toMatchObject({ act: 'note add', of: [KEY], outcome: 'done' });
  expect(JSON.stringify(act)).not.toContain('Jane');
});

test('one that is empty or too long is sent back with what was typed', async () => {
  await editor.get(OFFICE);
  expect((await add(' ')).statusCode).toBe(422);
  const long = await add('x'.repeat(4_001));
  expect([long.statusCode, long.body.includes('x'.repeat(4_001))]).toEqual([422, true]);
});

test('only who wrote it takes it away, and who may not see the page writes none', async () => {
  await editor.get(OFFICE);
  await add('first');
  const [note] = await campaign.services.notes.list({ kind: 'office', id: 'us-dhs-secretary' });
  const id = note?._id ?? '';
  expect((await owner.post('/organise/notes/remove', { id, back: OFFICE })).statusCode).toBe(404);
  const moderator = await signIn(campaign, people.moderator);
  expect((await add('no', moderator)).statusCode).toBe(404);
  expect((await add('no', editor, 'person:x')).statusCode).toBe(404);
  await editor.post('/organise/notes/remove', { id, back: OFFICE });
  expect(await campaign.services.notes.list({ kind: 'office', id: 'us-dhs-secretary' })).toEqual([]);
});
