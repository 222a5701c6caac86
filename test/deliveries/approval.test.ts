import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { byOf, shellActor } from '../../src/lib/actor.ts';
import { addMilliseconds, DAY, MINUTE } from '../../src/lib/clock.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { type SmtpSink, smtpReply, startSmtpServer } from '../support/smtp.ts';
import { addWriters, wordsOf } from '../support/writers.ts';

const slug = 'no-more-unsafe-returns';
const officeId = 'us-dhs-secretary';
const digestId = `${slug}:${officeId}:digest:1`;

let campaign: TestCampaign;
let sink: SmtpSink;
let isLater: boolean;
let isRefused: boolean;
/** when each mail was taken, by the test's clock */
let times: number[];
let weeks = -1;

beforeAll(async () => {
  sink = await startSmtpServer({
    onRcptTo: (_a, _s, callback) => {
      if (!isLater) times.push(campaign.clock.now().getTime());
      if (isRefused) return callback(smtpReply(550, '5.3.0 no room for this'));
      callback(isLater ? smtpReply(451, '4.3.0 later') : null);
    },
  });
  campaign = await openCampaign({ SMTP_URL: sink.url });
});
/** One campaign for all: each test finds it without people and letters, on another Tuesday at noon in Washington. */
beforeEach(async () => {
  isLater = false;
  isRefused = false;
  times = [];
  sink.mails.length = 0;
  weeks += 1;
  campaign.clock.set(at('2026-11-24T17:00:00Z'));
  for (const name of ['signatures', 'deliveries', 'outbox', 'pauses', 'ledger', 'tallies'])
    await campaign.connection.collection(name).deleteMany({});
  await campaign.connection
    .collection('offices')
    .updateOne(
      { _id: officeId as never },
      { $set: { channels: [], holders: [], changes: [] }, $unset: { pace: 1 } },
    );
  await campaign.services.petitions.setWays(slug, officeId, ['digest'], shellActor('Ana'));
  await campaign.services.offices.verifyEmailChannel(TESTER, officeId, {
    email: 'letters@dhs.example',
    source: 'https://example.org/contact',
    checked: '2026-11-24',
  });
});
afterAll(async () => {
  await campaign.close();
  await sink.stop();
});

/** The same moment of a later week: what a test left to wait for, no other meets. */
function at(iso: string): string {
  return addMilliseconds(new Date(iso), weeks * 7 * DAY).toISOString();
}

const LUCIA = shellActor('Lucía Paz');
const toOffice = () => sink.mails.filter(({ to }) => to[0] === 'letters@dhs.example');
const stateOf = async (id = digestId) => (await campaign.services.letters.getDelivery(id)).state;

async function planDigest(): Promise<void> {
  await campaign.addSupporter('ana@home.example');
  await campaign.count();
  await campaign.services.planner.planDigests();
}

/** Lets the clock run and the workers turn, a minute at a time. */
async function run(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await campaign.services.dispatch.step();
    await campaign.services.mailWorker.drainOffices();
    campaign.clock.advance(MINUTE);
  }
}

async function planLetters(count: number, words?: string): Promise<string[]> {
  const { petitions, letterPlanner } = campaign.services;
  await petitions.setWays(slug, officeId, ['digest', 'letters'], shellActor('Ana'));
  const refs = await addWriters(campaign, slug, [...Array(count).keys()], { ...(words && { words }) });
  await letterPlanner.planLetters();
  return refs.map((ref) => `${slug}:${officeId}:letter:${ref}`);
}

describe('approval', () => {
  test('what is planned waits for an organiser; approved, it goes in the office’s hours by itself', async () => {
    await planDigest();
    await run(60);
    expect(await stateOf()).toBe('planned');
    await campaign.services.approvals.approve(LUCIA, { kind: 'digest' });
    expect(await campaign.services.letters.getDelivery(digestId)).toMatchObject({
      state: 'approved',
      approvedBy: 'Lucía Paz',
    });
    campaign.clock.set(at('2026-11-24T23:00:00Z'));
    await run(30);
    expect(await stateOf()).toBe('approved');
    campaign.clock.set(at('2026-11-25T15:00:00Z'));
    await run(10);
    expect(await stateOf()).toBe('sent');
    expect(toOffice()).toHaveLength(1);
  });

  test('what would go can be read before anybody approves it, and reading keeps nothing', async () => {
    await planDigest();
    const { approvals, letters } = campaign.services;
    const mail = await simpleParser(await approvals.preview(await letters.getDelivery(digestId)));
    expect(mail.text).toContain('1 person has signed');
    expect(await letters.getDelivery(digestId)).toMatchObject({ state: 'planned', releases: 0 });
  });

  test('an approval without a name is none', async () => {
    await planDigest();
    await expect(campaign.services.approvals.approve(shellActor(' '), {})).rejects.toThrow(/--by/);
    expect(await stateOf()).toBe('planned');
  });

  test('who signs before the approval is in it, who signs after it goes into the next', async () => {
    await planDigest();
    await campaign.addSupporter('eva@home.example');
    await campaign.count();
    const [grown] = (await campaign.services.planner.planDigests()).filter((one) => one.deliveryId);
    expect(grown).toMatchObject({ result: 'grown', deliveryId: digestId });
    await campaign.services.approvals.approve(LUCIA, {});
    await campaign.addSupporter('sol@home.example');
    await campaign.count();
    await campaign.services.planner.planDigests();
    await run(10);
    expect((await simpleParser(toOffice()[0]?.raw ?? '')).text).toContain('2 people have signed');
  });
});

describe('a server that refuses', () => {
  test('three letters refused, and the channel fails: the rest stays, and organisers see why', async () => {
    isRefused = true;
    await planLetters(5);
    await campaign.services.approvals.approve(LUCIA, {});
    await run(60);
    const office = await campaign.services.offices.getOffice(officeId);
    expect(office.channels.find(({ kind }) => kind === 'email')).toMatchObject({
      state: 'failing',
      failures: 3,
      reason: expect.stringContaining('no room'),
    });
    const states = (await campaign.services.letters.listDeliveries()).map(({ state }) => state).sort();
    expect(states).toEqual(['approved', 'approved', 'failed', 'failed', 'failed']);
  });
});

describe('single letters', () => {
  test('one for each text that is unlike the others, in its writer’s words, from a person in a place', async () => {
    const [id = ''] = await planLetters(1);
    await campaign.services.approvals.approve(LUCIA, { kind: 'letter' });
    await run(10);
    const mail = await simpleParser(toOffice()[0]?.raw ?? '');
    expect(await stateOf(id)).toBe('sent');
    expect(mail.from?.value[0]?.name).toBe('A person in Texas via Safe Passage');
    expect(mail.from?.value[0]?.address).toBe(toOffice()[0]?.from);
    expect(mail.replyTo?.value[0]?.address).toMatch(/^replies\+[0-9a-f]{24}@safe-passage\.example$/);
    expect(mail.headers.get('auto-submitted')).toBeUndefined();
    expect(mail.subject).toMatch(/^My \w+ told it 2 times\. .+… \(L-[0-9A-F]{8}\)$/);
    expect(mail.text?.replace(/\n> /g, ' ')).toContain(wordsOf(0));
    expect(toOffice()[0]?.raw).not.toMatch(/Ana Rosa|writer-0/);
    expect(mail.html).not.toMatch(/<img|<script/);
  });

  test('a name and an address go to the office that the writer named, and to no other', async () => {
    await campaign.services.petitions.setWays(slug, officeId, ['letters'], shellActor('Ana'));
    await addWriters(campaign, slug, [1], { officeConsents: [{ officeId, name: true, reply: true }] });
    await addWriters(campaign, slug, [2], {
      officeConsents: [{ officeId: 'us-cbp-commissioner', name: true, reply: true }],
    });
    await campaign.services.letterPlanner.planLetters();
    await campaign.services.approvals.approve(LUCIA, { kind: 'letter' });
    await run(30);
    const mails = await Promise.all(toOffice().map(({ raw }) => simpleParser(raw)));
    const named = mails.find(({ from }) => from?.text.includes('Ana Rosa 1'));
    expect(named?.replyTo?.text).toBe('writer-1@home.example');
    expect(mails.filter((mail) => mail !== named)).toHaveLength(1);
    expect(toOffice().filter(({ raw }) => raw.includes('writer-2') || raw.includes('Ana Rosa 2'))).toEqual(
      [],
    );
  });

  test('one whose writer withdrew after the approval does not go', async () => {
    const [id = ''] = await planLetters(1);
    await campaign.services.approvals.approve(LUCIA, { kind: 'letter' });
    await campaign.connection
      .collection('signatures')
      .updateMany({ wordsState: 'approved' }, { $set: { state: 'withdrawn' }, $unset: { sealed: 1 } });
    await run(10);
    expect(toOffice()).toEqual([]);
    expect(await campaign.services.letters.getDelivery(id)).toMatchObject({
      state: 'planned',
      fault: 'its writer may not be quoted now',
    });
  });

  test('no more of them than the office takes in all, and its reports go on', async () => {
    await planLetters(3);
    await campaign.services.offices.setPace(TESTER, officeId, { lettersPerHour: 30, lettersInAll: 2 });
    await campaign.services.approvals.approve(LUCIA, { kind: 'letter' });
    await run(40);
    expect(toOffice()).toHaveLength(2);
    await planDigest();
    await campaign.services.approvals.approve(LUCIA, { kind: 'digest' });
    await run(40);
    expect(toOffice()).toHaveLength(3);
    expect(await stateOf()).toBe('sent');
  });

  test('words that went as a letter are not quoted in a digest too', async () => {
    await planLetters(2);
    await planDigest();
    await campaign.services.approvals.approve(LUCIA, {});
    await run(30);
    const digest = toOffice().find(({ raw }) => raw.includes('auto-generated'));
    expect((await simpleParser(digest?.raw ?? '')).text).not.toContain('told it');
    expect(toOffice()).toHaveLength(3);
  });
});

describe('whom it is for', () => {
  test('the present holder by title and name, never one who has left', async () => {
    const title = { en: 'Secretary', es: 'Secretaria' };
    const holders = [
      { name: 'Past Person', title, from: '2021-02-02', to: '2025-01-20' },
      { name: 'Rosa Example', title, from: '2025-01-20' },
    ];
    await campaign.connection
      .collection('offices')
      .updateOne({ _id: officeId as never }, { $set: { holders } });
    await planLetters(1);
    await planDigest();
    await campaign.services.approvals.approve(LUCIA, {});
    await run(20);
    expect(toOffice()).toHaveLength(2);
    for (const { raw } of toOffice()) {
      const { text } = await simpleParser(raw);
      expect(text?.replaceAll('\n', ' ')).toContain(
        'For the attention of: Secretary Rosa Example, Secretary of Homeland Security',
      );
      expect(raw).not.toContain('Past Person');
    }
  });
});

describe('standing still', () => {
  test.each([
    ['everything', {}],
    ['the office', { officeId }],
    ['the petition', { petitionId: slug }],
  ])(
    'a pause of %s holds what is approved and what waits to be sent; then it goes on, in no burst',
    async (_, scope) => {
      await planLetters(6);
      await campaign.services.approvals.approve(LUCIA, { kind: 'letter' });
      isLater = true;
      await run(6);
      isLater = false;
      await campaign.services.decisions.pause(shellActor('Lucía'), scope, 'a complaint');
      await run(60);
      expect(toOffice()).toEqual([]);
      await campaign.services.decisions.resume(TESTER, scope);
      await run(60);
      expect(toOffice()).toHaveLength(6);
      // Ten an hour are one in six minutes.
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThan(1 * MINUTE);
    },
  );

  test('cancelling all of an office leaves nothing to send', async () => {
    await planLetters(3);
    await planDigest();
    await campaign.services.approvals.approve(LUCIA, { kind: 'letter' });
    const { cancelled, beingSent } = await campaign.services.decisions.cancelAll(TESTER, { officeId });
    expect({ cancelled, beingSent }).toEqual({ cancelled: 4, beingSent: [] });
    await run(60);
    expect(toOffice()).toEqual([]);
  });

  test('a mail that a server put off waits for the office’s hours like any other', async () => {
    await planDigest();
    await campaign.services.approvals.approve(LUCIA, {});
    campaign.clock.set(at('2026-11-24T21:50:00Z'));
    isLater = true;
    await run(10);
    isLater = false;
    await run(60);
    expect(toOffice()).toEqual([]);
    campaign.clock.set(at('2026-11-25T14:00:00Z'));
    await run(15);
    expect(toOffice()).toHaveLength(1);
  });
});

describe('would it be dropped?', () => {
  const levels = async (batch = {}) => {
    const [report] = await campaign.services.approvals.check(batch);
    return Object.fromEntries(report?.checks.map(({ name, level }) => [name, level]) ?? []);
  };

  test('letters that are each their own may go', async () => {
    await planLetters(12);
    expect(await levels({ kind: 'letter' })).toMatchObject({
      channel: 'ok',
      bodies: 'ok',
      subjects: 'ok',
      pace: 'ok',
      alignment: 'ok',
      language: 'ok',
      size: 'ok',
    });
  });

  test('form letters are stopped, and an override is an organiser’s, with a reason that is kept', async () => {
    const ids = await planLetters(4, wordsOf(1));
    expect(await levels({ kind: 'letter' })).toMatchObject({ bodies: 'stop', subjects: 'stop' });
    const refused = await campaign.services.approvals.approve(LUCIA, { kind: 'letter' });
    expect(refused).toMatchObject({ approved: 0, refused: [{ officeId, mayGo: false }] });
    const because = 'the office asked for them';
    await campaign.services.approvals.approve(LUCIA, { kind: 'letter' }, { because });
    expect((await campaign.services.letters.getDelivery(ids[0] ?? '')).override).toMatchObject({
      by: 'Lucía Paz',
      because,
    });
  });

  test('more letters than the office takes in all are stopped where somebody reads them', async () => {
    await planLetters(3);
    await campaign.services.offices.setPace(TESTER, officeId, { lettersInAll: 2 });
    // A test address reads nothing: it is only told.
    expect(await levels({ kind: 'letter' })).toMatchObject({ pace: 'warn' });
  });

  test('an office whose address was blocked gets nothing approved', async () => {
    await planDigest();
    await campaign.services.offices.blockEmailChannel(TESTER, officeId);
    expect(await levels()).toMatchObject({ channel: 'stop' });
    expect((await campaign.services.approvals.approve(LUCIA, {})).approved).toBe(0);
  });
});

describe('the subject of a letter', () => {
  test.each([
    ['a family of emoji', '👩🏽‍👩🏽‍👧🏽‍👦🏽'],
    ['a letter and its mark', 'q\u0303'],
    ['a flag', '🇲🇽'],
  ])('no subject is cut inside a character: %s', async (_, character) => {
    const { words, letterPlanner, letters, approvals, petitions } = campaign.services;
    await petitions.setWays(slug, officeId, ['letters'], shellActor('Ana'));
    // The sixtieth unit of the text lies inside the character.
    const text = `${'x'.repeat(60 - Math.floor(character.length / 2))}${character} They sent him back to those he fled.`;
    await campaign.addSupporter('cut@home.example', { words: text, shareWords: 'on' });
    for (const { id } of await words.listWaiting())
      await words.decide(id, 'approved', { by: byOf(LUCIA), anyway: true });
    await letterPlanner.planLetters();
    const [delivery] = (await letters.listDeliveries()).filter(({ kind }) => kind === 'letter');
    if (!delivery) throw new Error('no letter was planned');
    const { subject } = await simpleParser(await approvals.preview(delivery));
    expect(subject).toMatch(/^x{40,59}… \(L-[0-9A-F]{8}\)$/);
  });
});
