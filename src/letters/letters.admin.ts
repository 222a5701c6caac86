import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Audit } from '../audit/audit.service.ts';
import type { ApprovalService } from '../deliveries/approval.service.ts';
import type { DecisionService } from '../deliveries/decision.service.ts';
import type { DeliveryService } from '../deliveries/delivery.service.ts';
import { DELIVERY_STATES, type Delivery } from '../deliveries/delivery.ts';
import type { Clock } from '../lib/clock.ts';
import { isAppError } from '../lib/errors.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import type { NotesFor } from '../notes/notes.admin.ts';
import type { OfficeCalendar } from '../offices/calendar.ts';
import type { OfficeService } from '../offices/office.service.ts';
import { emailChannel } from '../offices/office.ts';
import { type ActPages, actLinks, registerActs } from '../organisers/act.page.ts';
import { actorOf, HOME } from '../organisers/visit.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { mailAsText } from './letter.print.ts';
import { batchActs, deliveryActs } from './letters-acts.admin.ts';
import {
  type BatchSeen,
  type DeliverySeen,
  decidedBy,
  deliveryRow,
  type LettersReader,
  officeAhead,
  reportView,
  scopesOf,
} from './letters-admin.view.ts';
import { pauseLinks, registerPauses } from './letters-pauses.admin.ts';
import { type PlanDeps, registerPlan } from './letters-plan.admin.ts';

type Ref = { Params: { ref: string } };
const DELIVERIES = `${HOME}/deliveries`;
const PAGE = 30;
const SHOWN = 50;

export type LettersAdminDeps = PlanDeps & {
  letters: DeliveryService;
  approvals: ApprovalService;
  decisions: DecisionService;
  offices: Pick<OfficeService, 'listOffices' | 'getOffice'>;
  petitions: Pick<PetitionService, 'listPetitions' | 'findPetition'>;
  notesFor: NotesFor;
  namesByRef(): Promise<Map<string, string>>;
  getZone(): Promise<string>;
  calendar: OfficeCalendar;
  clock: Clock;
  audit: Audit;
  translator: Translator;
};

const DeliveriesQuery = z.object({
  state: z.enum(DELIVERY_STATES).optional().catch(undefined),
  office: z.string().min(1).max(100).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
});

/** What goes to offices, when, and whether it may: everything that `letters` does at the shell. */
export function registerLettersAdmin(scope: FastifyInstance, deps: LettersAdminDeps): void {
  const { letters, approvals, decisions, offices, petitions, audit, translator, clock } = deps;
  const shared = { namesByRef: deps.namesByRef, audit, translator };

  const one: ActPages<DeliverySeen> = {
    ...shared,
    path: '/deliveries/:ref',
    acts: deliveryActs(deps),
    groups: { all: ['approve', 'send', 'sent', 'again', 'cancel'] },
    find: findDelivery,
    refOf: ({ _id }) => _id,
    nameOf: ({ office, kind, n }, locale) =>
      `${translator.t(locale, `console.delivery.kind.${kind}`, { n })}, ${office.name[locale]}`,
    late: decidedBy,
  };
  const batch: ActPages<BatchSeen> = {
    ...shared,
    path: '/deliveries/offices/:ref',
    acts: batchActs(deps),
    groups: { all: ['approve', 'send', 'cancel'] },
    find: findBatch,
    refOf: ({ _id }) => _id,
    nameOf: ({ name }, locale) => name[locale],
  };

  async function findDelivery(id: string): Promise<DeliverySeen> {
    const delivery = await letters.getDelivery(id);
    const [office, petition] = await Promise.all([
      offices.getOffice(delivery.officeId),
      petitions.findPetition(delivery.petitionId),
    ]);
    const [report] = delivery.state === 'planned' ? await approvals.check({ id }) : [];
    return { ...delivery, office, ...(petition && { petition }), ...(report && { report }) };
  }

  async function findBatch(id: string): Promise<BatchSeen> {
    const office = await offices.getOffice(id);
    const own = (await letters.listOpen()).filter(({ officeId }) => officeId === id);
    const of = (state: Delivery['state']) => own.filter((delivery) => delivery.state === state);
    const planned = of('planned');
    const [report] = planned.length > 0 ? await approvals.check({ officeId: id }) : [];
    return {
      ...office,
      planned,
      approved: of('approved'),
      released: of('released'),
      ...(report && { report }),
    };
  }

  async function readerOf({ visit }: { visit: { locale: Locale } }): Promise<LettersReader> {
    const [allOffices, allPetitions, pauses, names, zone] = await Promise.all([
      offices.listOffices(),
      petitions.listPetitions(),
      decisions.listPauses(),
      deps.namesByRef(),
      deps.getZone(),
    ]);
    return {
      ...deps,
      locale: visit.locale,
      now: clock.now(),
      zone,
      names,
      pauses,
      offices: new Map(allOffices.map((office) => [office._id, office])),
      petitions: new Map(allPetitions.map((petition) => [petition._id, petition])),
    };
  }

  scope.get('/deliveries', async (request, reply) => {
    const { locale } = request.visit;
    const { state, office, page } = DeliveriesQuery.parse(request.query);
    const filter = { ...(state && { state }), ...(office && { officeId: office }) };
    const [reader, open, found] = await Promise.all([
      readerOf(request),
      letters.listOpen(),
      letters.listPage(filter, { page, size: PAGE }),
    ]);
    const t = (key: string) => translator.t(locale, key);
    const query = (next: number) =>
      `?${new URLSearchParams({ ...(state && { state }), ...(office && { office }), page: String(next) })}`;
    const shown = [...reader.offices.values()].filter(({ _id }) => !office || _id === office);
    const view = {
      ahead: shown
        .filter((one) => emailChannel(one) || open.some(({ officeId }) => officeId === one._id))
        .map((one) => officeAhead(reader, one, open)),
      rows: found.deliveries.map((delivery) => deliveryRow(reader, delivery)),
      pauses: pauseLinks(reader, request),
      states: DELIVERY_STATES.map((value) => ({
        value,
        label: t(`console.delivery.state.${value}`),
        isChosen: value === state,
      })),
      officeOptions: [...reader.offices.values()].map(({ _id, name }) => ({
        value: _id,
        label: name[locale],
        isChosen: _id === office,
      })),
      ...(page * PAGE < found.count && { olderHref: query(page + 1) }),
      ...(page > 1 && { newerHref: query(page - 1) }),
    };
    return reply.show({ page: 'deliveries', title: t('console.letters.title'), view });
  });

  scope.get<Ref>('/deliveries/offices/:ref', async (request, reply) => {
    const { locale } = request.visit;
    const [reader, seen] = await Promise.all([readerOf(request), findBatch(request.params.ref)]);
    const { links, done } = actLinks(batch, seen, request);
    const view = {
      links: links.all,
      done,
      report: reportView(reader, seen.report),
      count: seen.planned.length,
      rows: seen.planned.slice(0, SHOWN).map((delivery) => deliveryRow(reader, delivery)),
      ahead: officeAhead(reader, seen, [...seen.approved, ...seen.released]),
    };
    return reply.show({ page: 'batch', title: seen.name[locale], view });
  });

  /** A letter names its writer: to read one is an act. */
  async function reading<T>(request: FastifyRequest, { _id, kind }: Delivery, work: () => Promise<T>) {
    if (kind === 'digest') return work();
    return audit.record(actorOf(request.visit), { act: 'letters show', of: [_id] }, work);
  }

  const bytesOf = (delivery: Delivery) =>
    delivery.sealed ? letters.readBytes(delivery._id) : approvals.preview(delivery);

  scope.get<Ref>('/deliveries/:ref', async (request, reply) => {
    const { locale } = request.visit;
    const [reader, seen] = await Promise.all([readerOf(request), findDelivery(request.params.ref)]);
    const { links, done } = actLinks(one, seen, request);
    const mail = await reading(request, seen, async () => mailAsText(await bytesOf(seen))).catch(
      (error: unknown) => {
        if (isAppError(error, 'DELIVERY_STATE_CONFLICT')) return undefined;
        throw error;
      },
    );
    const view = {
      ...deliveryRow(reader, seen),
      links: links.all,
      done,
      report: reportView(reader, seen.report),
      incoming: (seen.incoming ?? []).map(({ at, kind, code, text }) => ({
        at: translator.t(locale, 'console.letters.cameAt', { at: at.toISOString().slice(0, 10) }),
        kind: translator.t(locale, `console.delivery.note.${kind}`),
        text: [code, text].filter(Boolean).join(' '),
      })),
      notes: await deps.notesFor({ kind: 'delivery', id: seen._id }, request),
      isKept: seen.sealed !== undefined,
      lang: seen.office.language,
      mail,
      officeHref: `${DELIVERIES}/offices/${seen.officeId}`,
      ...(mail && { emlHref: `${DELIVERIES}/${encodeURIComponent(seen._id)}/mail.eml` }),
    };
    return reply.show({ page: 'delivery', title: one.nameOf(seen, locale), view });
  });

  scope.get<Ref>('/deliveries/:ref/mail.eml', async (request, reply) => {
    const delivery = await letters.getDelivery(request.params.ref);
    const bytes = await reading(request, delivery, () => bytesOf(delivery));
    const name = delivery._id.replaceAll(/[^\w.-]+/g, '-');
    return reply
      .headers({ 'cache-control': 'no-store', 'content-disposition': `attachment; filename="${name}.eml"` })
      .type('message/rfc822')
      .send(bytes);
  });

  registerPlan(scope, deps, readerOf);
  registerPauses(scope, deps, async (locale) => scopesOf(await readerOf({ visit: { locale } })));
  registerActs(scope, batch);
  registerActs(scope, one);
}
