import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createRuleStore } from '../../src/desk/rule.store.ts';
import { createRuleWorker } from '../../src/desk/rule.worker.ts';
import { DAY } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { newRef } from '../../src/lib/ref.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, signIn, type TestOrganiser, type Visitor } from '../support/console.ts';
import { buildSignatures } from '../support/signatures.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
let campaign: TestCampaign;
const people = {} as Record<'owner' | 'editor', TestOrganiser>;
let owner: Visitor;
let editor: Visitor;

beforeAll(async () => {
  campaign = await openCampaign();
  for (const role of ['owner', 'editor'] as const)
    people[role] = await openOrganiser(campaign, { role, email: `${role}@team.example` });
});
afterAll(() => campaign.close());
beforeEach(async () => {
  for (const name of ['signatures', 'ledger', 'tallies', 'rules'])
    await campaign.connection.collection(name).deleteMany({});
  owner = await signIn(campaign, people.owner);
  editor = await signIn(campaign, people.editor);
});

const key = (domain: string) => campaign.services.keys.mailDomainKeyOf(domain);
/** So many confirmed people, counted, with addresses of this domain. */
async function crowd(count: number, domain: string) {
  const person = campaign.services.sealer;
  const built = await buildSignatures(campaign.connection, count, {
    petitionId: SLUG,
    createdAt: new Date(campaign.clock.now().getTime() - 60_000),
    signals: { domain: key(domain) },
  });
  for (const { _id } of built)
    await campaign.connection.collection('signatures').updateOne(
      { _id: _id as never },
      {
        $set: { sealed: person.seal({ name: 'Ana', email: `a@${domain}` }, `signature:${_id}`) },
      },
    );
  await campaign.count();
  return built;
}
async function total() {
  await campaign.count();
  return (await campaign.services.stores.ledger.getTally(SLUG))?.total ?? 0;
}
async function work(worker = campaign.services.ruleWorker) {
  while (await worker.step());
}
async function make(visitor: Visitor, fields: Record<string, string>) {
  await visitor.get(`/organise/signatures/rule?${new URLSearchParams(fields)}`);
  return visitor.post('/organise/signatures/rules', fields);
}
const act = async (visitor: Visitor, path: string, what: string) => {
  await visitor.get(path);
  return visitor.post(`${path}/${what}`);
};
const acts = async () =>
  (await campaign.services.audit.listActs({}, 20)).filter(({ act: a }) => /^rule /.test(a));

test('a burst is held, then released by undoing it: the count and the ledger follow, and the audit has it all', async () => {
  await crowd(60, 'home.example');
  await crowd(5, 'burst.example');
  expect(await total()).toBe(65);
  const page = seen((await owner.get(`/organise/signatures/rule?domain=${key('burst.example')}`)).body);
  expect(page).toContain('Hold 5 signatures');
  expect(page).toContain('a@burst.example');
  expect(page).not.toContain('a second person must agree');
  const made = await make(owner, {
    domain: key('burst.example'),
    verb: 'hold',
    whyRule: 'All within a minute',
  });
  const path = made.headers.location ?? '';
  expect(seen((await owner.get(path)).body)).toContain('Under way');
  await work();
  expect(await total()).toBe(60);
  expect(seen((await owner.get(path)).body)).toContain('5 of 5');
  await act(owner, path, 'undo');
  await work();
  expect(await total()).toBe(65);
  expect(seen((await owner.get('/organise/signatures/rules')).body)).toContain('Undone');
  const { petitions } = await campaign.services.ledger.verify(SLUG);
  expect(petitions.map(({ faults }) => faults)).toEqual([[]]);
  const by = `organiser:${people.owner.ref}`;
  expect(await acts()).toMatchObject([
    { act: 'rule undo', by, outcome: 'done' },
    { act: 'rule hold', by, why: 'All within a minute', outcome: 'done', changes: [{}, { to: '5' }] },
  ]);
});

test('who is taken out loses no place, and one rule undone leaves those of another alone', async () => {
  await crowd(20, 'home.example');
  await crowd(2, 'one.example');
  await crowd(2, 'two.example');
  const paths: string[] = [];
  for (const domain of ['one.example', 'two.example']) {
    const made = await make(owner, { domain: key(domain), verb: 'invalidate', whyRule: 'False' });
    paths.push(made.headers.location ?? '');
    await work();
  }
  expect(await total()).toBe(20);
  await act(owner, paths[0] ?? '', 'undo');
  await work();
  expect(await total()).toBe(22);
  const states = await campaign.connection
    .collection('signatures')
    .distinct('state', { 'signals.domain': key('two.example') });
  expect(states).toEqual(['invalidated']);
});

test('above a fifth of a count a second person says yes too', async () => {
  await crowd(6, 'home.example');
  await crowd(4, 'burst.example');
  const made = await make(owner, { domain: key('burst.example'), verb: 'invalidate', whyRule: 'False' });
  const path = made.headers.location ?? '';
  await work();
  expect(await total()).toBe(10);
  expect(seen((await editor.get('/organise')).body)).toContain(
    '1 act on many signatures waits for a second person',
  );
  const own = await act(owner, path, 'approve');
  expect([own.statusCode, seen(own.body).includes('a second person must agree')]).toEqual([409, true]);
  expect((await act(editor, path, 'approve')).statusCode).toBe(303);
  await work();
  expect(await total()).toBe(6);
  expect((await act(editor, path, 'approve')).statusCode).toBe(409);
});

test('nothing that narrows it is never everybody, and nobody is no rule', async () => {
  await crowd(3, 'home.example');
  for (const fields of [{}, { petition: SLUG }]) {
    const made = await make(owner, { ...fields, verb: 'hold', whyRule: 'All' });
    expect([made.statusCode, seen(made.body).includes('This would select everyone')]).toEqual([422, true]);
  }
  const none = await make(owner, { domain: key('nobody.example'), verb: 'hold', whyRule: 'None' });
  expect([none.statusCode, seen(none.body).includes('nobody left whom this would change')]).toEqual([
    422,
    true,
  ]);
  const silent = await make(owner, { domain: key('home.example'), verb: 'hold', whyRule: '' });
  expect([silent.statusCode, seen(silent.body).includes('Say why')]).toEqual([422, true]);
  expect(await campaign.connection.collection('rules').countDocuments()).toBe(0);
  expect((await owner.get(`/organise/signatures/rules/${newRef()}`)).body).toBe(
    (await owner.get('/organise/no-such-page')).body,
  );
});

test('it is stopped on the way, and people who withdraw, are erased or confirm meanwhile are treated right', async () => {
  await crowd(40, 'home.example');
  const burst = await crowd(9, 'burst.example');
  const store = createRuleStore(campaign.connection);
  const slow = createRuleWorker({ store, clock: campaign.clock, logger: silentLogger, atOnce: 3 });
  const made = await make(owner, { domain: key('burst.example'), verb: 'invalidate', whyRule: 'False' });
  const path = made.headers.location ?? '';
  await slow.step();
  const after = await campaign.connection.collection('signatures').find({ state: 'invalidated' }).toArray();
  expect(after).toHaveLength(3);
  const untouched = burst.find(({ _id }) => !after.some((one) => String(one._id) === _id));
  const { signatures } = campaign.services.stores;
  await signatures.withdrawSignature(untouched?._id ?? '', campaign.clock.now());
  await signatures.removeSignature(String(after[0]?._id), campaign.clock.now());
  campaign.clock.advance(1_000);
  await crowd(1, 'burst.example');
  await slow.step();
  await act(owner, path, 'cancel');
  await work(slow);
  expect(await total()).toBe(40 + 1 + 9 - 1 - 6);
  expect(seen((await owner.get(path)).body)).toContain('Stopped on the way');
  await act(owner, path, 'undo');
  await work(slow);
  expect(await total()).toBe(40 + 1 + 9 - 2);
  const states = campaign.connection.collection('signatures');
  expect(await states.countDocuments({ state: 'withdrawn' })).toBe(2);
});

test('a group of one says yes again on another day', async () => {
  await crowd(4, 'burst.example');
  await campaign.connection
    .collection('organisers')
    .updateOne({ _id: people.editor.ref as never }, { $set: { state: 'closed' } });
  const made = await make(owner, { domain: key('burst.example'), verb: 'hold', whyRule: 'False' });
  const path = made.headers.location ?? '';
  expect((await act(owner, path, 'approve')).statusCode).toBe(409);
  campaign.clock.advance(DAY);
  owner = await signIn(campaign, people.owner);
  expect((await act(owner, path, 'approve')).statusCode).toBe(303);
  expect((await acts())[0]).toMatchObject({
    act: 'rule approve',
    why: 'the same person on another day: nobody else may decide',
  });
  await campaign.connection
    .collection('organisers')
    .updateOne({ _id: people.editor.ref as never }, { $set: { state: 'active' } });
});
