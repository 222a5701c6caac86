import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError, isAppError } from '../../src/lib/errors.ts';
import { createSealer } from '../../src/lib/sealed.ts';
import {
  type Person,
  type Signature,
  signatureContext,
  signatureId,
} from '../../src/signatures/signature.ts';
import { textVersion } from '../../src/words/words.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import {
  type Act,
  createScheduler,
  doubleInterruptions,
  interruptions,
  nestedInterruptions,
  type Outcome,
} from '../support/schedule.ts';
import { buildForm } from '../support/signing.ts';

const SLUG = 'no-more-unsafe-returns';
const EMAIL = 'ana@home.example';
const WRITTEN = 'What I wrote first, and what an organiser has read of me, word for word.';
const details = {
  country: 'MX',
  region: undefined,
  words: undefined,
  showName: false,
  shareWords: false,
  updates: false,
};

let campaign: TestCampaign;
let scheduler: ReturnType<typeof createScheduler>;
let id: string;
beforeAll(async () => {
  campaign = await openCampaign({}, (connection, clock) => {
    scheduler = createScheduler(connection, () => clock.advance(1));
  });
  id = signatureId(SLUG, campaign.emailKeyOf(EMAIL));
}, 60_000);
afterAll(() => campaign.close());

async function sign(name: string): Promise<void> {
  const { petitions, intake } = campaign.services;
  const petition = await petitions.getPetition(SLUG);
  const form = buildForm({ email: EMAIL, name });
  await intake.sign({ petition, form, locale: 'en', network: '192.0.2.1' });
}
const token = async (purpose: 'confirm' | 'manage' | 'notMe') =>
  (await campaign.linkTo(purpose, EMAIL)).split('/').at(-1) ?? '';
async function share(manage: string): Promise<void> {
  const given = {
    shown: textVersion(WRITTEN),
    hasLooked: true,
    ticked: { name: new Set(''), reply: new Set('') },
  };
  if (await campaign.services.myWords.share(manage, given)) throw new AppError('INPUT_INVALID');
}
const find = () => campaign.services.stores.signatures.findSignature(id);
const personOf = ({ sealed }: Signature) =>
  sealed && createSealer(campaign.services.keys.data).open<Person>(sealed, signatureContext(id));

const states = {
  async pending() {
    await sign('Ana');
    await campaign.sendMail();
  },
  async confirmed() {
    await states.pending();
    await campaign.services.confirm.confirmSignature(await token('confirm'));
    campaign.clock.advance(1);
    await campaign.count();
  },
  async due() {
    await states.pending();
    await campaign.services.confirm.confirmSignature(await token('confirm'));
  },
  async drafted() {
    await states.confirmed();
    await campaign.services.myWords.saveDraft(await token('manage'), WRITTEN);
  },
  async written() {
    await states.drafted();
    await share(await token('manage'));
  },
  async withdrawn() {
    await states.confirmed();
    await campaign.services.manage.withdraw(await token('manage'));
    campaign.clock.advance(1);
    await sign('Ana');
  },
} as const;
type State = keyof typeof states;

const COLLECTIONS = ['signatures', 'outbox', 'ledger', 'tallies', 'suppressions'] as const;
type Documents = Record<string, unknown>[];
/** What each state has left in the database: put back for every order, instead of being lived through again. */
const lived = new Map<State, Map<string, Documents>>();

async function restore(state: State): Promise<void> {
  const collectionOf = (name: string) => campaign.connection.collection(name);
  await Promise.all(COLLECTIONS.map((name) => collectionOf(name).deleteMany({})));
  const known = lived.get(state);
  if (known) {
    for (const [name, documents] of known) await collectionOf(name).insertMany(documents);
    return;
  }
  await states[state]();
  const left = await Promise.all(
    COLLECTIONS.map(
      async (name) => [name, (await collectionOf(name).find().toArray()) as Documents] as const,
    ),
  );
  lived.set(state, new Map(left.filter(([, documents]) => documents.length > 0)));
}

async function begin(state: State): Promise<Record<string, Act>> {
  await restore(state);
  campaign.clock.advance(1);
  const { services } = campaign;
  const [confirm, manage, notMe] = [await token('confirm'), await token('manage'), await token('notMe')];
  const emailKey = campaign.emailKeyOf(EMAIL);
  const ref = (await find())?.ref ?? 'nobody';
  return {
    sign: () => sign('Berta'),
    confirm: () => services.confirm.confirmSignature(confirm),
    withdraw: () => services.manage.withdraw(manage),
    change: () => services.manage.changeDetails(manage, { ...details, name: 'Carla' }),
    words: () => services.myWords.saveDraft(manage, 'Words of my own that are long enough to be kept here.'),
    share: () => share(manage),
    approve: () => services.words.decide(ref, 'approved', { by: 'Rosa' }),
    notMe: () => services.optOut.notMe(notMe),
    erase: () => services.optOut.eraseAddress(emailKey),
    anew: async () => {
      await services.optOut.eraseAddress(emailKey);
      await sign('Berta');
    },
    ledger: () => services.ledger.step(),
    mail: () => services.mailWorker.step(),
    retention: () => services.retention.step(),
  };
}

/** What all of them said, held against what is there. */
async function check(names: readonly string[], outcomes: readonly Outcome[], state: State): Promise<void> {
  const did = (name: string) => names.some((one, i) => one === name && !outcomes[i]?.error);
  for (const { error } of outcomes) if (error && !isAppError(error)) throw error;
  const found = await find();
  const person = found ? personOf(found) : undefined;
  const isLive = found?.state === 'pending' || found?.state === 'confirmed';
  const hasAsked = did('sign') || did('anew');
  if (did('erase') || did('notMe') || did('anew')) {
    if (!hasAsked) expect({ isLive, person }).toEqual({ isLive: false, person: undefined });
    if (isLive) expect(found?.state).toBe('pending');
  }
  if (did('withdraw')) expect(found?.state).not.toBe('confirmed');
  if (did('change') && found?.state === 'confirmed') expect(person?.name).toBe('Carla');
  if (did('words') && found?.state === 'confirmed' && !did('change')) expect(person?.words).toMatch(/^Words/);
  // Nobody but the one text was read by an organiser.
  if (found?.wordsState === 'approved') expect(person?.words).toBe(WRITTEN);
  const isRewritten = did('change') || did('words');
  if (did('share') && found?.state === 'confirmed' && !isRewritten) expect(found.wordsState).toBeDefined();
  if (did('approve') && found?.state === 'confirmed' && !isRewritten)
    expect(found.wordsState).toBe('approved');
  const isRemoved = ['erase', 'notMe', 'anew', 'withdraw'].some(did);
  if (did('confirm') && !isRemoved) expect(found?.state).toBe('confirmed');
  const erased = outcomes[names.indexOf('erase')]?.value;
  const wasThere = state !== 'withdrawn' || names.includes('mail');
  if (did('erase') && !wasThere && !hasAsked) expect(erased).toBe(0);
  if (did('erase') && state !== 'withdrawn' && !isRemovedBy(names)) expect(erased).toBe(1);
  await campaign.count();
  const { ok, petitions } = await campaign.services.ledger.verify();
  expect(petitions.flatMap(({ faults }) => faults)).toEqual([]);
  expect(ok).toBe(true);
  const standing = (await find())?.state === 'confirmed' ? 1 : 0;
  expect((await campaign.services.ledger.getCount(SLUG)).count).toBe(standing);
  // Whoever asked after everything was taken back is written to.
  if (names[1] === 'sign' && outcomes.length === 2 && !(await find()) && did('sign') && !did('notMe')) {
    await campaign.sendMail();
    expect((await find())?.state).toBe('pending');
  }
}

const isRemovedBy = (names: readonly string[]) =>
  ['notMe', 'withdraw', 'anew'].some((name) => names.includes(name));

/**
 * `SCHEDULES=all` tries every order in which one act is interrupted once, and many of those with two interruptions and with
 * three acts; else a few of each, evenly spread.
 */
const LIMITS =
  process.env.SCHEDULES === 'all'
    ? { once: Number.POSITIVE_INFINITY, twice: 16, nested: 12 }
    : { once: 2, twice: 1, nested: 1 };

function spread<T>(all: readonly T[], limit: number): T[] {
  const step = Math.max(1, all.length / limit);
  return Array.from({ length: Math.min(all.length, limit) }, (_, i) => all[Math.floor(i * step)] as T);
}

async function tryAll(
  names: readonly string[],
  state: State,
  ordersOf: (calls: readonly number[]) => number[][],
): Promise<number> {
  const trial = async (turns: readonly number[]) => {
    const acts = await begin(state);
    return scheduler.run(
      names.map((name) => acts[name] as Act),
      turns,
    );
  };
  const { calls } = await trial([]);
  const orders = ordersOf(calls);
  for (const turns of orders) {
    const { outcomes } = await trial(turns);
    try {
      await check(names, outcomes, state);
    } catch (error) {
      const order = `${names.join(' and ')} from ${state}, calls in the order ${turns.join('')}`;
      throw new Error(`${order}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
  tried += orders.length;
  return orders.length;
}
let tried = 0;
afterAll(() => {
  if (process.env.SCHEDULES === 'all') process.stdout.write(`${tried} orders\n`);
});

/** Every act, with the state in which it has something to do. */
const HOME: Record<string, State> = {
  sign: 'withdrawn',
  confirm: 'pending',
  withdraw: 'confirmed',
  change: 'confirmed',
  words: 'confirmed',
  share: 'drafted',
  approve: 'written',
  notMe: 'pending',
  erase: 'pending',
  anew: 'confirmed',
  ledger: 'due',
  mail: 'withdrawn',
  retention: 'withdrawn',
};
const acts = Object.keys(HOME);
const statesOf = (...names: string[]) => [...new Set(names.map((name) => HOME[name] as State))];
const pairs = acts.flatMap((a, i) =>
  acts.slice(i + 1).flatMap((b) => statesOf(a, b).map((state) => ({ a, b, state }))),
);

test.each(pairs)(
  '$a and $b, from $state: what was said is what is there, in every order',
  async ({ a, b, state }) => {
    const orders = ([first = 0, second = 0]: readonly number[]) => [
      ...spread(interruptions([first, second]), LIMITS.once),
      ...spread(doubleInterruptions([first, second]), LIMITS.twice),
    ];
    expect(await tryAll([a, b], state, orders)).toBeGreaterThan(1);
  },
);

/** Three at once: all of them, or those of which one undoes what the others do. */
const triples = acts.flatMap((a, i) =>
  acts.slice(i + 1).flatMap((b, j) => acts.slice(i + j + 2).map((c) => [a, b, c] as const)),
);
const chosen = [
  ['sign', 'mail', 'erase'],
  ['confirm', 'notMe', 'ledger'],
  ['withdraw', 'ledger', 'retention'],
  ['words', 'approve', 'withdraw'],
  ['share', 'approve', 'change'],
  ['anew', 'mail', 'retention'],
] as const;

test.each(process.env.SCHEDULES === 'all' ? triples : chosen)(
  '%s, %s and %s at once: what was said is what is there',
  async (a, b, c) => {
    const orders = ([first = 0, second = 0, third = 0]: readonly number[]) =>
      spread(nestedInterruptions([first, second, third]), LIMITS.nested);
    let orderCount = 0;
    for (const state of statesOf(a, b, c)) orderCount += await tryAll([a, b, c], state, orders);
    expect(orderCount).toBeGreaterThan(1);
  },
);
