import { type Clock, DAY } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { newMailToken } from '../lib/ref.ts';
import { emailChannel, type Office } from '../offices/office.ts';
import { type Petition, waysOf } from '../petitions/petition.ts';
import type { DeliveryStore } from './delivery.store.ts';
import { type Delivery, deliveryId, nextInterval } from './delivery.ts';

/** What planning found for one office and petition: a digest, or why there is none. */
export type PlanResult = {
  petitionId: string;
  officeId: string;
  result:
    | 'planned'
    /** one that was planned, and not approved yet, now covers more people */
    | 'grown'
    | 'not-chosen'
    | 'post-only'
    | 'unverified'
    | 'trial'
    | 'unknown'
    | 'in-flight'
    | 'nothing-new'
    | 'too-soon';
  deliveryId?: string;
};
type Found = Pick<PlanResult, 'result' | 'deliveryId'>;

const MONTH = 30 * DAY;
/** A count of people that an office should hear of before its time has come, if its pace allows one more. */
const THRESHOLDS = [1_000, 10_000, 100_000];

/**
 * "Office X is due a digest of the ledger interval (from, to]" (law 8). Planning twice plans once. By `hand`: whatever
 * has somebody new in it; by `pace`: when the office's time has come, or the count has passed a threshold.
 */
export function createDigestPlanner(deps: {
  deliveries: Pick<DeliveryStore, 'listDigests' | 'insertPlanned' | 'move'>;
  listOpenPetitions(): Promise<readonly Petition[]>;
  listOffices(): Promise<readonly Office[]>;
  mayWriteTo(address: string): Promise<boolean>;
  getCount(petitionId: string): Promise<{ seq: number }>;
  deltaBetween(petitionId: string, from: number, to: number): Promise<{ added: number; total: number }>;
  clock: Clock;
  logger: Logger;
}) {
  const { deliveries, listOpenPetitions, listOffices, mayWriteTo, getCount, deltaBetween, clock, logger } =
    deps;

  async function planDigests(
    by: 'hand' | 'pace' = 'hand',
    options: { withPdf?: boolean } = {},
  ): Promise<PlanResult[]> {
    const [petitions, offices] = await Promise.all([listOpenPetitions(), listOffices()]);
    const results: PlanResult[] = [];
    for (const petition of petitions) {
      for (const office of offices.filter(({ _id }) => petition.officeIds.includes(_id))) {
        const found = await planPair(petition, office, by, options);
        results.push({ petitionId: petition._id, officeId: office._id, ...found });
      }
    }
    return results;
  }

  async function planPair(
    petition: Petition,
    office: Office,
    by: 'hand' | 'pace',
    { withPdf }: { withPdf?: boolean },
  ): Promise<Found> {
    if (office.isPostOnly) return { result: 'post-only' };
    if (!waysOf(petition, office._id).includes('digest')) return { result: 'not-chosen' };
    const channel = emailChannel(office);
    if (!channel) return { result: 'unverified' };
    if (!(await mayWriteTo(channel.value))) return { result: 'trial' };
    const digests = await deliveries.listDigests(petition._id, office._id);
    const next = nextInterval(digests);
    if (!next.plan) return next.because === 'in-flight' ? grow(digests) : { result: next.because };
    const { seq: to } = await getCount(petition._id);
    if (to <= next.from) return { result: 'nothing-new' };
    const { added, total } = await deltaBetween(petition._id, next.from, to);
    if (added === 0 || total === 0) return { result: 'nothing-new' };
    if (by === 'pace' && !isDue(petition, office, digests, { total, added })) return { result: 'too-soon' };
    const interval = { n: next.n, from: next.from, to };
    const delivery = {
      ...planned(petition._id, office._id, interval, clock.now()),
      ...(withPdf && { withPdf }),
    };
    if (!(await deliveries.insertPlanned(delivery))) return { result: 'in-flight' };
    logger.info({ deliveryId: delivery._id, from: next.from, to, added }, 'delivery.planned');
    return { result: 'planned', deliveryId: delivery._id };
  }

  /** Who signed since a digest was planned goes into it, as long as nobody has approved what it says. */
  async function grow(digests: readonly Delivery[]): Promise<Found> {
    const waiting = digests.find(({ state }) => state === 'planned');
    if (!waiting) return { result: 'in-flight' };
    const { seq: to } = await getCount(waiting.petitionId);
    if (to <= waiting.to || !(await deliveries.move(waiting, 'planned', { to })))
      return { result: 'in-flight' };
    return { result: 'grown', deliveryId: waiting._id };
  }

  function isDue(
    petition: Petition,
    { pace }: Office,
    digests: readonly Delivery[],
    { total, added }: { total: number; added: number },
  ): boolean {
    if (pace.digestsPerMonth === 0) return false;
    const now = clock.now().getTime();
    const times = digests
      .filter(({ state }) => state === 'sent')
      .map(({ endedAt }) => endedAt?.getTime() ?? 0);
    if (times.filter((time) => time > now - MONTH).length >= pace.digestsPerMonth) return false;
    const last = Math.max(petition.opensAt.getTime(), ...times);
    const hasPassed = THRESHOLDS.some((threshold) => total - added < threshold && threshold <= total);
    return hasPassed || now - last >= MONTH / pace.digestsPerMonth;
  }

  return { planDigests };
}
export type DigestPlanner = ReturnType<typeof createDigestPlanner>;

function planned(
  petitionId: string,
  officeId: string,
  interval: Pick<Delivery, 'n' | 'from' | 'to'>,
  now: Date,
): Delivery {
  return {
    _id: deliveryId(petitionId, officeId, interval.n),
    petitionId,
    officeId,
    kind: 'digest',
    ...interval,
    state: 'planned',
    plannedAt: now,
    token: newMailToken(),
    releases: 0,
    quotes: [],
  };
}
