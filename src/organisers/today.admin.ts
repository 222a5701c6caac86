import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import { byOf, organiserOf } from '../lib/actor.ts';
import type { Clock } from '../lib/clock.ts';
import { daysBetween } from '../lib/days.ts';
import { formatDateTime } from '../lib/format.ts';
import type { MessageValues, Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { typedValues } from '../lib/typed.ts';
import { ACCESS, mayDo } from './access.ts';
import type { Role } from './organiser.ts';
import type { Organisers } from './organisers.room.ts';
import { actorOf, HOME, meOf } from './visit.ts';

/** Something that waits for a person. */
export type Waiting = {
  /** key of its sentence, and what that says; a value that is another in each language is given for each */
  key: string;
  values?: MessageValues | ((locale: Locale) => MessageValues);
  /** since when; what has no beginning is named first */
  since?: Date;
  /** the page where it is dealt with, below /organise: who may not open it does not see the line */
  path: string;
  /** of a page about one thing: how the table of access names it, `/answers/:ref` */
  route?: string;
};
/** Every room that has something to wait for gives one of these. */
export type WaitingSource = () => Promise<readonly Waiting[]>;

export type TodayDeps = {
  sources: readonly WaitingSource[];
  listTotals(locale: Locale): Promise<readonly { title: string; total: number; href: string }[]>;
  namesByRef(): Promise<Map<string, string>>;
  getZone(): Promise<string>;
  claims: Organisers['claims'];
  audit: Audit;
  translator: Translator;
  clock: Clock;
};

/** What needs a person today, the oldest first, and who has said that they see to it. */
export function registerToday(scope: FastifyInstance, deps: TodayDeps): void {
  const { sources, listTotals, getZone, claims, namesByRef, audit, translator, clock } = deps;

  async function listWaiting(role: Role): Promise<Waiting[]> {
    const found = (await Promise.all(sources.map((source) => source()))).flat();
    const mayOpen = ({ path, route = path.split(/[?#]/, 1)[0] }: Waiting) => {
      const access = ACCESS[`GET ${route}`];
      return access !== undefined && mayDo(role, access);
    };
    return found.filter(mayOpen).sort((a, b) => (a.since?.getTime() ?? 0) - (b.since?.getTime() ?? 0));
  }

  scope.get('/', async (request, reply) => {
    const { locale } = request.visit;
    const [waiting, totals, zone, taken, names] = await Promise.all([
      listWaiting(meOf(request.visit).role),
      listTotals(locale),
      getZone(),
      claims.listClaims(),
      namesByRef(),
    ]);
    const me = byOf(actorOf(request.visit));
    const byId = new Map(taken.map((claim) => [claim._id, claim.by]));
    const view = {
      waiting: waiting.map((one) => {
        const { key, values, since, path } = one;
        const by = byId.get(idOf(one));
        return {
          id: idOf(one),
          text: translator.t(locale, key, typeof values === 'function' ? values(locale) : values),
          href: HOME + path,
          ...(since && {
            since: formatDateTime(since, locale, zone),
            days: daysBetween(zone, since, clock.now()),
          }),
          ...(by && { takenBy: names.get(organiserOf(by) ?? '') ?? by, isMine: by === me }),
        };
      }),
      totals,
    };
    return reply.show({ page: 'today', title: translator.t(locale, 'console.today.title'), view });
  });

  /** Undefined for what no longer waits, or not for somebody in this role: Today shows what does. */
  async function waitingOf({ body, visit }: FastifyRequest): Promise<string | undefined> {
    const { id = '' } = typedValues(body);
    const waiting = await listWaiting(meOf(visit).role);
    return waiting.some((one) => idOf(one) === id) ? id : undefined;
  }

  scope.post('/today/take', async (request, reply) => {
    const id = await waitingOf(request);
    if (id === undefined) return reply.redirect(HOME, 303);
    const actor = actorOf(request.visit);
    // Whoever is second reads on the page who was first.
    await audit.record(actor, { act: 'today take', of: [id] }, () =>
      claims.putClaim({ _id: id, by: byOf(actor), at: clock.now() }),
    );
    return reply.redirect(HOME, 303);
  });

  scope.post('/today/let-go', async (request, reply) => {
    const id = await waitingOf(request);
    if (id === undefined) return reply.redirect(HOME, 303);
    const actor = actorOf(request.visit);
    await audit.record(actor, { act: 'today let go', of: [id] }, () => claims.removeClaim(id, byOf(actor)));
    return reply.redirect(HOME, 303);
  });
}

/** The same for as long as it waits: what it is about, not how many there are. */
function idOf({ key, path }: Waiting): string {
  return `${key} ${path}`;
}
