import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { dayIn } from '../lib/days.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import { typedValues } from '../lib/typed.ts';
import type { NotesFor } from '../notes/notes.admin.ts';
import type { OfficeService } from '../offices/office.service.ts';
import { codesOf, withoutEmpty } from '../organisers/act.form.ts';
import { type ActPages, actLinks, refusalOf, registerActs } from '../organisers/act.page.ts';
import { consoleForm } from '../organisers/console-form.view.ts';
import { actorOf, HOME } from '../organisers/visit.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { type Catalog, demandsTo } from '../petitions/petition.ts';
import { answerActs } from './answers-acts.admin.ts';
import { type AnswerSeen, type AnswersReader, answerRow, answerView, stateOf } from './answers-admin.view.ts';
import { type PublishDeps, registerPublish } from './answers-publish.admin.ts';
import type { TranslationService } from './translation.service.ts';
import type { UpdateService } from './update.service.ts';

type Ref = { Params: { ref: string } };
const ANSWERS = `${HOME}/answers`;

export type AnswersAdminDeps = PublishDeps & {
  translations: TranslationService;
  updates: UpdateService;
  offices: Pick<OfficeService, 'listOffices' | 'getOffice'>;
  petitions: Pick<PetitionService, 'listPetitions' | 'findPetition'>;
  catalog: Pick<Catalog, 'demands'>;
  notesFor: NotesFor;
  namesByRef(): Promise<Map<string, string>>;
  getZone(): Promise<string>;
};

const PostForm = z.object({
  petition: z.string().min(1),
  office: z.string().min(1),
  on: z.iso.date(),
  text: z.string().trim().min(1, 'required').max(100_000, 'tooLong'),
});

/** What offices answer: read, published, told, corrected. Everything that `answers` does at the shell. */
export function registerAnswersAdmin(scope: FastifyInstance, deps: AnswersAdminDeps): void {
  const { answers, offices, petitions, catalog, audit, translator, clock } = deps;

  async function find(id: string): Promise<AnswerSeen> {
    const answer = await answers.getAnswer(id);
    const [office, petition] = await Promise.all([
      offices.getOffice(answer.officeId),
      petitions.findPetition(answer.petitionId),
    ]);
    const demands = petition ? demandsTo(office._id, petition, catalog) : [];
    return { ...answer, office, demands, ...(petition && { petition }) };
  }
  const pages: ActPages<AnswerSeen> = {
    path: '/answers/:ref',
    acts: answerActs(deps),
    groups: { all: ['translate', 'tell', 'correct', 'unpublish', 'set-aside'] },
    find,
    refOf: ({ _id }) => _id,
    nameOf: ({ office }, locale) => office.name[locale],
    audit,
    translator,
  };

  async function readerOf({ visit }: FastifyRequest): Promise<AnswersReader> {
    const [allOffices, allPetitions, names, zone] = await Promise.all([
      offices.listOffices(),
      petitions.listPetitions(),
      deps.namesByRef(),
      deps.getZone(),
    ]);
    return {
      locale: visit.locale,
      zone,
      translator,
      names,
      offices: new Map(allOffices.map((one) => [one._id, one])),
      petitions: new Map(allPetitions.map((one) => [one._id, one])),
    };
  }

  scope.get('/answers', async (request, reply) => {
    const [reader, all] = await Promise.all([readerOf(request), answers.listAnswers()]);
    const rows = all.map((one) => answerRow(reader, one));
    const view = {
      waiting: rows.filter(({ isWaiting }) => isWaiting).toReversed(),
      others: rows.filter(({ isWaiting }) => !isWaiting),
      newHref: `${ANSWERS}/new`,
      incomingHref: `${HOME}/incoming`,
    };
    return reply.show({ page: 'answers', title: translator.t(reader.locale, 'console.answers.title'), view });
  });

  scope.get('/answers/new', async (request, reply) => showNew(request, reply));

  scope.post('/answers/new', async (request, reply) => {
    const typed = typedValues(request.body);
    const form = readForm(PostForm, withoutEmpty(typed));
    if (!form.ok) return showNew(request, reply, codesOf(form.errors, typed));
    const { petition, office, on, text } = form.value;
    const { zone } = await offices.getOffice(office);
    if (on > dayIn(zone, clock.now())) return showNew(request, reply, { on: 'future' });
    // Noon in UTC is that very day in every zone of these two countries; of today it may be to come.
    const noon = new Date(`${on}T12:00:00Z`);
    const at = noon < clock.now() ? noon : clock.now();
    const actor = actorOf(request.visit);
    const intent = { act: 'answers record', of: [petition, office] };
    try {
      const { _id } = await audit.record(actor, intent, () =>
        answers.recordPost(actor, { petitionId: petition, officeId: office, at, text }),
      );
      return reply.redirect(`${ANSWERS}/${_id}?done=recorded`, 303);
    } catch (error) {
      const { errors } = refusalOf(error, translator, request.visit.locale);
      return showNew(request, reply, errors ?? {});
    }
  });

  async function showNew(request: FastifyRequest, reply: FastifyReply, errors?: FieldErrors) {
    const reader = await readerOf(request);
    const { locale } = reader;
    const t = (key: string) => translator.t(locale, key);
    const options = (all: Iterable<[string, string]>) =>
      [...all].map(([value, label]) => ({ value, label, isChosen: false }));
    const form = consoleForm(translator, locale, {
      action: `${ANSWERS}/new`,
      submit: 'console.answers.record',
      fields: [
        {
          name: 'petition',
          type: 'select',
          key: 'answersPetition',
          options: options([...reader.petitions.values()].map((one) => [one._id, one.texts[locale].title])),
        },
        {
          name: 'office',
          type: 'select',
          key: 'answersOffice',
          options: options([...reader.offices.values()].map((one) => [one._id, one.name[locale]])),
        },
        { name: 'on', type: 'date', key: 'letterDay' },
        { name: 'text', type: 'area', key: 'letterText' },
      ],
      ...(errors && { values: typedValues(request.body), errors }),
    });
    const view = {
      form,
      of: t('console.answers.title'),
      backHref: ANSWERS,
      lead: t('console.answers.record.lead'),
    };
    return reply.show({
      page: 'act',
      title: t('console.answers.record'),
      view,
      ...(errors && { status: 422 }),
    });
  }

  /** Who wrote it is somebody: to read it is an act. */
  const reading = (request: FastifyRequest<Ref>) =>
    audit.record(actorOf(request.visit), { act: 'answers show', of: [request.params.ref] }, () =>
      find(request.params.ref),
    );

  scope.get<Ref>('/answers/:ref', async (request, reply) => {
    // What is not there leaves no line.
    await answers.getAnswer(request.params.ref);
    const [reader, answer] = await Promise.all([readerOf(request), reading(request)]);
    const { links, done } = actLinks(pages, answer, request);
    const { done: what } = request.query as { done?: unknown };
    const own = what === 'published' || what === 'recorded';
    const view = {
      ...answerView(reader, answer),
      links: links.all,
      notes: await deps.notesFor({ kind: 'answer', id: answer._id }, request),
      done: own ? translator.t(reader.locale, `console.answer.done.${what}`) : done,
      publishHref: `${ANSWERS}/${answer._id}/publish`,
      publishLabel: translator.t(
        reader.locale,
        `console.answer.publish${stateOf(answer) === 'published' ? '.again' : ''}`,
      ),
      emlHref: `${ANSWERS}/${answer._id}/mail.eml`,
    };
    return reply.show({ page: 'answer', title: answer.office.name[reader.locale], view });
  });

  scope.get<Ref>('/answers/:ref/mail.eml', async (request, reply) => {
    const { ref } = request.params;
    await answers.getAnswer(ref);
    const bytes = await audit.record(actorOf(request.visit), { act: 'answers save', of: [ref] }, () =>
      answers.getMessage(ref),
    );
    return reply
      .headers({ 'cache-control': 'no-store', 'content-disposition': 'attachment; filename="answer.eml"' })
      .type('message/rfc822')
      .send(bytes);
  });

  registerPublish(scope, deps, { find, readerOf });
  registerActs(scope, pages);
}
