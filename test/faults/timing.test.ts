import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';

const SLUG = 'no-more-unsafe-returns';
const PATH = `/en/petitions/${SLUG}/signatures`;
const ROUNDS = 240;
const WARM_UP = 12;
/** Each address can be tried among others once: after that it is known. */
const CROWDS = process.env.FAULT_ROUNDS ? 240 : 40;
/** Four standard deviations of so many: sqrt(1 / (6 n)). */
const TOLERANCE = 4 / Math.sqrt(6 * CROWDS);

let campaign: TestCampaign;
let url: string;

beforeAll(async () => {
  campaign = await openCampaign();
  url = await campaign.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => campaign.close());

type Answer = { milliseconds: number; seen: string };

async function sign(email: string): Promise<Answer> {
  const body = new URLSearchParams({ name: 'Ana Rosa', email, country: 'US', region: 'US-TX', over16: 'on' });
  const begun = performance.now();
  const answer = await fetch(`${url}${PATH}`, { method: 'POST', body, redirect: 'manual' });
  const text = await answer.text();
  const milliseconds = performance.now() - begun;
  const headers = [...answer.headers].filter(([name]) => name !== 'date');
  return { milliseconds, seen: JSON.stringify([answer.status, headers, text]) };
}

/** The chance that one of the first is slower than one of the second (Mann–Whitney): 0.5 is "cannot be told apart". */
function chanceOfSlower(first: readonly number[], second: readonly number[]): number {
  let wins = 0;
  for (const a of first) for (const b of second) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (first.length * second.length);
}

type Comparison = { fresh: Answer[]; later: Answer[]; again: Answer[] };

/**
 * A new address, a known one that has not been posted for an hour, and the same once more: one at a time, the new one
 * now before, now between and now after the others.
 */
async function compare(known: (i: number) => string): Promise<Comparison> {
  const answers: Comparison = { fresh: [], later: [], again: [] };
  for (let i = -WARM_UP; i < ROUNDS; i += 1) {
    campaign.clock.advance(HOUR);
    // What was kept for seconds is looked up anew after an hour, and would be by whoever comes first.
    await fetch(`${url}/en/petitions/${SLUG}`).then((answer) => answer.text());
    const order: (keyof Comparison)[] = ['later', 'again'];
    order.splice(Math.abs(i) % 3, 0, 'fresh');
    for (const kind of order) {
      const answer = await sign(kind === 'fresh' ? newcomer() : known(i));
      if (i >= 0) answers[kind].push(answer);
    }
  }
  return answers;
}

let arrived = 0;
const newcomer = () => {
  arrived += 1;
  return `new-${arrived}@home.example`;
};

describe('nobody learns from an answer whether an address has signed', () => {
  const states = ['pending', 'confirmed', 'withdrawn', 'not-me'];
  const address = (i: number) => `${states[Math.abs(i) % states.length]}@home.example`;

  beforeAll(async () => {
    for (const state of states) await sign(`${state}@home.example`);
    await campaign.addSupporter('confirmed@home.example');
    await campaign.addSupporter('withdrawn@home.example');
    await campaign.post(`${await campaign.linkTo('manage', 'withdrawn@home.example')}/withdraw`);
    await campaign.post(await campaign.linkTo('notMe', 'not-me@home.example'));
  });

  it('by its time, page, status or headers, posted after an hour or again within the same minutes', {
    timeout: 300_000,
  }, async () => {
    const { fresh, later, again } = await compare(address);
    expect(new Set([...fresh, ...later, ...again].map(({ seen }) => seen)).size).toBe(1);
    for (const repeated of [later, again]) {
      const chance = chanceOfSlower(times(fresh), times(repeated));
      expect(chance).toBeGreaterThan(0.4);
      expect(chance).toBeLessThan(0.6);
    }
  });

  it.each([
    ['new ones', newcomer],
    ['known ones', () => 'pending@home.example'],
  ])('by its time among a crowd of %s that is sent with it', { timeout: 300_000 }, async (_, other) => {
    const fresh: number[] = [];
    const repeated: number[] = [];
    for (let i = 0; i < 2 * CROWDS; i += 1) {
      const isNew = i % 2 === 0;
      const crowd = Array.from({ length: 20 }, other);
      crowd.splice(i % crowd.length, 0, isNew ? newcomer() : address(i));
      const answers = await Promise.all(crowd.map(sign));
      (isNew ? fresh : repeated).push(answers[i % (crowd.length - 1)]?.milliseconds ?? 0);
    }
    const chance = chanceOfSlower(fresh, repeated);
    expect(chance).toBeGreaterThan(0.5 - TOLERANCE);
    expect(chance).toBeLessThan(0.5 + TOLERANCE);
  });

  it('by a comparison that tells apart what differs', () => {
    expect(chanceOfSlower([1, 2, 3, 4], [1, 2, 3, 4])).toBe(0.5);
    expect(chanceOfSlower([1, 2, 3, 4], [2, 3, 4, 5])).toBeLessThan(0.3);
  });
});

const times = (answers: readonly Answer[]) => answers.map(({ milliseconds }) => milliseconds);
