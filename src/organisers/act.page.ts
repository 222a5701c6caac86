import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Intent } from '../audit/act.ts';
import type { Audit } from '../audit/audit.service.ts';
import { organiserOf } from '../lib/actor.ts';
import { AppError, isAppError } from '../lib/errors.ts';
import type { FieldErrors } from '../lib/form-faults.ts';
import type { MessageValues, Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { type TypedValues, typedValues } from '../lib/typed.ts';
import { ACCESS, mayDo } from './access.ts';
import type { Act, ActLink } from './act.form.ts';
import { consoleForm } from './console-form.view.ts';
import { actorOf, HOME, meOf } from './visit.ts';

type At = { Params: { ref: string; act: string } };

export type ActPages<T> = {
  /** path of the thing below /organise, with `:ref`; an act's page lies below it */
  path: string;
  acts: Readonly<Record<string, Act<T>>>;
  /** how the page of the thing puts the links to them together */
  groups: Readonly<Record<string, readonly string[]>>;
  /** @throws when there is none, so that the page is not there */
  find(ref: string, locale: Locale): Promise<T>;
  refOf(thing: T): string;
  nameOf(thing: T, locale: Locale): string;
  /** what is told to somebody who wants to do what can no longer be done to it: a colleague was faster */
  late?(thing: T): { fault: string; values?: MessageValues };
  /** people are called by their names */
  namesByRef?(): Promise<Map<string, string>>;
  audit: Pick<Audit, 'record'>;
  translator: Translator;
};

/**
 * What can be done to one thing, each act on a page of its own with a form: a page shows what there is, and a link to each
 * act. Every act is written into the audit, before it is done.
 */
export function registerActs<T>(scope: FastifyInstance, pages: ActPages<T>): void {
  const { path, acts, find, refOf, nameOf, audit, translator } = pages;
  const route = `${path}/:act`;
  const homeOf = (thing: T) => HOME + path.replace(':ref', encodeURIComponent(refOf(thing)));

  function actNamed(name: string): Act<T> {
    const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
    if (!act) throw new AppError('PAGE_NOT_FOUND');
    return act;
  }

  /** As of a service: who did it instead is called by name. */
  async function named(error: unknown): Promise<unknown> {
    const { by } = (isAppError(error) && isValues(error.details.values) && error.details.values) || {};
    if (!isAppError(error) || typeof by !== 'string' || !pages.namesByRef) return error;
    const name = (await pages.namesByRef()).get(organiserOf(by) ?? '') ?? by;
    const values = { ...(error.details.values as MessageValues), by: name };
    return new AppError(error.code, { ...error.details, values });
  }

  async function show(
    request: FastifyRequest<At>,
    reply: FastifyReply,
    thing: T,
    told: { errors?: FieldErrors; problem?: string; problemValues?: MessageValues; status?: number } = {},
  ) {
    const { locale } = request.visit;
    const { act: name } = request.params;
    const act = actNamed(name);
    const canBe = act.can?.(thing) !== false;
    if (!canBe && !told.problem) throw new AppError('PAGE_NOT_FOUND');
    const t = (key: string) => translator.t(locale, key);
    const { status, ...faults } = told;
    const values: TypedValues = status ? typedValues(request.body) : (act.values?.(thing) ?? {});
    const form = consoleForm(translator, locale, {
      action: `${homeOf(thing)}/${name}`,
      submit: act.key,
      fields: act.fields(thing, locale, t),
      values,
      ...(act.isGrave && { isGrave: true }),
      ...faults,
    });
    const title = t(act.key);
    const view = {
      ...(canBe ? { form } : { problem: form.problem }),
      of: nameOf(thing, locale),
      backHref: homeOf(thing),
      ...(translator.has(locale, `${act.key}.lead`) && { lead: t(`${act.key}.lead`) }),
    };
    return reply.show({ page: 'act', title, view, ...(status && { status }) });
  }

  scope.get<At>(route, async (request, reply) =>
    show(request, reply, await find(request.params.ref, request.visit.locale)),
  );

  scope.post<At>(route, async (request, reply) => {
    const thing = await find(request.params.ref, request.visit.locale);
    const act = actNamed(request.params.act);
    if (act.can?.(thing) === false) {
      const late = pages.late?.(thing) ?? { fault: 'gone' };
      const error = await named(new AppError('DELIVERY_STATE_CONFLICT', late));
      return show(request, reply, thing, refusalOf(error, translator, request.visit.locale));
    }
    const read = act.read(request.body, thing);
    if (!read.ok) return show(request, reply, thing, { errors: read.errors, status: 422 });
    const intent: Intent = { act: act.act, of: [refOf(thing)], ...read.intent };
    try {
      await audit.record(actorOf(request.visit), intent, () => read.run(actorOf(request.visit)));
      return reply.redirect(`${homeOf(thing)}?done=${request.params.act}`, 303);
    } catch (error) {
      const { status, ...told } = refusalOf(await named(error), translator, request.visit.locale);
      return show(request, reply, await find(request.params.ref, request.visit.locale), { ...told, status });
    }
  });
}

/**
 * What a page says of an act that was refused: services give `fault`, the key of a sentence, and `field`, where it lies at
 * one. @throws whatever has no such sentence
 */
export function refusalOf(
  error: unknown,
  { has }: Pick<Translator, 'has'>,
  locale: Locale,
): { errors?: FieldErrors; problem?: string; problemValues?: MessageValues; status: number } {
  if (!isAppError(error)) throw error;
  const { field, fault, values } = error.details;
  if (typeof fault !== 'string') throw error;
  const { status } = error;
  if (typeof field === 'string') return { errors: { [field]: fault }, status };
  const problem = `console.refused.${fault}`;
  if (!has(locale, problem)) throw error;
  return { problem, ...(isValues(values) && { problemValues: values }), status };
}

function isValues(values: unknown): values is MessageValues {
  return typeof values === 'object' && values !== null;
}

/** Links to what somebody in this role can do to it now, and what was just done. */
export function actLinks<T>(
  { path, acts, groups, refOf, translator }: ActPages<T>,
  thing: T,
  { visit, query }: FastifyRequest,
): { links: Record<string, ActLink[]>; done?: string } {
  const { locale } = visit;
  const access = ACCESS[`POST ${path}/:act`];
  const mayAct = access !== undefined && mayDo(meOf(visit).role, access);
  const home = HOME + path.replace(':ref', encodeURIComponent(refOf(thing)));
  const linkTo = (name: string): ActLink[] => {
    const act = acts[name];
    if (!act || !mayAct || act.can?.(thing) === false) return [];
    return [{ href: `${home}/${name}`, label: translator.t(locale, act.key) }];
  };
  const links = Object.entries(groups).map(([group, names]) => [group, names.flatMap(linkTo)] as const);
  const { done } = query as { done?: unknown };
  const act = typeof done === 'string' && Object.hasOwn(acts, done) ? acts[done] : undefined;
  const key = act && (translator.has(locale, `${act.key}.done`) ? `${act.key}.done` : 'console.saved');
  return { links: Object.fromEntries(links), ...(key && { done: translator.t(locale, key) }) };
}
