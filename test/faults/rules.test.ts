import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuleStore } from '../../src/desk/rule.store.ts';
import type { Rule, RuleState } from '../../src/desk/rule.ts';
import { MINUTE } from '../../src/lib/clock.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { CHILD_ENV } from '../support/child-env.ts';
import { buildSignatures } from '../support/signatures.ts';

const SLUG = 'no-more-unsafe-returns';
const KILLS = Number(process.env.FAULT_ROUNDS ?? 2);
const PEOPLE = process.env.FAULT_ROUNDS ? 100_000 : 2_000;
const OTHERS = 100;
/** So that it is killed far from its end. */
const AT_ONCE = Math.ceil(PEOPLE / (4 * (KILLS + 1)));
const FIXTURE = join(import.meta.dirname, 'rule-worker.fixture.ts');

let campaign: TestCampaign;
beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

test(`a rule over ${PEOPLE} people, killed ${KILLS} times on its way and as often while it is undone, leaves the count exact`, {
  timeout: 60_000 + 4 * KILLS * 15_000 + PEOPLE * 10,
}, async () => {
  const start = campaign.clock.now().getTime() - 60 * MINUTE;
  for (let at = 0; at < PEOPLE; at += 1_000)
    await buildSignatures(campaign.connection, 1_000, {
      petitionId: SLUG,
      createdAt: new Date(start + at),
      source: 'whatsapp',
    });
  await buildSignatures(campaign.connection, OTHERS, { petitionId: SLUG, createdAt: new Date(start) });
  expect(await total()).toBe(PEOPLE + OTHERS);
  const store = createRuleStore(campaign.connection);
  const now = new Date();
  await store.insertRule({
    _id: 'rule',
    verb: 'invalidate',
    selection: { petitionId: SLUG, source: 'whatsapp', to: now },
    why: 'False',
    by: 'Rosa',
    createdAt: now,
    state: 'running',
    matched: PEOPLE,
    changed: 0,
  });
  const rule = async () => (await store.findRule('rule')) as Rule;
  const finish = async (state: RuleState) => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await runUntil((batches) => batches === 2);
      expect((await rule()).state).not.toBe(state);
    }
    await runUntil(async () => (await rule()).state === state);
  };
  await finish('done');
  expect((await rule()).changed).toBe(PEOPLE);
  expect(await total()).toBe(OTHERS);
  await store.decide('rule', 'done', 'undoing', { by: 'Rosa', now });
  await finish('undone');
  expect(await store.countChanged(await rule())).toBe(0);
  expect(await total()).toBe(PEOPLE + OTHERS);
  const { petitions } = await campaign.services.ledger.verify(SLUG);
  expect(petitions.map(({ faults }) => faults)).toEqual([[]]);
});

async function total(): Promise<number> {
  await campaign.count();
  return (await campaign.services.stores.ledger.getTally(SLUG))?.total ?? 0;
}

/** A worker in a process of its own, killed when this holds after one of its batches. */
async function runUntil(isEnough: (batches: number) => boolean | Promise<boolean>): Promise<void> {
  const child = spawn(process.execPath, [FIXTURE, String(AT_ONCE)], {
    env: { ...CHILD_ENV, MONGODB_URI: campaign.uri },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let batches = 0;
  for await (const dots of child.stdout) {
    batches += String(dots).length;
    if (await isEnough(Math.min(batches, 2))) break;
  }
  child.kill('SIGKILL');
  await ended;
}
