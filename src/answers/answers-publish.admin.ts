import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Audit } from '../audit/audit.service.ts';
import type { Clock } from '../lib/clock.ts';
import type { FieldErrors } from '../lib/form-faults.ts';
import { readForm } from '../lib/form-faults.ts';
import type { Translator } from '../lib/i18n.ts';
import { LOCALES, type Locale } from '../lib/locales.ts';
import { type TypedValues, typedValues } from '../lib/typed.ts';
import { refusalOf } from '../organisers/act.page.ts';
import { consoleForm } from '../organisers/console-form.view.ts';
import { actorOf, HOME } from '../organisers/visit.ts';
import type { AnswerService } from './answer.service.ts';
import { DEMAND_STATUSES, type KeptAnswer, type Published, withoutAddresses } from './answer.ts';
import { type AnswerSeen, type AnswersReader, publishFields, publishValues } from './answers-admin.view.ts';
import type { UpdateComposer } from './update.composer.ts';

type Ref = { Params: { ref: string } };
const TEXT_MAX = 20_000;

export type PublishDeps = {
  answers: AnswerService;
  updateComposer: Pick<UpdateComposer, 'previewUpdate'>;
  /** as the office's public page shows it */
  previewAnswer(answer: KeptAnswer, office: AnswerSeen['office'], locale: Locale): Promise<object>;
  audit: Audit;
  clock: Clock;
  translator: Translator;
};

const PublishForm = z.object({
  text: z
    .string()
    .max(TEXT_MAX, 'tooLong')
    .transform((text) => text.replace(/\r\n?/g, '\n')),
  locale: z.enum(LOCALES, 'required'),
  anyway: z.string().optional(),
});

/** Publishing: a form, then how the page and the mail to signers would look, and only from there what everybody reads. */
export function registerPublish(
  scope: FastifyInstance,
  { answers, updateComposer, previewAnswer, audit, clock, translator }: PublishDeps,
  seeing: {
    find(ref: string): Promise<AnswerSeen>;
    readerOf(request: FastifyRequest): Promise<AnswersReader>;
  },
): void {
  const homeOf = ({ _id }: AnswerSeen) => `${HOME}/answers/${_id}`;

  async function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    answer: AnswerSeen,
    told: { values?: TypedValues; errors?: FieldErrors; problem?: string; status?: number } = {},
  ) {
    const reader = await seeing.readerOf(request);
    const { locale } = reader;
    const form = consoleForm(translator, locale, {
      action: `${homeOf(answer)}/preview`,
      submit: 'console.answer.preview',
      fields: publishFields(reader, answer),
      values: told.values ?? publishValues(answer),
      ...(told.errors && { errors: told.errors }),
      ...(told.problem && { problem: told.problem }),
    });
    const view = {
      form,
      of: answer.office.name[locale],
      backHref: homeOf(answer),
      lead: translator.t(locale, 'console.answer.publish.lead'),
    };
    const title = translator.t(locale, 'console.answer.publish');
    return reply.show({ page: 'act', title, view, ...(told.status && { status: told.status }) });
  }

  function read(body: unknown) {
    const typed = typedValues(body);
    const form = readForm(PublishForm, body);
    if (!form.ok) return { typed, errors: form.errors };
    const statements = Object.entries(typed).flatMap(([name, value]) => {
      const status = DEMAND_STATUSES.find((one) => one === value);
      if (!name.startsWith('status-') || !status) return [];
      const demandId = name.slice('status-'.length);
      const reason = typed[`reason-${demandId}`]?.replace(/\r\n?/g, '\n').trim();
      return [{ demandId, status, ...(reason && { reason }) }];
    });
    const { text, locale, anyway } = form.value;
    return { typed, input: { text, locale, statements, anyway: anyway === 'on' } };
  }

  scope.get<Ref>('/answers/:ref/publish', async (request, reply) =>
    showForm(request, reply, await seeing.find(request.params.ref)),
  );

  scope.post<Ref>('/answers/:ref/preview', async (request, reply) => {
    const answer = await seeing.find(request.params.ref);
    const { typed, input, errors } = read(request.body);
    // Back from the preview, to change it.
    if (typed.do === 'change') return showForm(request, reply, answer, { values: typed });
    if (!input) return showForm(request, reply, answer, { values: typed, errors: errors ?? {}, status: 422 });
    try {
      await answers.checkPublish(answer, input);
    } catch (error) {
      const refused = refusalOf(error, translator, request.visit.locale);
      return showForm(request, reply, answer, { values: typed, ...refused });
    }
    const reader = await seeing.readerOf(request);
    const published: Published = {
      at: clock.now(),
      by: '',
      locale: input.locale,
      text: withoutAddresses(input.text.trim(), input.locale),
      statements: input.statements,
    };
    const mail = await updateComposer.previewUpdate(answer, published, {
      locale: reader.locale,
      name: translator.t(reader.locale, 'console.answer.sampleName'),
      isCorrected: answer.told !== undefined,
    });
    const { _token, do: _, ...kept } = typed;
    const view = {
      of: answer.office.name[reader.locale],
      backHref: homeOf(answer),
      shown: await previewAnswer({ ...answer, published }, answer.office, reader.locale),
      mail,
      hidden: Object.entries(kept).map(([name, value]) => ({ name, value })),
      publishPath: `${homeOf(answer)}/publish`,
      changePath: `${homeOf(answer)}/preview`,
    };
    const title = translator.t(reader.locale, 'console.answer.preview');
    return reply.show({ page: 'answer-preview', title, view });
  });

  scope.post<Ref>('/answers/:ref/publish', async (request, reply) => {
    const answer = await seeing.find(request.params.ref);
    const { typed, input, errors } = read(request.body);
    if (!input) return showForm(request, reply, answer, { values: typed, errors: errors ?? {}, status: 422 });
    const actor = actorOf(request.visit);
    const from = answer.published ? 'published' : 'waiting';
    const intent = {
      act: 'answers publish',
      of: [answer._id],
      changes: [{ field: 'answer', from, to: 'published' }],
    };
    try {
      await audit.record(actor, intent, () => answers.publish(actor, answer._id, input));
      return reply.redirect(`${homeOf(answer)}?done=published`, 303);
    } catch (error) {
      const refused = refusalOf(error, translator, request.visit.locale);
      return showForm(request, reply, answer, { values: typed, ...refused });
    }
  });
}
