import type { FastifyInstance } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import { daysBetween } from '../lib/days.ts';
import { formatDateTime } from '../lib/format.ts';
import type { MessageValues, Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { ACCESS, mayDo } from './access.ts';
import type { Role } from './organiser.ts';
import { HOME, meOf } from './visit.ts';

/** Something that waits for a person. */
export type Waiting = {
  /** key of its sentence, and what that says */
  key: string;
  values?: MessageValues;
  /** since when; what has no beginning is named first */
  since?: Date;
  /** the page where it is dealt with, below /organise: who may not open it does not see the line */
  path: string;
};
/** Every room that has something to wait for gives one of these. */
export type WaitingSource = () => Promise<readonly Waiting[]>;

/** What needs a person today, the oldest first. */
export function registerToday(
  scope: FastifyInstance,
  deps: {
    sources: readonly WaitingSource[];
    listTotals(locale: Locale): Promise<readonly { title: string; total: number }[]>;
    getZone(): Promise<string>;
    translator: Translator;
    clock: Clock;
  },
): void {
  const { sources, listTotals, getZone, translator, clock } = deps;

  async function listWaiting(role: Role): Promise<Waiting[]> {
    const found = (await Promise.all(sources.map((source) => source()))).flat();
    const mayOpen = ({ path }: Waiting) => {
      const access = ACCESS[`GET ${path.split(/[?#]/, 1)[0]}`];
      return access !== undefined && mayDo(role, access);
    };
    return found.filter(mayOpen).sort((a, b) => (a.since?.getTime() ?? 0) - (b.since?.getTime() ?? 0));
  }

  scope.get('/', async (request, reply) => {
    const { locale } = request.visit;
    const [waiting, totals, zone] = await Promise.all([
      listWaiting(meOf(request.visit).role),
      listTotals(locale),
      getZone(),
    ]);
    const view = {
      waiting: waiting.map(({ key, values, since, path }) => ({
        text: translator.t(locale, key, values),
        href: HOME + path,
        ...(since && {
          since: formatDateTime(since, locale, zone),
          days: daysBetween(zone, since, clock.now()),
        }),
      })),
      totals,
    };
    return reply.show({ page: 'today', title: translator.t(locale, 'console.today.title'), view });
  });
}
