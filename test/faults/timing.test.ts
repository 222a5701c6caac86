import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';

const SLUG = 'no-more-unsafe-returns';
const PATH = `/en/petitions/${SLUG}/signatures`;
const PAIRS = 240;
const WARM_UP = 30;

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

/** One of each in turn, now the one first and now the other. */
async function compare(known: (i: number) => string): Promise<{ fresh: Answer[]; repeated: Answer[] }> {
  const fresh: Answer[] = [];
  const repeated: Answer[] = [];
  for (let i = -WARM_UP; i < PAIRS; i += 1) {
    const isNewFirst = i % 2 === 0;
    const one = await sign(isNewFirst ? newcomer() : known(i));
    const other = await sign(isNewFirst ? known(i) : newcomer());
    if (i < 0) continue;
    fresh.push(isNewFirst ? one : other);
    repeated.push(isNewFirst ? other : one);
  }
  return { fresh, repeated };
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

  it.each([
    ['posted again within the same minutes', 0],
    ['posted again after an hour', 3_600_000],
  ])('by its time, page, status or headers, %s', { timeout: 240_000 }, async (_, advance) => {
    campaign.clock.advance(advance);
    const { fresh, repeated } = await compare(address);
    expect(new Set([...fresh, ...repeated].map(({ seen }) => seen)).size).toBe(1);
    const chance = chanceOfSlower(times(fresh), times(repeated));
    expect(chance).toBeGreaterThan(0.4);
    expect(chance).toBeLessThan(0.6);
  });

  it('by a comparison that tells apart what differs', () => {
    expect(chanceOfSlower([1, 2, 3, 4], [1, 2, 3, 4])).toBe(0.5);
    expect(chanceOfSlower([1, 2, 3, 4], [2, 3, 4, 5])).toBeLessThan(0.3);
  });
});

const times = (answers: readonly Answer[]) => answers.map(({ milliseconds }) => milliseconds);
