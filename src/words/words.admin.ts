import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import { byOf } from '../lib/actor.ts';
import { isAppError } from '../lib/errors.ts';
import { readForm } from '../lib/form-faults.ts';
import { formatDateTime } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import { typedValues } from '../lib/typed.ts';
import { countWhoMay } from '../organisers/access.ts';
import type { Organisers } from '../organisers/organisers.room.ts';
import type { WaitingSource } from '../organisers/today.admin.ts';
import { actorOf } from '../organisers/visit.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { petitionText } from '../petitions/petition.ts';
import { ApproveForm, RefuseForm, WordsQuery } from './decision.schema.ts';
import type { ReadWords, WordsService } from './words.service.ts';
import { namedBy, type RefusedForm, WORDS, type WordsReader, wordsAdminView } from './words-admin.view.ts';
import type { DecisionWord } from './words-decision.service.ts';

type Ref = { Params: { ref: string } };
type Told = { problem?: string; done?: string; undo?: string; status?: number };
type Deps = {
  words: WordsService;
  organisers: Organisers;
  petitions: Pick<PetitionService, 'getPetition'>;
  audit: Audit;
  translator: Translator;
  getZone(): Promise<string>;
};

/** What Today says of words that wait. */
export function wordsWaiting(words: Pick<WordsService, 'countWaiting' | 'findOldestSince'>): WaitingSource {
  return async () => {
    const [count, since] = await Promise.all([words.countWaiting(), words.findOldestSince()]);
    return count === 0
      ? []
      : [{ key: 'console.today.words', values: { count }, path: '/words', ...(since && { since }) }];
  };
}

/** Own words of supporters, one at a time: read, approved, shortened, refused, undone. */
export function registerWordsAdmin(scope: FastifyInstance, deps: Deps): void {
  const { words, organisers, petitions, audit, translator, getZone } = deps;

  async function readerOf({ visit }: FastifyRequest): Promise<WordsReader> {
    const [zone, colleagues] = await Promise.all([getZone(), organisers.accounts.listColleagues()]);
    const names = new Map(colleagues.flatMap(({ ref, name }) => (name ? [[ref, name] as const] : [])));
    return {
      locale: visit.locale,
      zone,
      names,
      by: byOf(actorOf(visit)),
      isAlone: countWhoMay('POST /words/:ref/approve', colleagues) === 1,
    };
  }

  async function show(
    reply: FastifyReply,
    one: ReadWords | null,
    reader: WordsReader,
    { status, ...told }: Told & { refused?: RefusedForm; skip?: number },
  ) {
    const { locale } = reader;
    const { skip = 0, refused } = told;
    const count = await words.countWaiting();
    const petition = one && (await petitions.getPetition(one.petitionId));
    const view = {
      ...told,
      count: translator.t(locale, 'console.words.waiting', { count }),
      ...(one &&
        petition && {
          one: wordsAdminView(translator, one, reader, {
            petitionTitle: petitionText(petition, locale).title,
            refused,
          }),
        }),
      ...(one && count > skip + 1 && { skipHref: `${WORDS}?skip=${skip + 1}` }),
      ...(skip > 0 && { beginHref: WORDS }),
    };
    const title = translator.t(locale, 'console.words.title');
    return reply.show({ page: 'words', title, view, ...(status && { status }) });
  }

  scope.get('/words', async (request, reply) => {
    const { skip, done, ref } = WordsQuery.parse(request.query);
    const reader = await readerOf(request);
    const one = await words.findNext({ skip, by: reader.isAlone ? '' : reader.by });
    const canUndo = ref && (done === 'approved' || done === 'refused');
    return show(reply, one, reader, {
      skip,
      ...(done && { done: translator.t(reader.locale, `console.words.done.${done}`) }),
      ...(canUndo && { undo: `${WORDS}/${ref}/undo` }),
    });
  });

  scope.post<Ref>('/words/:ref/approve', async (request, reply) => {
    const form = readForm(ApproveForm, request.body);
    if (!form.ok) return showAgain(request, reply, 'approve', form.errors);
    const { trimmed, looked } = form.value;
    const word = { anyway: looked === 'on', ...(trimmed !== undefined && { trimmed }) };
    return decide(request, reply, 'approved', word);
  });

  scope.post<Ref>('/words/:ref/refuse', async (request, reply) => {
    const form = readForm(RefuseForm, request.body);
    if (!form.ok) return showAgain(request, reply, 'refuse', form.errors);
    const { reason, note } = form.value;
    return decide(request, reply, 'refused', { reason, ...(note && { note }) });
  });

  async function decide(
    request: FastifyRequest<Ref>,
    reply: FastifyReply,
    state: 'approved' | 'refused',
    given: Omit<DecisionWord, 'by'>,
  ) {
    const { ref: id } = request.params;
    const one = await words.getWords(refOf(id));
    const reader = await readerOf(request);
    const { by, isAlone } = reader;
    const isAgain = isAlone && state === 'approved' && one.first?.by === by;
    const intent = {
      act: state === 'approved' ? 'words approve' : 'words refuse',
      of: [one.ref],
      changes: [{ field: 'words', from: one.state, to: state }],
      ...(isAgain && { why: 'the same person on another day: nobody else may decide' }),
    };
    try {
      const result = await audit.record(actorOf(request.visit), intent, () =>
        words.decide(id, state, { ...given, by, isAlone, isFirst: true }),
      );
      const done = result === 'second' ? 'second' : state;
      return reply.redirect(`${WORDS}?done=${done}&ref=${one.ref}`, 303);
    } catch (error) {
      return showRefusal(request, reply, error, state === 'approved' ? 'approve' : 'refuse');
    }
  }

  /** @throws whatever it is that this page does not explain */
  async function showRefusal(
    request: FastifyRequest<Ref>,
    reply: FastifyReply,
    error: unknown,
    did: RefusedForm['did'],
  ) {
    const reader = await readerOf(request);
    const { locale, zone, by } = reader;
    const t: Translator['t'] = translator.t;
    if (isAppError(error, 'WORDS_DECIDED')) {
      const { by: other, at, state } = error.details as { by: string; at: Date; state: string };
      const name = namedBy(reader, other);
      const values = { name, state, at: formatDateTime(at, locale, zone) };
      const problem = t(locale, 'console.words.taken', values);
      return show(reply, await words.findNext({ skip: 0, by }), reader, { problem, status: 409 });
    }
    if (isAppError(error, 'INPUT_INVALID') || isAppError(error, 'SECOND_PERSON')) {
      const { field, fault } = error.details as { field?: string; fault?: string };
      if (field && fault) return showAgain(request, reply, did, { [field]: fault });
      const one = await words.getWords(refOf(request.params.ref));
      const isChanged = fault === 'changed';
      const second = reader.isAlone ? 'first.alone' : 'first.mine';
      const at = formatDateTime(one.first?.at ?? new Date(0), locale, zone);
      const problem = t(locale, `console.words.${isChanged ? 'changed' : second}`, { at });
      return show(reply, one, reader, { problem, status: isChanged ? 422 : 409 });
    }
    throw error;
  }

  async function showAgain(
    request: FastifyRequest<Ref>,
    reply: FastifyReply,
    did: RefusedForm['did'],
    errors: RefusedForm['errors'],
  ) {
    const one = await words.getWords(refOf(request.params.ref));
    const refused = { did, errors, values: typedValues(request.body) };
    return show(reply, one, await readerOf(request), { refused, status: 422 });
  }

  scope.post<Ref>('/words/:ref/undo', async (request, reply) => {
    const { ref } = request.params;
    const one = await words.getWords(ref);
    const reader = await readerOf(request);
    const changes = [{ field: 'words', from: one.state, to: 'waiting' }];
    try {
      const intent = { act: 'words undo', of: [ref], changes };
      await audit.record(actorOf(request.visit), intent, () => words.undo(ref, reader.by));
      return reply.redirect(`${WORDS}?done=undone`, 303);
    } catch (error) {
      if (!isAppError(error, 'WORDS_SENT')) throw error;
      const problem = translator.t(reader.locale, 'console.words.sent');
      return show(reply, one, reader, { problem, status: 409 });
    }
  });
}

/** Of `version.ref`, as the list names words. */
function refOf(id: string): string {
  return id.slice(id.lastIndexOf('.') + 1);
}
