import { DAY, HOUR } from '../lib/clock.ts';

export type Tallied = { key: string; count: number };
/** What was confirmed on a petition within an hour: how many, and the keyed networks and domains that most came from. */
export type SignalHour = {
  /** petitionId:hour */
  _id: string;
  petitionId: string;
  hour: Date;
  total: number;
  networks: Tallied[];
  domains: Tallied[];
  /** bursts that an organiser has looked at */
  looked?: string[];
};

export const BURST_KINDS = ['network', 'domain'] as const;
export type BurstKind = (typeof BURST_KINDS)[number];
/** Unusually many of one hour from one network, or with addresses of one domain. */
export type Burst = {
  hourId: string;
  petitionId: string;
  hour: Date;
  kind: BurstKind;
  key: string;
  count: number;
  total: number;
};

/** How long a burst is pointed out, and how far back "usual" looks. */
const POINTED_OUT_MS = 2 * DAY;
const USUAL_MS = 7 * DAY;
export const USUAL_HOURS = USUAL_MS / HOUR;

/** A family or a small office shares a network; a school or a shelter may bring a class. */
const NETWORK_LEAST = 20;
const DOMAIN_LEAST = 30;
/** Of all in that hour: in a rush even many from one provider are few. */
const SHARE_LEAST = 0.1;
/** Half the world has an address with the same provider: only a multiple of what is usual says something. */
const TIMES_USUAL = 3;
/** Before there is a usual share, nearly all of an hour must be of one domain. */
const KNOWN_FROM = 200;
const NEARLY_ALL = 0.9;

export function burstKey(kind: BurstKind, key: string): string {
  return `${kind}.${key}`;
}

/** The newest first, without those that somebody has looked at. `hours`: of a week, of any petitions. */
export function burstsIn(hours: readonly SignalHour[], now: Date): Burst[] {
  const bursts = hours
    .filter(({ hour }) => now.getTime() - hour.getTime() < POINTED_OUT_MS)
    .flatMap((one) => {
      const others = hours.filter(({ petitionId, _id }) => petitionId === one.petitionId && _id !== one._id);
      return [
        ...one.networks.filter((tallied) => isManyFromNetwork(one, tallied)).map(toBurst(one, 'network')),
        ...one.domains.filter((tallied) => isManyOfDomain(one, tallied, others)).map(toBurst(one, 'domain')),
      ].filter(({ kind, key }) => !one.looked?.includes(burstKey(kind, key)));
    });
  return bursts.sort((a, b) => b.hour.getTime() - a.hour.getTime() || b.count - a.count);
}

const toBurst =
  ({ _id: hourId, petitionId, hour, total }: SignalHour, kind: BurstKind) =>
  ({ key, count }: Tallied): Burst => ({ hourId, petitionId, hour, kind, key, count, total });

function isManyFromNetwork({ total }: SignalHour, { count }: Tallied): boolean {
  return count >= NETWORK_LEAST && count >= total * SHARE_LEAST;
}

function isManyOfDomain(
  { total }: SignalHour,
  { key, count }: Tallied,
  others: readonly SignalHour[],
): boolean {
  if (count < DOMAIN_LEAST || count < total * SHARE_LEAST) return false;
  const all = others.reduce((sum, other) => sum + other.total, 0);
  if (all < KNOWN_FROM) return count >= total * NEARLY_ALL;
  const same = others.reduce(
    (sum, { domains }) => sum + (domains.find((one) => one.key === key)?.count ?? 0),
    0,
  );
  return count / total >= TIMES_USUAL * (same / all);
}
