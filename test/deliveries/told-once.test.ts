import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { intervalsOf } from '../../src/deliveries/coverage.ts';
import { type DeliveryState, deliveryId } from '../../src/deliveries/delivery.ts';
import { createOfficeIncoming } from '../../src/deliveries/returned.service.ts';
import { shellActor } from '../../src/lib/actor.ts';
import { MINUTE } from '../../src/lib/clock.ts';
import { isAppError } from '../../src/lib/errors.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { releaseAll } from '../support/letters.ts';
import { type SmtpSink, smtpReply, startSmtpServer } from '../support/smtp.ts';

const slug = 'no-more-unsafe-returns';
const officeId = 'us-dhs-secretary';

let campaign: TestCampaign;
let sink: SmtpSink;
let isRefusing = false;
let people = 0;
const seen = new Set<DeliveryState>();

beforeAll(async () => {
  sink = await startSmtpServer({
    onRcptTo: (_a, _s, callback) => callback(isRefusing ? smtpReply(550, '5.3.0 no') : null),
  });
  campaign = await openCampaign({ SMTP_URL: sink.url });
  await verify();
});
afterAll(async () => {
  await campaign.close();
  await sink.stop();
});

const verify = () =>
  campaign.services.offices.verifyEmailChannel(TESTER, officeId, {
    email: 'letters@dhs.example',
    source: 'https://example.org/contact',
    checked: '2026-11-24',
  });

const STEPS = [
  'sign',
  'withdraw',
  'plan',
  'approve',
  'send',
  'refuse',
  'vanish',
  'bounce',
  'bounce the first',
  'answer',
  'cancel',
  'resolve as sent',
  'resolve again',
] as const;
type Step = (typeof STEPS)[number];

const list = () => campaign.services.stores.deliveries.listDigests(slug, officeId);
const incoming = () =>
  createOfficeIncoming({
    deliveries: campaign.services.stores.deliveries,
    // The address stays: here it is about who is told what.
    failChannel: campaign.services.offices.getOffice,
    blockEmailChannel: (_actor, id) => campaign.services.offices.getOffice(id),
    recordReply: async () => undefined,
    weigh: campaign.services.reports.weigh,
    logger: silentLogger,
  });
async function send(): Promise<void> {
  await releaseAll(campaign.services);
  await campaign.services.mailWorker.drainOffices();
}
/** A sender that had claimed the mail is gone, and its lease ran out. */
async function vanish(): Promise<void> {
  await releaseAll(campaign.services);
  const { outbox } = campaign.services.stores;
  const due = await outbox.listDue(campaign.clock.now(), 10, 'office');
  const lease = { audience: 'office', claim: 'gone', now: campaign.clock.now(), leaseMs: MINUTE } as const;
  const ids = due.map(({ _id }) => _id);
  if (ids.length > 0) await outbox.claimRows(ids, lease);
  campaign.clock.advance(2 * MINUTE);
  await campaign.services.mailWorker.drainOffices();
}
let notes = 0;
async function report(kind: 'bounce' | 'answer', which: 'first' | 'last'): Promise<void> {
  const out = (await list()).filter(({ releases }) => releases > 0);
  const delivery = which === 'first' ? out[0] : out.at(-1);
  if (!delivery) return;
  notes += 1;
  const about = { id: String(notes), deliveryId: delivery._id, at: campaign.clock.now() };
  if (kind === 'answer') await incoming().onAutoReply({ ...about, text: 'I am away.' });
  else await incoming().onBounce({ ...about, severity: 'hard', text: '550 5.1.1 nobody', isOther: false });
}
async function resolve(word: 'sent' | 'again'): Promise<void> {
  campaign.clock.advance(3 * MINUTE);
  const open = (await list()).filter(({ state }) => state === 'unknown' || state === 'bounced');
  for (const { _id } of open.slice(0, 1))
    await tolerant(campaign.services.decisions.resolve(TESTER, _id, word));
}
async function tolerant(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isAppError(error, 'DELIVERY_STATE_CONFLICT')) throw error;
  });
}
const signed: string[] = [];
const DO: Record<Step, () => Promise<unknown>> = {
  async sign() {
    people += 1;
    const email = `p${people}@home.example`;
    await campaign.addSupporter(email);
    signed.push(email);
    await campaign.count();
  },
  async withdraw() {
    const email = signed.pop();
    if (email) await campaign.post(`${await campaign.linkTo('manage', email)}/withdraw`);
    await campaign.count();
  },
  plan: () => campaign.services.planner.planDigests(),
  approve: () =>
    campaign.services.approvals.approve(shellActor('Lucía Paz'), { officeId }, { because: 'a test' }),
  send,
  async refuse() {
    isRefusing = true;
    await send();
    isRefusing = false;
    // Three refusals and the address fails; here it is about who is told what.
    await verify();
  },
  vanish,
  bounce: () => report('bounce', 'last'),
  'bounce the first': () => report('bounce', 'first'),
  answer: () => report('answer', 'last'),
  async cancel() {
    for (const { _id } of (await list()).slice(-1))
      await tolerant(campaign.services.decisions.cancel(TESTER, _id));
  },
  'resolve as sent': () => resolve('sent'),
  'resolve again': () => resolve('again'),
};

/** No entry of the ledger stands in two digests that arrived, or may have. */
async function checkNoneTwice(): Promise<void> {
  const told = (await list()).filter(({ state }) => ['sent', 'unknown'].includes(state)).flatMap(intervalsOf);
  const entries = told.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at + 1));
  expect(entries).toHaveLength(new Set(entries).size);
}

async function checkAllOnce(): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    await resolve('sent');
    await DO.sign();
    await DO.plan();
    await send();
  }
  const digests = await list();
  expect(
    digests.filter(({ state }) => ['planned', 'approved', 'released', 'unknown'].includes(state)),
  ).toEqual([]);
  const told = digests.filter(({ state }) => state === 'sent').flatMap(intervalsOf);
  const entries = told.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at + 1));
  const { seq } = await campaign.services.ledger.getCount(slug);
  expect(entries.sort((a, b) => a - b)).toEqual(Array.from({ length: seq }, (_, at) => at + 1));
}

async function run(steps: readonly Step[]): Promise<void> {
  for (const name of ['signatures', 'deliveries', 'outbox', 'ledger', 'tallies'])
    await campaign.connection.collection(name).deleteMany({});
  signed.length = 0;
  await DO.sign();
  for (const step of steps) {
    await DO[step]();
    for (const { state } of await list()) seen.add(state);
    await checkNoneTwice();
  }
  await checkAllOnce();
}

test('whatever becomes of the digests, every entry of the count is told once', async () => {
  // A report that comes back after a later one was sent; a better report after that; a late bounce of the first.
  await run(['plan', 'send', 'sign', 'plan', 'send', 'bounce the first', 'plan', 'answer', 'send', 'bounce']);
  await run(['plan', 'send', 'bounce', 'plan', 'approve', 'answer', 'send', 'sign', 'plan', 'send']);
  await run(['plan', 'vanish', 'bounce', 'sign', 'plan', 'resolve again', 'send', 'bounce the first']);
  await run(['plan', 'send', 'bounce', 'resolve again', 'send', 'sign', 'withdraw', 'plan', 'cancel']);
  await run(['plan', 'refuse', 'sign', 'plan', 'send', 'bounce', 'plan', 'refuse', 'resolve as sent']);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { minLength: 6, maxLength: 14 }), run),
    { numRuns: 12, seed: 8 },
  );
  const all: DeliveryState[] = ['planned', 'approved', 'sent', 'failed', 'bounced', 'cancelled', 'unknown'];
  expect(all.filter((state) => !seen.has(state))).toEqual([]);
  expect(deliveryId(slug, officeId, 1)).toBe((await list())[0]?._id);
}, 120_000);
