import * as z from 'zod';
import { type Act, defineAct } from '../organisers/act.form.ts';
import type { FieldSpec } from '../organisers/console-form.view.ts';
import type { AnswerService } from './answer.service.ts';
import { needsCorrection } from './answer.ts';
import type { AnswerSeen } from './answers-admin.view.ts';
import type { TranslationService } from './translation.service.ts';
import type { UpdateService } from './update.service.ts';

type Services = { answers: AnswerService; translations: TranslationService; updates: UpdateService };
const act = defineAct<AnswerSeen>();
const Nothing = z.object({});
const TEXT_MAX = 20_000;
const LINE_END = /\r\n?/g;

/** What can be done to an answer, beside publishing it. */
export function answerActs({ answers, translations, updates }: Services): Record<string, Act<AnswerSeen>> {
  return {
    translate: act({
      act: 'answers translate',
      key: 'console.answer.translate',
      can: ({ published }) => published !== undefined,
      fields: ({ published, demands }, locale, t) => [
        ...(published?.text ? [{ name: 'text', type: 'area', key: 'translation' } as const] : []),
        ...withReason(published).map(
          ({ demandId }): FieldSpec => ({
            name: `reason-${demandId}`,
            type: 'area',
            label: `${t('console.answer.reasonIn')} ${demands.find(({ id }) => id === demandId)?.text[locale] ?? demandId}`,
          }),
        ),
        { name: 'anyway', type: 'box' },
      ],
      values: ({ published }) => ({
        text: published?.translation?.text ?? '',
        ...Object.fromEntries(
          (published?.translation?.reasons ?? []).map(({ demandId, text }) => [`reason-${demandId}`, text]),
        ),
      }),
      shape: (typed) => ({
        text: typed.text,
        anyway: typed.anyway,
        reasons: Object.entries(typed).flatMap(([name, text]) =>
          name.startsWith('reason-') ? [{ demandId: name.slice('reason-'.length), text }] : [],
        ),
      }),
      schema: z.object({
        text: z.string().max(TEXT_MAX, 'tooLong').default(''),
        anyway: z.string().optional(),
        reasons: z.array(z.object({ demandId: z.string(), text: z.string().max(TEXT_MAX, 'tooLong') })),
      }),
      run: ({ _id }, { text, reasons, anyway }, actor) =>
        translations.translate(actor, _id, {
          text: text.replace(LINE_END, '\n'),
          reasons,
          anyway: anyway === 'on',
        }),
    }),
    tell: act({
      act: 'answers tell',
      key: 'console.answer.tell',
      can: ({ published, told }) => published !== undefined && !told?.isDone,
      fields: () => [],
      schema: Nothing,
      run: ({ _id }, _, actor) => updates.tell(actor, _id),
    }),
    correct: act({
      act: 'answers correct',
      key: 'console.answer.correct',
      can: needsCorrection,
      fields: () => [],
      schema: Nothing,
      run: ({ _id }, _, actor) => updates.correct(actor, _id),
    }),
    unpublish: act({
      act: 'answers unpublish',
      key: 'console.answer.unpublish',
      isGrave: true,
      can: ({ published }) => published !== undefined,
      fields: () => [],
      schema: Nothing,
      changes: () => [{ field: 'answer', from: 'published', to: 'waiting' }],
      run: ({ _id }, _, actor) => answers.unpublish(actor, _id),
    }),
    'set-aside': act({
      act: 'answers set-aside',
      key: 'console.answer.setAside',
      isGrave: true,
      can: ({ published, setAside }) => !published && !setAside,
      fields: () => [],
      schema: Nothing,
      changes: () => [{ field: 'answer', from: 'waiting', to: 'set-aside' }],
      run: ({ _id }, _, actor) => answers.setAside(actor, _id),
    }),
  };
}

function withReason(published: AnswerSeen['published']) {
  return (published?.statements ?? []).filter(({ reason }) => reason);
}
