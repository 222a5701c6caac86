import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import { organiserOf } from '../lib/actor.ts';
import type { Clock } from '../lib/clock.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { typedValues } from '../lib/typed.ts';
import type { NotesFor } from '../notes/notes.admin.ts';
import { ACCESS, mayDo } from '../organisers/access.ts';
import { codesOf, withoutEmpty } from '../organisers/act.form.ts';
import { type ActPages, actLinks, refusalOf, registerActs } from '../organisers/act.page.ts';
import { consoleForm } from '../organisers/console-form.view.ts';
import { actorOf, HOME, meOf } from '../organisers/visit.ts';
import type { OfficeCalendar } from './calendar.ts';
import type { Holidays } from './holidays.ts';
import type { OfficeService } from './office.service.ts';
import { type OfficeStops, officeActs } from './office-acts.admin.ts';
import { NewOfficeForm, recordOf } from './office-acts.schema.ts';
import { type OfficeReader, type OfficeSeen, officeRow, officeView } from './office-admin.view.ts';
import { newOfficeFields } from './office-record.admin.ts';

const OFFICES = `${HOME}/offices`;
const GROUPS = {
  reached: ['address', 'channel', 'block', 'unblock', 'forget'],
  mail: ['pace', 'pause', 'resume', 'stop', 'end-links', 'do-not-contact', 'contact', 'post-only'],
  days: ['hours', 'closing', 'closing-forget'],
  holders: ['holder', 'holder-end', 'holder-forget'],
  record: ['set'],
};

export type OfficeAdminDeps = {
  offices: OfficeService;
  stops: OfficeStops;
  /** ids of offices that nothing goes to until somebody says so */
  listPaused(): Promise<ReadonlySet<string>>;
  notesFor: NotesFor;
  namesByRef(): Promise<Map<string, string>>;
  calendar: OfficeCalendar;
  holidays: Holidays;
  clock: Clock;
  audit: Audit;
  translator: Translator;
};

/** Offices, how they are reached and when somebody there reads: everything that `office` does at the shell. */
export function registerOfficeAdmin(scope: FastifyInstance, deps: OfficeAdminDeps): void {
  const { offices, listPaused, namesByRef, audit, translator, clock } = deps;

  async function find(id: string): Promise<OfficeSeen> {
    const [office, paused] = await Promise.all([offices.getOffice(id), listPaused()]);
    return { ...office, isPaused: paused.has(id) };
  }
  const pages: ActPages<OfficeSeen> = {
    path: '/offices/:ref',
    acts: officeActs(offices, deps.stops),
    groups: GROUPS,
    find,
    refOf: ({ _id }) => _id,
    nameOf: ({ name }, locale) => name[locale],
    audit,
    translator,
  };

  async function readerOf(locale: Locale): Promise<OfficeReader> {
    const names = await namesByRef();
    const nameOf = (by: string) => names.get(organiserOf(by) ?? '') ?? by;
    return { ...deps, locale, now: clock.now(), nameOf };
  }

  scope.get('/offices', async (request, reply) => {
    const { locale, me } = request.visit;
    const [all, paused, reader] = await Promise.all([offices.listOffices(), listPaused(), readerOf(locale)]);
    const rows = all.map((one) => officeRow(reader, { ...one, isPaused: paused.has(one._id) }));
    const mayAdd =
      me !== undefined && mayDo(me.role, ACCESS['POST /offices/new'] ?? { to: [], what: 'offices' });
    const view = { rows, ...(mayAdd && { addHref: `${OFFICES}/new` }) };
    return reply.show({ page: 'offices', title: translator.t(locale, 'console.offices.title'), view });
  });

  scope.get('/offices/new', async (request, reply) => showNew(request, reply));

  scope.post('/offices/new', async (request, reply) => {
    const form = readForm(NewOfficeForm, withoutEmpty(typedValues(request.body)));
    if (!form.ok) return showNew(request, reply, codesOf(form.errors, typedValues(request.body)));
    const { ref, country, postOnly } = form.value;
    const actor = actorOf(request.visit);
    const record = { ...recordOf(form.value), _id: ref, country, isPostOnly: postOnly === 'on' };
    try {
      await audit.record(actor, { act: 'office add', of: [ref] }, () => offices.addOffice(actor, record));
      return reply.redirect(`${OFFICES}/${ref}`, 303);
    } catch (error) {
      const { errors, problem } = refusalOf(error, translator, request.visit.locale);
      return showNew(request, reply, errors ?? {}, problem);
    }
  });

  async function showNew(
    request: FastifyRequest,
    reply: FastifyReply,
    errors?: FieldErrors,
    problem?: string,
  ) {
    const { locale } = request.visit;
    const t = (key: string) => translator.t(locale, key);
    const form = consoleForm(translator, locale, {
      action: `${OFFICES}/new`,
      submit: 'console.office.add',
      fields: newOfficeFields(t),
      ...(errors && { values: typedValues(request.body), errors }),
      ...(problem && { problem }),
    });
    const view = {
      form,
      of: t('console.offices.title'),
      backHref: OFFICES,
      lead: t('console.office.add.lead'),
    };
    return reply.show({ page: 'act', title: t('console.office.add'), view, ...(errors && { status: 422 }) });
  }

  scope.get<{ Params: { ref: string } }>('/offices/:ref', async (request, reply) => {
    const { locale } = request.visit;
    const office = await find(request.params.ref);
    const { links, done } = actLinks(pages, office, request);
    const mayRead = (page: string) =>
      mayDo(meOf(request.visit).role, ACCESS[`GET ${page}`] ?? { to: [], what: 'offices' });
    const view = {
      ...officeView(await readerOf(locale), office),
      links,
      done,
      notes: await deps.notesFor({ kind: 'office', id: office._id }, request),
      ...(mayRead('/deliveries') && { lettersHref: `${HOME}/deliveries?office=${office._id}` }),
    };
    return reply.show({ page: 'office', title: office.name[locale], view });
  });

  registerActs(scope, pages);
}
