import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAppError } from '../../src/lib/errors.ts';
import { createSealer } from '../../src/lib/sealed.ts';
import {
  type Person,
  type Signature,
  signatureContext,
  signatureId,
} from '../../src/signatures/signature.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { type Act, createScheduler, interruptions, type Outcome } from '../support/schedule.ts';
import { buildForm } from '../support/signing.ts';

const SLUG = 'no-more-unsafe-returns';
const EMAIL = 'ana@home.example';
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
  async withdrawn() {
    await states.confirmed();
    await campaign.services.manage.withdraw(await token('manage'));
    campaign.clock.advance(1);
    await sign('Ana');
  },
} as const;
type State = keyof typeof states;

async function begin(state: State): Promise<Record<string, Act>> {
  for (const name of ['signatures', 'outbox', 'ledger', 'tallies', 'suppressions'])
    await campaign.connection.collection(name).deleteMany({});
  await states[state]();
  campaign.clock.advance(1);
  const { services } = campaign;
  const [confirm, manage, notMe] = [await token('confirm'), await token('manage'), await token('notMe')];
  const emailKey = campaign.emailKeyOf(EMAIL);
  return {
    sign: () => sign('Berta'),
    confirm: () => services.confirm.confirmSignature(confirm),
    withdraw: () => services.manage.withdraw(manage),
    change: () => services.manage.changeDetails(manage, { ...details, name: 'Carla' }),
    words: () => services.myWords.saveDraft(manage, 'Words of my own that are long enough to be kept here.'),
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

/** What both said, held against what is there. */
async function check(
  names: readonly [string, string],
  outcomes: readonly Outcome[],
  state: State,
): Promise<void> {
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

/** `SCHEDULES=all` tries every order in which one act is interrupted once; else a few of them, evenly spread. */
const LIMIT = process.env.SCHEDULES === 'all' ? Number.POSITIVE_INFINITY : 6;

function spread<T>(all: readonly T[]): T[] {
  const step = Math.max(1, all.length / LIMIT);
  return Array.from({ length: Math.min(all.length, LIMIT) }, (_, i) => all[Math.floor(i * step)] as T);
}

async function tryAll(names: readonly [string, string], state: State): Promise<number> {
  const trial = async (turns: readonly number[]) => {
    const acts = await begin(state);
    return scheduler.run(
      names.map((name) => acts[name] as Act),
      turns,
    );
  };
  const { calls } = await trial([]);
  const orders = spread(interruptions([calls[0] ?? 0, calls[1] ?? 0]));
  for (const turns of orders) {
    const { outcomes } = await trial(turns);
    try {
      await check(names, outcomes, state);
    } catch (error) {
      const order = `${names.join(' and ')} from ${state}, calls in the order ${turns.join('')}`;
      throw new Error(`${order}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
  return orders.length;
}

/** Every act, with the state in which it has something to do. */
const HOME: Record<string, State> = {
  sign: 'withdrawn',
  confirm: 'pending',
  withdraw: 'confirmed',
  change: 'confirmed',
  words: 'confirmed',
  notMe: 'pending',
  erase: 'pending',
  anew: 'confirmed',
  ledger: 'due',
  mail: 'withdrawn',
  retention: 'withdrawn',
};
const acts = Object.keys(HOME);
const cases = acts.flatMap((a, i) =>
  acts
    .slice(i + 1)
    .flatMap((b) => [...new Set([HOME[a], HOME[b]])].map((state) => ({ a, b, state: state as State }))),
);

test.each(cases)(
  '$a and $b, from $state: what was said is what is there, in every order',
  async ({ a, b, state }) => {
    expect(await tryAll([a, b], state)).toBeGreaterThan(1);
  },
);
