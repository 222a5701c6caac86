import type { CampaignService } from '../campaign/campaign.service.ts';
import {
  type Coverage,
  coverageUpTo,
  intervalsOf,
  isSameCoverage,
  nextDigest,
  sumOf,
  type Told,
} from '../deliveries/coverage.ts';
import type { DeliveryStore } from '../deliveries/delivery.store.ts';
import { type Delivery, deliveryId } from '../deliveries/delivery.ts';
import type { Infra } from '../infra.ts';
import type { LedgerRoom } from '../ledger/ledger.room.ts';
import { DAY, SKEW_MS } from '../lib/clock.ts';
import { newMailToken } from '../lib/ref.ts';
import type { OfficeCalendar } from '../offices/calendar.ts';
import { emailChannel, type Office } from '../offices/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { hasEnded, type Petition, waysOf } from '../petitions/petition.ts';
import type { DigestContentService } from './digest.service.ts';

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
export function createDigestPlanner(
  deps: Pick<Infra, 'clock' | 'logger'> &
    Pick<PetitionService, 'listPetitions'> &
    Pick<OfficesRoom, 'listOffices'> &
    Pick<CampaignService, 'mayWriteTo'> &
    Pick<LedgerRoom, 'getCount' | 'deltaBetween'> &
    Pick<DigestContentService, 'hasNewWords'> & {
      deliveries: Pick<DeliveryStore, 'listDigests' | 'insertPlanned' | 'move'>;
      calendar: Pick<OfficeCalendar, 'closedDaysBetween'>;
    },
) {
  const { deliveries, listPetitions, listOffices, mayWriteTo, getCount, deltaBetween } = deps;
  const { calendar, clock, logger } = deps;

  async function planDigests(
    by: 'hand' | 'pace' = 'hand',
    options: { withPdf?: boolean } = {},
  ): Promise<PlanResult[]> {
    const [petitions, offices] = await Promise.all([listPetitions(), listOffices()]);
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
    const next = nextDigest(digests);
    if (!next.plan) return next.because === 'in-flight' ? grow(digests) : { result: next.because };
    const now = clock.now();
    const { seq } = await getCount(petition._id);
    const coverage = next.coverage(seq);
    const told = await sumOf(coverage, (from, to) => deltaBetween(petition._id, from, to));
    if (!(await isWorthTelling(petition, office, told))) return { result: 'nothing-new' };
    if (by === 'pace' && !isDue(petition, office, digests, told)) return { result: 'too-soon' };
    const delivery = {
      ...planned(petition._id, office._id, { n: next.n, ...coverage }, now),
      ...(withPdf && { withPdf }),
    };
    if (!(await deliveries.insertPlanned(delivery))) return { result: 'in-flight' };
    const { _id, from, to, missed = [] } = delivery;
    logger.info({ deliveryId: _id, from, to, missed: missed.length, added: told.added }, 'delivery.planned');
    return { result: 'planned', deliveryId: _id };
  }

  /**
   * Somebody new; once a petition has ended nobody new comes, so that who left, and words that were approved late, are
   * told too.
   */
  async function isWorthTelling(
    petition: Petition,
    office: Office,
    { added, removed, total }: Told,
  ): Promise<boolean> {
    if (total === 0) return false;
    if (added > 0 || !hasEnded(petition, clock.now())) return added > 0;
    return removed > 0 || deps.hasNewWords(petition._id, office._id);
  }

  /**
   * Who signed since a digest was planned goes into it, as long as nobody has approved what it says; so do the people of
   * one that came back meanwhile, and those go out of it whose digest arrived after all.
   */
  async function grow(digests: readonly Delivery[]): Promise<Found> {
    const waiting = digests.find(({ state }) => state === 'planned');
    if (!waiting) return { result: 'in-flight' };
    const coversAt = clock.now();
    const { seq } = await getCount(waiting.petitionId);
    const coverage = coverageUpTo(Math.max(seq, waiting.to), digests);
    if (isSameCoverage(waiting, coverage)) return { result: 'in-flight' };
    if (intervalsOf(coverage).length === 0) return drop(waiting);
    if (!(await deliveries.move(waiting, 'planned', { ...coverage, coversAt })))
      return { result: 'in-flight' };
    return { result: 'grown', deliveryId: waiting._id };
  }

  async function drop(waiting: Delivery): Promise<Found> {
    const fault = 'everybody in it was told of by another';
    await deliveries.move(waiting, 'cancelled', { endedAt: clock.now(), fault });
    return { result: 'nothing-new' };
  }

  function isDue(
    petition: Petition,
    office: Office,
    digests: readonly Delivery[],
    { total, added }: { total: number; added: number },
  ): boolean {
    const { pace } = office;
    if (pace.digestsPerMonth === 0) return false;
    const now = clock.now().getTime();
    const times = digests
      .filter(({ state }) => state === 'sent')
      .map(({ endedAt }) => endedAt?.getTime() ?? 0)
      // A digest dated in the future was dated by a clock that was ahead. Nobody knows when it was sent, so it delays no
      // other.
      .filter((time) => time <= now + SKEW_MS);
    if (times.filter((time) => time > now - MONTH).length >= pace.digestsPerMonth) return false;
    // The closing report waits for no month; the office's pace holds for it too.
    const isTold = digests.some(({ state, isClosing }) => state === 'sent' && isClosing);
    if (hasEnded(petition, clock.now()) && !isTold) return true;
    const last = Math.max(petition.opensAt.getTime(), ...times);
    const hasPassed = THRESHOLDS.some((threshold) => total - added < threshold && threshold <= total);
    // On days when nobody is there to read, its time stands still.
    const closedDays = last < now ? calendar.closedDaysBetween(office, new Date(last), new Date(now)) : 0;
    return hasPassed || now - last - closedDays * DAY >= MONTH / pace.digestsPerMonth;
  }

  return { planDigests };
}
export type DigestPlanner = ReturnType<typeof createDigestPlanner>;

function planned(
  petitionId: string,
  officeId: string,
  interval: Coverage & Pick<Delivery, 'n'>,
  now: Date,
): Delivery {
  const { n, from, to, missed } = interval;
  return {
    _id: deliveryId(petitionId, officeId, n),
    petitionId,
    officeId,
    kind: 'digest',
    n,
    from,
    to,
    ...(missed.length > 0 && { missed }),
    state: 'planned',
    plannedAt: now,
    coversAt: now,
    token: newMailToken(),
    releases: 0,
    quotes: [],
  };
}
