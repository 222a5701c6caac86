import type { Infra } from '../infra.ts';
import type { LedgerStore } from '../ledger/ledger.store.ts';
import type { Tally } from '../ledger/ledger.ts';
import { addMilliseconds, DAY, HOUR } from '../lib/clock.ts';
import { dayIn } from '../lib/days.ts';
import { PENDING_DAYS } from '../signatures/signature.ts';
import type { HourStore } from './hour.store.ts';
import { hourOf } from './hour.ts';
import {
  type Pace,
  type Period,
  paceOf,
  periodBefore,
  periodOf,
  type Span,
  type Sums,
  sumAll,
  sumByBucket,
  type Totals,
} from './series.ts';

export type Look = {
  span: Span;
  zone: string;
  to?: string | undefined;
  against?: { petitionId?: string; to?: string | undefined } | undefined;
};
export type Seen = { petitionId: string; period: Period; sums: Sums[]; totals: Totals };
export type Dashboard = {
  tally: Pick<Tally, 'total' | 'seq' | 'byCountry' | 'byRegion' | 'bySource' | 'byLocale'>;
  waiting: number;
  pace: Pace;
  main: Seen;
  other?: Seen;
  at: Date;
};

const NO_TALLY = { total: 0, seq: 0, byCountry: {}, byRegion: {}, bySource: {}, byLocale: {} };

/** Numbers of a petition for organisers, out of the hourly sums and the tally: their cost does not grow with the count. */
export function createTracking(
  deps: Pick<Infra, 'clock'> & { store: HourStore; ledger: Pick<LedgerStore, 'getTally'> },
) {
  const { store, ledger, clock } = deps;

  async function getDashboard(petitionId: string, look: Look): Promise<Dashboard> {
    const now = clock.now();
    const { span, zone, to, against } = look;
    const period = periodOf(span, { now, zone, day: futureless(to, zone, now) });
    const [tally, waiting, week, main, other] = await Promise.all([
      ledger.getTally(petitionId),
      sumWaiting(petitionId, now),
      store.listSums(petitionId, addMilliseconds(now, -7 * DAY), addMilliseconds(now, HOUR)),
      readPeriod(petitionId, period),
      against && readPeriod(against.petitionId ?? petitionId, otherPeriod(period, look, now)),
    ]);
    const known = tally ?? NO_TALLY;
    return {
      tally: known,
      waiting,
      pace: paceOf(known.total, week, now),
      main,
      ...(other && { other }),
      at: now,
    };
  }

  /** Of all petitions together, a line for each. */
  async function getOverview(petitionIds: readonly string[]) {
    const now = clock.now();
    const from = addMilliseconds(hourOf(now), HOUR - 7 * DAY);
    return Promise.all(
      petitionIds.map(async (petitionId) => {
        const [tally, waiting, week] = await Promise.all([
          ledger.getTally(petitionId),
          sumWaiting(petitionId, now),
          store.listSums(petitionId, from, addMilliseconds(now, HOUR)),
        ]);
        const total = tally?.total ?? 0;
        const since = addMilliseconds(hourOf(now), -23 * HOUR);
        const net = (hours: typeof week) =>
          hours.reduce((sum, { added = 0, removed = 0 }) => sum + added - removed, 0);
        return {
          petitionId,
          total,
          waiting,
          lastDay: net(week.filter(({ at }) => at >= since)),
          lastWeek: net(week),
          pace: paceOf(total, week, now),
        };
      }),
    );
  }

  const sumWaiting = (petitionId: string, now: Date) =>
    store.sumWaiting(petitionId, addMilliseconds(now, -2 * PENDING_DAYS * DAY), now);

  async function readPeriod(petitionId: string, period: Period): Promise<Seen> {
    const hours = await store.listHours(petitionId, period.from, period.to);
    return { petitionId, period, sums: sumByBucket(period, hours), totals: sumAll(hours) };
  }

  function otherPeriod(period: Period, { span, zone, against }: Look, now: Date): Period {
    if (against?.petitionId) return period;
    const day = futureless(against?.to, zone, now);
    return day ? periodOf(span, { now, zone, day }) : periodBefore(period, span, zone);
  }

  return { getDashboard, getOverview };
}
export type Tracking = ReturnType<typeof createTracking>;

/** No day is looked at before it has come. */
function futureless(day: string | undefined, zone: string, now: Date): string | undefined {
  const today = dayIn(zone, now);
  return day === undefined || day >= today ? undefined : day;
}
