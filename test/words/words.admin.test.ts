import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, signIn, type TestOrganiser, type Visitor } from '../support/console.ts';
import { seen } from '../support/views.ts';

const WORDS = 'My cousin crossed at night and nobody asked her whether she could go back.';
const PLACE = 'They were put on a bus at Reynosa and left there without a hearing or a call.';

let campaign: TestCampaign;
const people = {} as Record<'owner' | 'moderator' | 'analyst', TestOrganiser>;
let owner: Visitor;
let moderator: Visitor;
let ref: string;

beforeAll(async () => {
  campaign = await openCampaign();
  for (const role of ['owner', 'moderator', 'analyst'] as const)
    people[role] = await openOrganiser(campaign, {
      role,
      email: `${role}@team.example`,
      name: role === 'owner' ? 'Inés Vidal' : 'Tomás Rojas',
    });
});
afterAll(() => campaign.close());
beforeEach(async () => {
  for (const name of ['signatures', 'outbox', 'deliveries'])
    await campaign.connection.collection(name).deleteMany({});
  owner = await signIn(campaign, people.owner);
  moderator = await signIn(campaign, people.moderator);
});

let number = 0;
async function write(words: string, name = 'Zulema Xochitl'): Promise<void> {
  number += 1;
  const email = `writer-${number}@home.example`;
  const signature = await campaign.addSupporter(email, { name, words, shareWords: 'on' });
  ref = signature.ref ?? '';
  // Their writer has looked, and says that what seems to be a name or a place may stand.
  if (!signature.wordsState)
    await campaign.connection
      .collection('signatures')
      .updateOne({ ref }, { $set: { wordsState: 'waiting' } });
}
const open = async (visitor: Visitor) => (await visitor.get('/organise/words')).body;
/** The path of a form of the page that shows a text. */
const pathOf = (page: string, did: 'approve' | 'refuse') =>
  new RegExp(`action="(/organise/words/[^"]+/${did})"`).exec(page)?.[1] ?? `no form to ${did}`;
const decide = async (visitor: Visitor, did: 'approve' | 'refuse', fields: Record<string, string> = {}) =>
  visitor.post(pathOf(await open(visitor), did), fields);
const acts = async () =>
  (await campaign.services.audit.listActs({}, 10)).filter(({ act }) => /^words/.test(act));
const quotable = async () => (await campaign.services.words.listQuotableOf([ref])).map(({ words }) => words);

test('Today says how many wait and since when, to those who may read them', async () => {
  await write(WORDS);
  await write(`${WORDS} She was nine.`);
  campaign.clock.advance(2 * DAY);
  const [one, another] = [await signIn(campaign, people.moderator), await signIn(campaign, people.analyst)];
  const today = seen((await one.get('/organise')).body);
  expect(today).toContain('2 texts of supporters wait to be read');
  expect(today).toMatch(/since [^<]*, 2 days/);
  expect(seen((await another.get('/organise')).body)).not.toContain('texts of supporters');
});

describe('one text', () => {
  test('is read, approved, and waits again when that is undone; the audit has it all', async () => {
    await write(WORDS);
    expect(seen(await open(moderator))).toContain('1 text waits.');
    expect(seen(await open(moderator))).toContain(WORDS);
    expect(await open(moderator)).not.toMatch(/Zulema|home\.example/);
    const done = await decide(moderator, 'approve', { trimmed: WORDS });
    expect(done.statusCode).toBe(303);
    expect(await quotable()).toEqual([WORDS]);
    const after = await moderator.get(done.headers.location ?? '');
    expect(seen(after.body)).toContain('Approved: offices may be sent these words');
    const undo = /action="([^"]+\/undo)"/.exec(after.body)?.[1] ?? '';
    expect((await moderator.post(undo)).headers.location).toBe('/organise/words?done=undone');
    expect(await quotable()).toEqual([]);
    expect(seen(await open(moderator))).toContain(WORDS);
    const by = `organiser:${people.moderator.ref}`;
    expect((await acts()).slice(0, 2)).toMatchObject([
      { act: 'words undo', by, of: [ref], outcome: 'done' },
      {
        act: 'words approve',
        by,
        of: [ref],
        outcome: 'done',
        changes: [{ from: 'waiting', to: 'approved' }],
      },
    ]);
  });

  test('is shortened by cuts that show, and by nothing else', async () => {
    await write(WORDS);
    const changed = await decide(owner, 'approve', { trimmed: WORDS.replace('cousin', 'sister') });
    expect(changed.statusCode).toBe(422);
    expect(seen(changed.body)).toContain('Only shorten');
    expect(changed.body).toContain('My sister crossed');
    const trimmed = '[…] nobody asked her whether she could go back.';
    expect((await decide(owner, 'approve', { trimmed })).statusCode).toBe(303);
    expect(await quotable()).toEqual([trimmed]);
  });

  test('is refused with a reason, and what was typed without one is still there', async () => {
    await write(WORDS);
    const note = 'Please leave out the night.';
    const missing = await decide(owner, 'refuse', { note });
    expect(missing.statusCode).toBe(422);
    expect(seen(missing.body)).toContain('Choose a reason');
    expect(missing.body).toContain(note);
    expect((await decide(owner, 'refuse', { reason: 'topic', note })).statusCode).toBe(303);
    expect(await campaign.services.words.getWords(ref)).toMatchObject({
      state: 'refused',
      decision: { by: `organiser:${people.owner.ref}`, reason: 'topic', note },
    });
    expect(JSON.stringify(await acts())).not.toContain('night');
  });

  test('that is marked shows what marked it, and needs a second person', async () => {
    const words = `I am Zulema. ${PLACE}`;
    await write(words);
    expect(await open(moderator)).toMatch(/<mark>Zulema <small>\(a name\)<\/small><\/mark>/);
    const unlooked = await decide(moderator, 'approve', { trimmed: words });
    expect(unlooked.statusCode).toBe(422);
    expect(seen(unlooked.body)).toContain('tick the box');
    const first = await decide(moderator, 'approve', { trimmed: words, looked: 'on' });
    expect(first.headers.location).toContain('done=second');
    expect(await quotable()).toEqual([]);
    expect(seen(await open(moderator))).toContain('No words are waiting for you.');
    expect(seen(await open(owner))).toContain('Tomás Rojas said yes');
    await decide(owner, 'approve', { trimmed: words, looked: 'on' });
    expect(await quotable()).toEqual([words]);
  });

  test('on which a colleague was faster is decided once, and who comes second is told by whom', async () => {
    await write(WORDS);
    const path = pathOf(await open(moderator), 'refuse');
    await decide(owner, 'approve', { trimmed: WORDS });
    const late = await moderator.post(path, { reason: 'topic' });
    expect(late.statusCode).toBe(409);
    expect(seen(late.body)).toContain('Inés Vidal has already approved these words');
    expect(await quotable()).toEqual([WORDS]);
    expect((await acts())[0]).toMatchObject({ act: 'words refuse', outcome: 'refused' });
  });

  test('that an office may have is not taken back', async () => {
    await write(WORDS);
    await decide(owner, 'approve', { trimmed: WORDS });
    await campaign.connection
      .collection('deliveries')
      .insertOne({ quotes: [{ ref, number: '1' }], state: 'sent', officeId: 'mx-inm' });
    const answer = await owner.post(`/organise/words/${ref}/undo`);
    expect(answer.statusCode).toBe(409);
    expect(seen(answer.body)).toContain('This can no longer be undone.');
  });

  test('is left for now, and the next is read', async () => {
    await write(WORDS);
    campaign.clock.advance(1_000);
    await write(PLACE.replace('Reynosa', 'dawn'));
    const { body } = await owner.get('/organise/words?skip=1');
    expect(seen(body)).toContain('at dawn');
    expect(seen(body)).not.toContain('My cousin');
  });
});

test('what was typed while the database is away comes back, and nothing is decided', async () => {
  await write(WORDS);
  const path = pathOf(await open(owner), 'refuse');
  const note = 'Please leave out the night, and the bus.';
  const client = campaign.connection.getClient();
  await client.close();
  const answer = await owner.post(path, { reason: 'topic', note });
  await client.connect();
  expect(answer.statusCode).toBe(503);
  expect(answer.body).toContain(note);
  expect(await campaign.services.words.getWords(ref)).toMatchObject({ state: 'waiting' });
});
