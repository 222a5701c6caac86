import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import type { Infra } from '../infra.ts';
import { isAppError } from '../lib/errors.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import { formatDateTime } from '../lib/format.ts';
import type { Locale } from '../lib/locales.ts';
import { type TypedValues, typedValues } from '../lib/typed.ts';
import { actorOf, HOME } from '../organisers/visit.ts';
import { correctFormOf, fieldOfFigure, WithdrawForm } from './fact.schema.ts';
import type { Facts } from './fact.service.ts';
import { type FactRecord, isWithdrawn } from './fact-record.ts';
import { renderFact } from './fact-text.ts';
import type { PetitionReaders } from './petition.admin.ts';
import type { PetitionReader } from './petition-admin.view.ts';
import { numbersByHand, placeholderFaults } from './text-checks.ts';

type Ref = { Params: { ref: string } };
type Refused = { errors: FieldErrors; values: TypedValues };
type Told = { refused?: Refused; problem?: string; status?: number };
/** A mail to an office that said what a fact said until it was changed. */
export type Carried = { officeId: string; petitionId: string; sentAt: Date };
type Deps = Pick<Infra, 'translator'> & {
  facts: Facts;
  audit: Audit;
  readers: PetitionReaders;
  listOffices(): Promise<readonly { _id: string; name: Record<Locale, string> }[]>;
  /** mails with this fact that left between two moments */
  listCarried(factId: string, from: Date, to: Date): Promise<readonly Carried[]>;
};

const FACTS = `${HOME}/facts`;

/** Facts on record: what each says, how it changed, and who was told what was wrong. */
export function registerFactAdmin(scope: FastifyInstance, deps: Deps): void {
  const { facts, audit, translator, readers } = deps;

  scope.get('/facts', async (request, reply) => {
    const { locale } = await readers(request);
    const rows = (await facts.listFacts()).map((one) => ({
      href: `${FACTS}/${one._id}`,
      id: one._id,
      text: renderFact({ ...one, id: one._id }, locale),
      period: one.period[locale],
      state: stateText(one, locale),
    }));
    const title = translator.t(locale, 'console.facts.title');
    return reply.show({ page: 'facts', title, view: { rows } });
  });

  const stateText = ({ history }: FactRecord, locale: Locale) =>
    translator.t(locale, `console.fact.state.${history.at(-1)?.change ?? 'published'}`);

  async function show(request: FastifyRequest, reply: FastifyReply, fact: FactRecord, told: Told = {}) {
    const reader = await readers(request);
    const { locale, mayChange } = reader;
    const { refused, status, problem } = told;
    const view = {
      ...(problem && { problem }),
      isSaved: 'saved' in (request.query as object),
      id: fact._id,
      version: fact.version,
      text: renderFact({ ...fact, id: fact._id }, locale),
      period: fact.period[locale],
      state: stateText(fact, locale),
      mayChange: mayChange && !isWithdrawn(fact),
      path: `${FACTS}/${fact._id}`,
      list: FACTS,
      fields: fieldsOf(fact, locale, refused),
      withdraw: reasonFields('withdrawReason', locale, refused),
      errors: Object.entries(refused?.errors ?? {}).map(([field, code]) => ({
        field,
        text: faultText(code, locale),
      })),
      history: await historyOf(fact, reader),
    };
    const title = translator.t(locale, 'console.fact.title', { id: fact._id });
    return reply.show({ page: 'fact', title, view, ...(status && { status }) });
  }

  const faultText = (code: string, locale: Locale) => translator.t(locale, `console.fault.${code}`);

  function fieldOf(name: string, label: string, value: string, locale: Locale, refused?: Refused) {
    const code = refused?.errors[name];
    return {
      name,
      label,
      value: refused?.values[name] ?? value,
      ...(code && { error: faultText(code, locale) }),
    };
  }

  function fieldsOf(fact: FactRecord, locale: Locale, refused?: Refused) {
    const label = (key: string) => translator.t(locale, `console.fact.field.${key}`);
    return [
      ...fact.figures.map(({ id, value }) =>
        fieldOf(
          fieldOfFigure(id),
          translator.t(locale, 'console.fact.field.figure', { id }),
          String(value),
          locale,
          refused,
        ),
      ),
      fieldOf('textEn', label('textEn'), fact.text.en, locale, refused),
      fieldOf('textEs', label('textEs'), fact.text.es, locale, refused),
      fieldOf('periodEn', label('periodEn'), fact.period.en, locale, refused),
      fieldOf('periodEs', label('periodEs'), fact.period.es, locale, refused),
      ...reasonFields('factReason', locale, refused),
    ];
  }

  function reasonFields(name: string, locale: Locale, refused?: Refused) {
    return (['En', 'Es'] as const).map((one) =>
      fieldOf(`${name}${one}`, translator.t(locale, `console.fact.field.reason${one}`), '', locale, refused),
    );
  }

  /** The newest first; of each change, to whom the old words had gone. */
  async function historyOf(fact: FactRecord, { locale, zone, nameOf }: PetitionReader) {
    const names = new Map((await deps.listOffices()).map(({ _id, name }) => [_id, name[locale]]));
    const rows = await Promise.all(
      fact.history.map(async ({ change, at, by, reason, was }, index) => {
        const since = fact.history[index - 1]?.at ?? new Date(0);
        const carried = change === 'published' ? [] : await deps.listCarried(fact._id, since, at);
        return {
          heading: translator.t(locale, `console.fact.change.${change}`, {
            at: formatDateTime(at, locale, zone),
            name: by === 'starter' ? translator.t(locale, 'console.fact.starter') : nameOf(by),
          }),
          ...(reason && { reason: reason[locale] }),
          ...(was && { was: `${renderFact({ id: fact._id, ...was }, locale)} (${was.period[locale]})` }),
          isChange: change !== 'published',
          carried: carried.map(({ officeId, petitionId, sentAt }) => ({
            office: names.get(officeId) ?? officeId,
            petition: petitionId,
            at: formatDateTime(sentAt, locale, zone),
          })),
        };
      }),
    );
    return rows.reverse();
  }

  scope.get<Ref>('/facts/:ref', async (request, reply) =>
    show(request, reply, await facts.getFact(request.params.ref)),
  );

  scope.post<Ref>('/facts/:ref/correct', async (request, reply) => {
    const fact = await facts.getFact(request.params.ref);
    const values = typedValues(request.body);
    const form = readForm(correctFormOf(fact.figures.map(({ id }) => id)), request.body);
    if (!form.ok)
      return show(request, reply, fact, { refused: { errors: form.errors, values }, status: 422 });
    const typed = form.value as typeof form.value & Record<string, unknown>;
    const text = { en: typed.textEn, es: typed.textEs };
    const ids = fact.figures.map(({ id }) => id);
    const faults = [
      ...placeholderFaults(text, ids),
      ...numbersByHand(text.en, 'en'),
      ...numbersByHand(text.es, 'es'),
    ];
    if (faults.length > 0) {
      const errors = { textEn: 'factText', textEs: 'factText' };
      return show(request, reply, fact, { refused: { errors, values }, status: 422 });
    }
    const body = {
      figures: fact.figures.map((one) => ({ ...one, value: Number(typed[fieldOfFigure(one.id)]) })),
      period: { en: typed.periodEn, es: typed.periodEs },
      sourceId: fact.sourceId,
      text,
    };
    const reason = { en: typed.factReasonEn, es: typed.factReasonEs };
    const actor = actorOf(request.visit);
    return act(request, reply, fact, { act: 'fact correct', why: reason.en }, () =>
      facts.correctFact(fact._id, actor, { version: typed.version, reason }, body),
    );
  });

  scope.post<Ref>('/facts/:ref/withdraw', async (request, reply) => {
    const fact = await facts.getFact(request.params.ref);
    const form = readForm(WithdrawForm, request.body);
    if (!form.ok) {
      const refused = { errors: form.errors, values: typedValues(request.body) };
      return show(request, reply, fact, { refused, status: 422 });
    }
    const { version, withdrawReasonEn: en, withdrawReasonEs: es } = form.value;
    const actor = actorOf(request.visit);
    return act(request, reply, fact, { act: 'fact withdraw', why: en }, () =>
      facts.withdrawFact(fact._id, actor, { version, reason: { en, es } }),
    );
  });

  async function act(
    request: FastifyRequest,
    reply: FastifyReply,
    fact: FactRecord,
    intent: { act: string; why: string },
    work: () => Promise<void>,
  ) {
    const changes = [{ field: 'version', from: String(fact.version), to: String(fact.version + 1) }];
    try {
      await audit.record(actorOf(request.visit), { ...intent, of: [fact._id], changes }, work);
    } catch (error) {
      if (!isAppError(error, 'FACT_CHANGED')) throw error;
      const problem = translator.t(request.visit.locale, 'console.fact.changed');
      return show(request, reply, await facts.getFact(fact._id), { problem, status: 409 });
    }
    return reply.redirect(`${FACTS}/${fact._id}?saved`, 303);
  }
}
