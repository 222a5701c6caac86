import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isAppError } from '../lib/errors.ts';
import { readForm } from '../lib/form-faults.ts';
import { typedValues } from '../lib/typed.ts';
import { countWhoMay } from '../organisers/access.ts';
import { consoleForm } from '../organisers/console-form.view.ts';
import type { Organisers } from '../organisers/organisers.room.ts';
import type { WaitingSource } from '../organisers/today.admin.ts';
import { actorOf } from '../organisers/visit.ts';
import { createReaderOf, type DeskDeps } from './desk.admin.ts';
import { DeskQuery, RuleForm } from './desk.schema.ts';
import { isNarrow } from './desk.ts';
import { foundView, SIGNATURES, selectionFields, selectionTexts } from './desk.view.ts';
import type { Rules } from './rule.service.ts';
import { VERBS } from './rule.ts';
import { RULES, ruleLine, ruleView } from './rules.view.ts';

type Ref = { Params: { ref: string } };
const EXAMPLES = 10;

/** What Today says of rules that wait for a second person. */
export function rulesWaiting({ countWaiting }: Pick<Rules, 'countWaiting'>): WaitingSource {
  return async () => {
    const { count, since } = await countWaiting();
    return count === 0
      ? []
      : [
          {
            key: 'console.today.rules',
            values: { count },
            path: '/signatures/rules',
            ...(since && { since }),
          },
        ];
  };
}

/** Acts on many signatures at once: made, looked at, agreed to, stopped, undone. */
export function registerRules(
  scope: FastifyInstance,
  deps: DeskDeps & { rules: Rules; organisers: Organisers },
): void {
  const { desk, rules, organisers, translator } = deps;
  const readerOf = createReaderOf(deps);

  /** Before anything is done: how many there are, ten of them, and what can be done. */
  async function showMaking(
    request: FastifyRequest,
    reply: FastifyReply,
    sent: { given: unknown; errors?: Record<string, string>; problem?: string },
  ) {
    const reader = await readerOf(request);
    const { locale } = reader;
    const t = (key: string, values?: Record<string, number>) => translator.t(locale, key, values);
    const { selection } = DeskQuery.parse(sent.given);
    const title = t('console.rules.make');
    const status = sent.errors || sent.problem ? 422 : undefined;
    if (!isNarrow(selection)) {
      const view = { problem: t('console.rules.everybody'), findHref: SIGNATURES };
      return reply.show({ page: 'rule-new', title, view, status: 422 });
    }
    const looks = await Promise.all(
      VERBS.map(async (verb) => ({ verb, ...(await rules.look(selection, verb)) })),
    );
    const { found } = await desk.list(actorOf(request.visit), { selection });
    const form = consoleForm(translator, locale, {
      action: RULES,
      submit: 'console.rules.make.submit',
      fields: [
        {
          name: 'verb',
          type: 'choice',
          options: looks
            .filter(({ matched }) => matched > 0)
            .map(({ verb, matched, isForTwo }) => ({
              value: verb as string,
              label: t(`console.rules.verb.${verb}`, { count: matched }),
              ...(isForTwo && { hint: t('console.rules.forTwo') }),
              isChosen: false,
            })),
        },
        { name: 'whyRule', key: 'deskWhy', type: 'text' },
      ],
      hidden: selectionFields(selection),
      ...(sent.errors && { errors: sent.errors, values: typedValues(request.body) }),
      isGrave: true,
    });
    const view = {
      by: selectionTexts(translator, reader, selection),
      examples: found.slice(0, EXAMPLES).map((one) => foundView(translator, reader, one)),
      ...(looks.some(({ matched }) => matched > 0) && { form }),
      ...(sent.problem && { problem: t(sent.problem) }),
      findHref: SIGNATURES,
    };
    return reply.show({ page: 'rule-new', title, view, ...(status && { status }) });
  }

  scope.get('/signatures/rule', async (request, reply) =>
    showMaking(request, reply, { given: request.query }),
  );

  scope.post('/signatures/rules', async (request, reply) => {
    const form = readForm(RuleForm, request.body);
    if (!form.ok) return showMaking(request, reply, { given: request.body, errors: form.errors });
    try {
      const { _id } = await rules.make(actorOf(request.visit), form.value);
      return reply.redirect(`${RULES}/${_id}`, 303);
    } catch (error) {
      if (!isAppError(error, 'INPUT_INVALID')) throw error;
      return showMaking(request, reply, { given: request.body, problem: 'console.rules.nobody' });
    }
  });

  scope.get('/signatures/rules', async (request, reply) => {
    const [reader, all, names] = await Promise.all([
      readerOf(request),
      rules.listRules(),
      organisers.accounts.namesByRef(),
    ]);
    const view = {
      rules: all.map((rule) => ruleLine(translator, reader, rule, names)),
      findHref: SIGNATURES,
    };
    return reply.show({ page: 'rules', title: translator.t(reader.locale, 'console.rules.title'), view });
  });

  async function show(request: FastifyRequest<Ref>, reply: FastifyReply, problem?: string) {
    const [reader, rule, names] = await Promise.all([
      readerOf(request),
      rules.getRule(request.params.ref),
      organisers.accounts.namesByRef(),
    ]);
    const left = rule.state === 'undoing' || rule.state === 'undone' ? await rules.countLeft(rule) : 0;
    const view = {
      ...ruleView(translator, reader, rule, { names, left }),
      ...(problem && { problem: translator.t(reader.locale, problem) }),
    };
    const title = translator.t(reader.locale, 'console.rules.one');
    return reply.show({ page: 'rule', title, view, ...(problem && { status: 409 }) });
  }

  scope.get<Ref>('/signatures/rules/:ref', async (request, reply) => show(request, reply));

  async function decide(request: FastifyRequest<Ref>, reply: FastifyReply, work: () => Promise<void>) {
    try {
      await work();
      return reply.redirect(`${RULES}/${request.params.ref}`, 303);
    } catch (error) {
      if (isAppError(error, 'SECOND_PERSON')) return show(request, reply, 'console.rules.secondPerson');
      if (isAppError(error, 'SIGNATURE_STATE_CONFLICT')) return show(request, reply, 'console.rules.taken');
      throw error;
    }
  }

  scope.post<Ref>('/signatures/rules/:ref/approve', async (request, reply) => {
    const isAlone =
      countWhoMay('POST /signatures/rules/:ref/approve', await organisers.accounts.listColleagues()) === 1;
    return decide(request, reply, () => rules.approve(actorOf(request.visit), request.params.ref, isAlone));
  });
  scope.post<Ref>('/signatures/rules/:ref/cancel', async (request, reply) =>
    decide(request, reply, () => rules.cancel(actorOf(request.visit), request.params.ref)),
  );
  scope.post<Ref>('/signatures/rules/:ref/undo', async (request, reply) =>
    decide(request, reply, () => rules.undo(actorOf(request.visit), request.params.ref)),
  );
}
