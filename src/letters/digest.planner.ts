import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { newMailToken } from '../lib/ref.ts';
import { emailChannel, type Office } from '../offices/office.ts';
import type { Petition } from '../petitions/petition.ts';
import type { DeliveryStore } from './delivery.store.ts';
import { type Delivery, deliveryId, nextInterval } from './delivery.ts';

/** What planning found for one office and petition: a digest, or why there is none. */
export type PlanResult = {
  petitionId: string;
  officeId: string;
  result: 'planned' | 'post-only' | 'unverified' | 'trial' | 'unknown' | 'in-flight' | 'nothing-new';
  deliveryId?: string;
};

/** "Office X is due a digest of the ledger interval (from, to]" (law 8). Planning twice plans once. */
export function createDigestPlanner(deps: {
  deliveries: Pick<DeliveryStore, 'listByPair' | 'insertPlanned'>;
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

  async function planDigests(): Promise<PlanResult[]> {
    const [petitions, offices] = await Promise.all([listOpenPetitions(), listOffices()]);
    const results: PlanResult[] = [];
    for (const petition of petitions) {
      for (const office of offices.filter(({ _id }) => petition.officeIds.includes(_id))) {
        results.push({
          petitionId: petition._id,
          officeId: office._id,
          ...(await planPair(petition, office)),
        });
      }
    }
    return results;
  }

  async function planPair(
    petition: Petition,
    office: Office,
  ): Promise<Pick<PlanResult, 'result' | 'deliveryId'>> {
    if (office.isPostOnly) return { result: 'post-only' };
    const channel = emailChannel(office);
    if (!channel) return { result: 'unverified' };
    if (!(await mayWriteTo(channel.value))) return { result: 'trial' };
    const next = nextInterval(await deliveries.listByPair(petition._id, office._id));
    if (!next.plan) return { result: next.because };
    const { seq: to } = await getCount(petition._id);
    if (to <= next.from) return { result: 'nothing-new' };
    const { added, total } = await deltaBetween(petition._id, next.from, to);
    if (added === 0 || total === 0) return { result: 'nothing-new' };
    const delivery = planned(petition._id, office._id, { n: next.n, from: next.from, to }, clock.now());
    if (!(await deliveries.insertPlanned(delivery))) return { result: 'in-flight' };
    logger.info({ deliveryId: delivery._id, from: next.from, to, added }, 'delivery.planned');
    return { result: 'planned', deliveryId: delivery._id };
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
  const _id = deliveryId(petitionId, officeId, interval.n);
  return {
    _id,
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
