import { addMilliseconds, type Clock, DAY, utcDay } from '../lib/clock.ts';
import { calendarDays } from '../lib/days.ts';
import type { Waiting, WaitingSource } from '../organisers/today.admin.ts';
import type { OfficeService } from './office.service.ts';
import { emailChannel, holderOn, type Office, SOURCE_OLD_DAYS } from './office.ts';

/** So long before somebody leaves an office, it is time to find out who follows. */
const ENDING_DAYS = 30;

/** What Today says of offices: addresses that fail, sources that are old, and people who leave. */
export function officesWaiting(
  { listOffices }: Pick<OfficeService, 'listOffices'>,
  clock: Clock,
): WaitingSource {
  return async () => (await listOffices()).flatMap((office) => waitingOf(office, clock.now()));
}

function waitingOf(office: Office, now: Date): Waiting[] {
  const day = utcDay(now);
  const line = {
    values: (locale: 'en' | 'es') => ({ office: office.name[locale] }),
    path: `/offices/${office._id}`,
    route: '/offices/:ref',
  };
  const failing = office.channels.find(({ kind, state }) => kind === 'email' && state === 'failing');
  const verifiedOn = emailChannel(office)?.verifiedOn;
  const isOld = verifiedOn !== undefined && calendarDays(verifiedOn, day) > SOURCE_OLD_DAYS;
  return [
    ...(failing
      ? [{ ...line, key: 'console.today.failing', ...(failing.failedAt && { since: failing.failedAt }) }]
      : []),
    ...(isOld ? [{ ...line, key: 'console.today.old', since: after(verifiedOn, SOURCE_OLD_DAYS) }] : []),
    ...holderWaiting(office, day).map((waiting) => ({ ...line, ...waiting })),
  ];
}

/** Somebody leaves soon, or has left, and who follows is not known. */
function holderWaiting(office: Office, day: string): Pick<Waiting, 'key' | 'since'>[] {
  const holder = holderOn(office, day) ?? office.holders.findLast(({ to }) => to !== undefined && to <= day);
  const { to } = holder ?? {};
  if (to === undefined || office.holders.some(({ from }) => from >= to)) return [];
  const since = after(to, -ENDING_DAYS);
  return utcDay(since) > day ? [] : [{ key: 'console.today.holder', since }];
}

function after(day: string, days: number): Date {
  return addMilliseconds(new Date(day), days * DAY);
}
