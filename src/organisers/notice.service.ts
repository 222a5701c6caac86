import type { Clock } from '../lib/clock.ts';
import { dayIn } from '../lib/days.ts';
import { ACCESS, mayDo } from './access.ts';
import type { AccountService } from './account.service.ts';
import type { NoticeChoice } from './organiser.ts';
import type { OrganiserMail } from './organiser-mail.ts';

/** Something that happened, of which organisers who work with it are written. */
export type NoticeItem = {
  kind: 'answer' | 'complaint' | 'failure';
  /** opaque; the same for as long as it is the same thing */
  id: string;
  since: Date;
  /** where it is dealt with, below the site's root */
  path: string;
  /** how the table of access names that page, below /organise */
  route: string;
};

/** Mail of the day goes from this hour on, where the campaign is. */
const MORNING = '08';
const MONDAY = 'Mon';

/**
 * Mail to organisers of what waits for them, as each chose: at once, once a day, or not at all; and to owners, each
 * Monday, the head of the audit, so that nobody can begin that chain anew. It says that something waits, and where; who
 * wrote or signed is read in the console.
 */
export function createNoticeService(deps: {
  listItems(): Promise<readonly NoticeItem[]>;
  findAuditHead(): Promise<{ seq: number; hash: string } | undefined>;
  accounts: Pick<AccountService, 'listColleagues' | 'getOrganiser' | 'write'>;
  getZone(): Promise<string>;
  clock: Clock;
}) {
  const { listItems, findAuditHead, accounts, getZone, clock } = deps;

  /** Safe to repeat: a mail is left once for each reason. Answers false, as nothing is left to do at once. */
  async function step(): Promise<boolean> {
    const [items, colleagues, zone] = await Promise.all([listItems(), accounts.listColleagues(), getZone()]);
    const now = clock.now();
    const day = dayIn(zone, now);
    const isMorning = partOf(zone, now, 'hour') >= MORNING;
    const isMonday = isMorning && partOf(zone, now, 'weekday') === MONDAY;
    for (const { ref, state } of colleagues) {
      if (state !== 'active') continue;
      const organiser = await accounts.getOrganiser(ref);
      const { role, profile, locale, createdAt } = organiser;
      const own = items.filter(
        ({ since, route }) =>
          since > createdAt && mayDo(role, ACCESS[`GET ${route}`] ?? { to: [], what: 'own' }),
      );
      const to = { to: profile.email, locale };
      await tellOf(ref, organiser.notices ?? 'at-once', own, to, { day, isMorning });
      if (role === 'owner' && isMonday && dayIn(zone, createdAt) < day) await tellHead(ref, day, to);
    }
    return false;
  }

  async function tellOf(
    ref: string,
    choice: NoticeChoice,
    items: readonly NoticeItem[],
    to: Pick<OrganiserMail, 'to' | 'locale'>,
    { day, isMorning }: { day: string; isMorning: boolean },
  ): Promise<void> {
    if (choice === 'at-once')
      for (const { kind, id, path } of items)
        await accounts.write(`${ref}:${id}`, ref, { ...to, kind, path });
    if (choice === 'daily' && isMorning && items.length > 0)
      await accounts.write(`${ref}:${day}`, ref, {
        ...to,
        kind: 'summary',
        path: '/organise',
        values: { count: items.length },
      });
  }

  async function tellHead(ref: string, day: string, to: Pick<OrganiserMail, 'to' | 'locale'>): Promise<void> {
    const head = await findAuditHead();
    if (!head) return;
    const values = { count: head.seq, head: head.hash };
    await accounts.write(`${ref}:${day}`, ref, {
      ...to,
      kind: 'audit-head',
      path: '/organise/audit',
      values,
    });
  }

  return { step };
}

function partOf(zone: string, at: Date, part: 'hour' | 'weekday'): string {
  const options =
    part === 'hour' ? ({ hour: '2-digit', hourCycle: 'h23' } as const) : ({ weekday: 'short' } as const);
  return new Intl.DateTimeFormat('en-US', { timeZone: zone, ...options }).format(at);
}
