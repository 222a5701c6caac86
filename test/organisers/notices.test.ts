import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { newRef } from '../../src/lib/ref.ts';
import { type Answered, DHS, openAnswered } from '../answers/answer-room.ts';
import { openOrganiser, signIn, type TestOrganiser } from '../support/console.ts';

let campaign: Answered;
const people = {} as Record<'owner' | 'editor' | 'analyst', TestOrganiser>;

beforeAll(async () => {
  campaign = await openAnswered();
  for (const role of ['owner', 'editor', 'analyst'] as const)
    people[role] = await openOrganiser(campaign, { role, email: `${role}@team.example` });
  campaign.clock.advance(60_000);
});
afterAll(() => campaign.close());
beforeEach(async () => {
  await campaign.forgetAnswers();
  await campaign.connection.collection('outbox').deleteMany({});
});

const step = () => campaign.services.notices.step();
const reply = () =>
  campaign.services.answers.recordReply({ ...campaign.reply, at: campaign.clock.now(), messageId: newRef() });
const written = async () => {
  const rows = await campaign.connection.collection('outbox').find({ kind: 'organiser' }).toArray();
  return rows.map(({ _id, subjectId }) => [String(_id).split(':')[1], subjectId]);
};
const refs = (...roles: ('owner' | 'editor' | 'analyst')[]) => roles.map((role) => people[role].ref);

test('an answer is told at once, once, to those who may read it, and the email names nobody', async () => {
  const { _id } = await reply();
  await step();
  await step();
  const rows = await written();
  expect(rows.map(([kind]) => kind)).toEqual(['answer', 'answer']);
  expect(new Set(rows.map(([, ref]) => ref))).toEqual(new Set(refs('owner', 'editor')));
  await campaign.sendMail();
  const mails = (await campaign.services.mailbox?.list()) ?? [];
  const mine = mails.find(({ subject }) => subject?.includes('An office has answered'));
  const read = JSON.stringify(await campaign.services.mailbox?.read(mine?.id ?? ''));
  expect(read).toContain(`/organise/answers/${_id}`);
  expect(read).not.toMatch(/Núñez|ana\.rosa|Homeland/);
});

test('each chooses on their own page: once a day in the morning, or not at all', async () => {
  const editor = await signIn(campaign, people.editor);
  await editor.get('/organise/account');
  expect((await editor.post('/organise/account/notices', { notices: 'hourly' })).statusCode).toBe(422);
  await editor.post('/organise/account/notices', { notices: 'daily' });
  const owner = await signIn(campaign, people.owner);
  await owner.get('/organise/account');
  await owner.post('/organise/account/notices', { notices: 'never' });
  expect((await owner.get('/organise/account')).body).toMatch(/value="never" checked/);
  await campaign.connection.collection('outbox').deleteMany({});
  // Wednesday, 5 in the morning in Mexico City, then 9.
  campaign.clock.set('2026-12-02T11:00:00Z');
  await reply();
  await step();
  expect(await written()).toEqual([]);
  campaign.clock.set('2026-12-02T15:00:00Z');
  await step();
  await step();
  expect(await written()).toEqual([['summary', people.editor.ref]]);
  campaign.clock.advance(DAY);
  await step();
  expect(await written()).toHaveLength(2);
});

test('an address that fails and a letter in doubt are told too', async () => {
  const { offices } = campaign.services;
  await campaign.connection
    .collection('organisers')
    .updateOne({ _id: people.editor.ref as never }, { $set: { notices: 'at-once' } });
  await offices.failChannel(DHS, { reason: '550 5.1.1 no such user', at: campaign.clock.now(), hard: true });
  await campaign.connection
    .collection('deliveries')
    .updateOne(
      { _id: campaign.delivery._id as never },
      { $set: { state: 'unknown', endedAt: campaign.clock.now() } },
    );
  await step();
  expect(await written()).toEqual([
    ['failure', people.editor.ref],
    ['failure', people.editor.ref],
  ]);
});

test('owners are sent the head of the audit on Monday, once', async () => {
  campaign.clock.set('2026-12-07T15:00:00Z');
  await step();
  await step();
  const heads = (await written()).filter(([kind]) => kind === 'audit-head');
  expect(heads).toEqual([['audit-head', people.owner.ref]]);
  const head = await campaign.services.audit.findHead();
  await campaign.sendMail();
  const mails = (await campaign.services.mailbox?.list()) ?? [];
  const mine = mails.find(({ subject }) => subject?.includes('who did what'));
  const read = JSON.stringify(await campaign.services.mailbox?.read(mine?.id ?? ''));
  expect(read).toContain(head?.hash);
});
