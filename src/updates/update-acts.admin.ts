import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Intent } from '../audit/act.ts';
import type { Infra } from '../infra.ts';
import type { Actor } from '../lib/actor.ts';
import { AppError, isAppError } from '../lib/errors.ts';
import { readForm } from '../lib/form-faults.ts';
import { type TypedValues, typedValues } from '../lib/typed.ts';
import { actorOf, meOf } from '../organisers/visit.ts';
import type { UpdateAdminDeps } from './update.admin.ts';
import { RevisionForm, UpdateForm, writtenOf } from './update.schema.ts';
import { isTheirs } from './update.service.ts';
import type { Update } from './update.ts';
import {
  pageOf,
  type RefusedForm,
  UPDATES,
  type UpdateReader,
  updateAdminView,
} from './update-admin.view.ts';

type Ref = { Params: { ref: string } };
type Told = { refused?: RefusedForm; problem?: string; done?: string; status?: number };
/** What a button asks for: the line that the audit gets, and the work. */
type Asked = Omit<Intent, 'of'> & { did: string; leadsTo?: string; work(actor: Actor): Promise<unknown> };

const DONE = [
  'written',
  'saved',
  'tested',
  'proposed',
  'approved',
  'paused',
  'resumed',
  'cancelled',
  'withdrawn',
  'discarded',
] as const;
/** What is told on the page, each by its own words. */
const PROBLEMS = ['UPDATE_CHANGED', 'UPDATE_STATE_CONFLICT', 'UPDATE_TOO_OLD', 'SECOND_PERSON'] as const;

type Deps = UpdateAdminDeps & { reads(request: FastifyRequest): Promise<UpdateReader> };

/** One update: looked at, changed, approved by a second person, followed as it goes out. */
export function registerUpdateActs(scope: FastifyInstance, deps: Deps): void {
  const { updates, petitions, audit, translator, reads } = deps;

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    update: Update,
    { refused, status, ...told }: Told = {},
  ) {
    const reader = await reads(request);
    const petition = await petitions.getPetition(update.petitionId);
    const { profile } = meOf(request.visit);
    const mails = await Promise.all(
      (['en', 'es'] as const).map((locale) =>
        updates.composeTest(update, petition, { to: profile.email, name: profile.name, locale }),
      ),
    );
    const expected = update.expected ?? (await updates.countAsking(update.petitionId));
    const view = {
      ...told,
      ...updateAdminView(translator, update, reader, { petition, mails, expected, refused }),
    };
    return reply.show({ page: 'update', title: view.title, view, ...(status && { status }) });
  }

  scope.get<Ref>('/updates/:ref', async (request, reply) =>
    show(request, reply, await updateOf(request), doneText(translator, request)),
  );

  async function updateOf(request: FastifyRequest<Ref>): Promise<Update> {
    return updates.getUpdate(request.params.ref).catch((error) => {
      throw isAppError(error, 'UPDATE_NOT_FOUND') ? new AppError('PAGE_NOT_FOUND') : error;
    });
  }

  /** Writes down, acts, and says so on the page; or says there why it could not be. */
  async function act(request: FastifyRequest<Ref>, reply: FastifyReply, asked: Asked, typed?: TypedValues) {
    const { did, work, leadsTo, ...intent } = asked;
    const { ref } = request.params;
    const { petitionId } = await updateOf(request);
    const actor = actorOf(request.visit);
    try {
      await audit.record(actor, { ...intent, of: [ref, petitionId] }, () => work(actor));
    } catch (error) {
      const code = PROBLEMS.find((one) => isAppError(error, one));
      if (!code) throw error;
      const isAlone = isAppError(error) && error.details.isAlone === true;
      const problem = translator.t(
        request.visit.locale,
        `console.update.problem.${code}${isAlone ? '.alone' : ''}`,
      );
      const refused = typed && { did, errors: {}, values: { ...typed, revision: '' } };
      return show(request, reply, await updateOf(request), {
        problem,
        status: 409,
        ...(refused && { refused }),
      });
    }
    return reply.redirect(`${leadsTo ?? pageOf(ref)}?done=${did}`, 303);
  }

  const revisionOf = (request: FastifyRequest) => RevisionForm.parse(request.body ?? {}).revision;

  scope.post<Ref>('/updates/:ref/save', async (request, reply) => {
    const form = readForm(UpdateForm, request.body);
    const values = typedValues(request.body);
    if (!form.ok) {
      const refused = { did: 'saved', errors: form.errors, values };
      return show(request, reply, await updateOf(request), { refused, status: 422 });
    }
    const { ref } = request.params;
    const work = (actor: Actor) => updates.rewrite(ref, writtenOf(form.value), actor, form.value.revision);
    return act(request, reply, { act: 'updates rewrite', did: 'saved', work }, values);
  });

  scope.post<Ref>('/updates/:ref/test', async (request, reply) => {
    const { email, name } = meOf(request.visit).profile;
    const work = () => updates.sendTest(request.params.ref, { to: email, name });
    return act(request, reply, { act: 'updates test', did: 'tested', work });
  });

  const stateTo = (from: string, to: string) => [{ field: 'state', from, to }];

  scope.post<Ref>('/updates/:ref/propose', async (request, reply) => {
    const { state } = await updateOf(request);
    return act(request, reply, {
      act: 'updates propose',
      changes: stateTo(state, 'proposed'),
      did: 'proposed',
      work: (actor) => updates.propose(request.params.ref, actor, revisionOf(request)),
    });
  });

  scope.post<Ref>('/updates/:ref/approve', async (request, reply) => {
    const update = await updateOf(request);
    const isAgain = isTheirs(update, actorOf(request.visit));
    return act(request, reply, {
      act: 'updates approve',
      changes: stateTo(update.state, 'sending'),
      ...(isAgain && { why: 'the same person on another day: nobody else may approve' }),
      did: 'approved',
      work: (actor) => updates.approve(request.params.ref, actor, revisionOf(request)),
    });
  });

  for (const [verb, did, to] of [
    ['pause', 'paused', 'paused'],
    ['resume', 'resumed', 'sending'],
    ['cancel', 'cancelled', 'cancelled'],
    ['withdraw', 'withdrawn', 'off the page'],
  ] as const)
    scope.post<Ref>(`/updates/:ref/${verb}`, async (request, reply) => {
      const { state } = await updateOf(request);
      const changes = stateTo(state, to);
      const work = (actor: Actor) => updates[verb](request.params.ref, actor);
      return act(request, reply, { act: `updates ${verb}`, changes, did, work });
    });

  scope.post<Ref>('/updates/:ref/discard', async (request, reply) =>
    act(request, reply, {
      act: 'updates discard',
      did: 'discarded',
      leadsTo: UPDATES,
      work: () => updates.discard(request.params.ref, revisionOf(request)),
    }),
  );
}

/** What was done before this page was shown. */
export function doneText({ t }: Pick<Infra['translator'], 't'>, request: FastifyRequest): { done?: string } {
  const { done } = request.query as { done?: string };
  const known = DONE.find((one) => one === done);
  return known ? { done: t(request.visit.locale, `console.update.done.${known}`) } : {};
}
