import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { newRef } from '../../src/lib/ref.ts';
import { type Answered, DHS, openAnswered, SLUG } from '../answers/answer-room.ts';
import { TESTER } from '../support/actor.ts';
import { openOrganiser, signIn, type TestOrganiser, type Visitor } from '../support/console.ts';
import { seen } from '../support/views.ts';

let campaign: Answered;
const people = {} as Record<'editor' | 'owner' | 'analyst', TestOrganiser>;
const visitors = {} as Record<'editor' | 'owner' | 'analyst', Visitor>;

beforeAll(async () => {
  campaign = await openAnswered();
  for (const [role, name] of [
    ['owner', 'Inés Vidal'],
    ['editor', 'Tomás Rojas'],
    ['analyst', 'Ana Sol'],
  ] as const)
    people[role] = await openOrganiser(campaign, { role, name, email: `${role}@team.example` });
});
afterAll(() => campaign.close());
beforeEach(async () => {
  await campaign.forgetAnswers();
  await campaign.connection.collection('claims').deleteMany({});
  for (const role of ['owner', 'editor', 'analyst'] as const)
    visitors[role] = await signIn(campaign, people[role]);
});

const today = async (role: 'owner' | 'editor' | 'analyst' = 'editor') =>
  (await visitors[role].get('/organise')).body;
const reply = () => campaign.services.answers.recordReply({ ...campaign.reply, messageId: newRef() });
const idOf = (page: string, text: RegExp) => {
  const line = page.split('<li>').find((one) => text.test(seen(one))) ?? '';
  return (/name="id" value="([^"]+)"/.exec(line)?.[1] ?? 'nothing').replaceAll('&#x2F;', '/');
};

test('it lists what needs a person, oldest first, with its age, to those who may deal with it', async () => {
  const { _id } = await reply();
  await campaign.connection
    .collection('deliveries')
    .updateOne(
      { _id: campaign.delivery._id as never },
      { $set: { state: 'unknown', endedAt: new Date(campaign.clock.now().getTime() - 3 * DAY) } },
    );
  await campaign.services.packs.recordHandedIn(TESTER, SLUG, 'mx-inm', { on: '2026-11-10', folio: 'F-9' });
  const page = seen(await today());
  expect(page).toMatch(
    /A law obliges an office to answer F-9.*in doubt whether a letter to Secretary of Homeland Security arrived.*3 days.*Secretary of Homeland Security has answered.*today/s,
  );
  expect(await today()).toContain(`href="/organise/answers/${_id}"`);
  expect(seen(await today('analyst'))).not.toMatch(/has answered|in doubt/);
  await campaign.connection
    .collection('deliveries')
    .updateOne({ _id: campaign.delivery._id as never }, { $set: { state: 'sent' } });
  await campaign.services.packs.recordAnswered(TESTER, SLUG, 'mx-inm', { on: '2026-11-11' });
});

test('it names addresses that fail or are old, and who leaves an office', async () => {
  const { offices } = campaign.services;
  await offices.failChannel(DHS, { reason: '550 5.1.1 no such user', at: campaign.clock.now(), hard: true });
  expect(seen(await today())).toContain('Email to Secretary of Homeland Security no longer arrives');
  const soon = new Date(campaign.clock.now().getTime() + 20 * DAY).toISOString().slice(0, 10);
  const holder = { name: 'John Doe', title: { en: 'S', es: 'S' }, from: '2026-01-01', to: soon };
  await campaign.connection
    .collection('offices')
    .updateOne({ _id: DHS as never }, { $set: { holders: [holder] } });
  expect(seen(await today())).toContain('Who will hold Secretary of Homeland Security next is not known');
  await offices.addHolder(TESTER, DHS, { name: 'Jane Roe', title: { en: 'S', es: 'S' }, from: soon });
  expect(seen(await today())).not.toContain('Who will hold');
});

test('mail that has waited for more than 15 minutes is named', async () => {
  const at = new Date(campaign.clock.now().getTime() - HOUR);
  const row = { kind: 'answer', audience: 'person', subjectId: 'x', attempts: 3, createdAt: at };
  await campaign.connection
    .collection('outbox')
    .insertOne({ _id: 'stuck' as never, ...row, state: 'due', dueAt: at });
  expect(seen(await today())).toContain('1 email has waited for more than 15 minutes');
  await campaign.connection.collection('outbox').deleteOne({ _id: 'stuck' as never });
});

test('one says that they see to it, the others see who, and only they can let it go', async () => {
  await reply();
  const id = idOf(await today(), /has answered/);
  expect((await visitors.editor.post('/organise/today/take', { id })).statusCode).toBe(303);
  expect(seen(await today('owner'))).toContain('Tomás Rojas is on it');
  await visitors.owner.post('/organise/today/take', { id });
  await visitors.owner.post('/organise/today/let-go', { id });
  expect(seen(await today('owner'))).toContain('Tomás Rojas is on it');
  expect(seen(await today())).toContain('You are on it');
  await visitors.editor.post('/organise/today/let-go', { id });
  expect(seen(await today('owner'))).not.toContain('is on it');
  await visitors.editor.post('/organise/today/take', { id: 'nothing' });
  await visitors.analyst.post('/organise/today/take', { id });
  expect(await campaign.services.organisers.claims.listClaims()).toEqual([]);
});
