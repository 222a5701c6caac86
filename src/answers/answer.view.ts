import type { FieldErrors } from '../lib/form-faults.ts';
import { formatDate } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import type { TypedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';
import type { AnswerForm } from './answer.schema.ts';
import { DEMAND_STATUSES, PACE_CHOICES } from './answer.ts';
import { OFFICE_LINK_DAYS } from './answer-links.ts';
import type { OfficeVisit } from './office-answer.service.ts';

type Choice = { id: string; name: string; value: string; label: string; isChosen: boolean };
type AnswerField = { name: string; value: string; error?: string };

export type AnswerPageView = {
  officeName: string;
  petitionTitle: string;
  petitionPath: string;
  /** what was sent and when, in one sentence */
  sent: string;
  recordPath: string;
  days: number;
  action: string;
  errors: { field: string; text: string }[];
  /** one thing that concerns the whole form */
  problem?: string;
  demands: {
    number: number;
    text: string;
    follows: boolean;
    name: string;
    error?: string;
    choices: Choice[];
    reason: AnswerField;
  }[];
  text: AnswerField;
  paces: Choice[];
  address: AnswerField;
};

/** What was recorded, for the page that thanks. */
export type AnswerDoneView = {
  officeName: string;
  statements: { demand: string; label: string; reason?: string }[];
  paragraphs: string[];
  pace?: string;
  proposedAddress?: string;
  recordPath: string;
  againPath: string;
};

export type RefusedAnswer = { typed: TypedValues; errors: FieldErrors; status: 200 | 422 | 429 };

export function createAnswerViews({ translator }: { translator: Pick<Translator, 't'> }) {
  const { t } = translator;

  function answerPage(
    visit: OfficeVisit,
    token: string,
    locale: Locale,
    refused?: RefusedAnswer,
  ): AnswerPageView {
    const { petition, office, demands } = visit;
    const { typed, errors }: Omit<RefusedAnswer, 'status'> = refused ?? { typed: {}, errors: {} };
    const faultAt = (name: string, kind: string) =>
      errors[name] ? { error: t(locale, `answer.error.${kind}.${errors[name]}`) } : {};
    const field = (name: string, kind: string): AnswerField => ({
      name,
      value: typed[name] ?? '',
      ...faultAt(name, kind),
    });
    const choices = (name: string, values: readonly string[], key: string): Choice[] =>
      ['', ...values].map((value) => ({
        id: value === '' ? name : `${name}-${value}`,
        name,
        value,
        label: t(locale, `${key}.${value || 'none'}`),
        isChosen: (typed[name] ?? '') === value,
      }));
    const page: Omit<AnswerPageView, 'errors' | 'problem'> = {
      officeName: office.name[locale],
      ...ofPetition(petition, locale),
      sent: sentSentence(visit, locale),
      recordPath: paths.office(locale, office._id),
      days: OFFICE_LINK_DAYS,
      action: paths.answer(locale, token),
      demands: demands.map((demand, index) => {
        const name = `status-${demand.id}`;
        return {
          number: index + 1,
          text: demand.text[locale],
          follows: demand.followsFor.includes(office._id),
          name,
          ...faultAt(name, 'status'),
          choices: choices(name, DEMAND_STATUSES, 'answer.status'),
          reason: field(`reason-${demand.id}`, 'reason'),
        };
      }),
      text: field('text', 'text'),
      paces: choices('pace', PACE_CHOICES, 'answer.pace'),
      address: field('address', 'address'),
    };
    const problem = errors.form ? { problem: t(locale, `answer.error.form.${errors.form}`) } : {};
    return { ...page, ...problem, errors: summaryOf(page, errors, locale) };
  }

  /** The faults in the order of the fields; each names its demand, as several may lack the same thing. */
  function summaryOf(
    { demands, text, address }: Omit<AnswerPageView, 'errors' | 'problem'>,
    errors: FieldErrors,
    locale: Locale,
  ): AnswerPageView['errors'] {
    const ofDemands = demands.flatMap(({ number, name, error, reason }) =>
      [
        ...(error ? [{ field: name, text: error }] : []),
        ...(reason.error ? [{ field: reason.name, text: reason.error }] : []),
      ].map((fault) => ({
        ...fault,
        text: t(locale, 'answer.error.at', { number, text: fault.text }),
      })),
    );
    const others = [text, address].flatMap(({ name, error }) =>
      error ? [{ field: name, text: error }] : [],
    );
    const pace = errors.pace ? [{ field: 'pace', text: t(locale, 'answer.error.pace.unknown') }] : [];
    return [...ofDemands, ...others, ...pace];
  }

  function sentSentence({ delivery, office, people }: OfficeVisit, locale: Locale): string {
    const at = delivery.endedAt ?? delivery.releasedAt;
    return t(locale, at ? 'answer.sent' : 'answer.sent.undated', {
      people,
      date: at ? formatDate(at, locale, office.zone) : '',
    });
  }

  function answerDone(visit: OfficeVisit, form: AnswerForm, token: string, locale: Locale): AnswerDoneView {
    const { office, demands } = visit;
    const { statements, reasons, text, pace, proposedAddress } = form;
    return {
      officeName: office.name[locale],
      statements: statements.map(({ demandId, status }) => {
        const reason = reasons.find((one) => one.demandId === demandId)?.text;
        return {
          demand: demands.find(({ id }) => id === demandId)?.text[locale] ?? demandId,
          label: t(locale, `answer.status.${status}`),
          ...(reason && { reason }),
        };
      }),
      paragraphs: text.split('\n').filter((line) => line.trim() !== ''),
      ...(pace && { pace: t(locale, `answer.paceDone.${pace}`) }),
      ...(proposedAddress && { proposedAddress }),
      recordPath: paths.office(locale, office._id),
      againPath: paths.answer(locale, token),
    };
  }

  return { answerPage, answerDone };
}
export type AnswerViews = ReturnType<typeof createAnswerViews>;

function ofPetition(petition: Petition, locale: Locale): { petitionTitle: string; petitionPath: string } {
  return {
    petitionTitle: petitionText(petition, locale).title,
    petitionPath: paths.petition(locale, petition._id),
  };
}
