import { organiserOf } from '../lib/actor.ts';
import { formatDate, formatDateTime } from '../lib/format.ts';
import type { MessageValues, Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { printableLine, printableText } from '../lib/text/printable.ts';
import type { TypedValues } from '../lib/typed.ts';
import type { Office } from '../offices/office.ts';
import type { FieldSpec } from '../organisers/console-form.view.ts';
import { type Demand, type Petition, petitionText } from '../petitions/petition.ts';
import { DEMAND_STATUSES, type KeptAnswer, needsCorrection, type ReadAnswer } from './answer.ts';

/** An answer as its page has it. */
export type AnswerSeen = ReadAnswer & { office: Office; petition?: Petition; demands: readonly Demand[] };
export type AnswersReader = {
  locale: Locale;
  zone: string;
  translator: Translator;
  names: ReadonlyMap<string, string>;
  offices: ReadonlyMap<string, Office>;
  petitions: ReadonlyMap<string, Petition>;
};

const say =
  ({ translator, locale }: AnswersReader) =>
  (key: string, values?: MessageValues) =>
    translator.t(locale, key, values);
const nameOf = ({ names }: AnswersReader, by: string) => names.get(organiserOf(by) ?? '') ?? by;

export function stateOf({ published, setAside }: Pick<KeptAnswer, 'published' | 'setAside'>) {
  if (published) return 'published';
  return setAside ? 'set-aside' : 'waiting';
}

export function answerRow(reader: AnswersReader, answer: KeptAnswer) {
  const t = say(reader);
  const { _id, officeId, petitionId, via, at, asks = [] } = answer;
  const office = reader.offices.get(officeId);
  const petition = reader.petitions.get(petitionId);
  const state = stateOf(answer);
  return {
    id: _id,
    office: office?.name[reader.locale] ?? officeId,
    petition: petition ? petitionText(petition, reader.locale).title : petitionId,
    via: t(`console.answer.via.${via}`),
    at: formatDate(at, reader.locale, office?.zone ?? reader.zone),
    state: t(`console.answer.state.${state}`),
    isWaiting: state === 'waiting',
    asks: asks.map((ask) => t(`console.answer.asks.${ask}`)),
    ...(needsCorrection(answer) && { correction: t('console.answer.needsCorrection') }),
  };
}

export function answerView(reader: AnswersReader, answer: AnswerSeen) {
  const t = say(reader);
  const { content, published, told, corrected, demands, decisions = [], statements } = answer;
  const { from, subject, text, reasons = [], attachments = [], unread = [], proposedAddress, pace } = content;
  const demandText = (id: string) => demands.find((one) => one.id === id)?.text[reader.locale] ?? id;
  const statusText = (status: string) => t(`answer.status.${status}`);
  return {
    ...answerRow(reader, answer),
    from: from && printableLine(from),
    subject: subject && printableLine(subject),
    text: printableText(text),
    lang: answer.office.language,
    statements: statements.map(({ demandId, status }) => ({
      demand: demandText(demandId),
      status: statusText(status),
      reason: reasons.find((one) => one.demandId === demandId)?.text,
    })),
    attachments: attachments.map(printableLine),
    unread,
    proposedAddress,
    addressHref: proposedAddress && `/offices/${answer.officeId}/address`,
    pace: pace && t(`answer.paceDone.${pace}`),
    ...(published && {
      published: {
        text: published.text,
        lang: published.locale,
        statements: published.statements.map(({ demandId, status, reason }) => ({
          demand: demandText(demandId),
          status: statusText(status),
          reason,
        })),
        translation: published.translation?.text,
      },
    }),
    told: told && t('console.answer.told', { count: told.rows, at: timeText(reader, told.at) }),
    corrected:
      corrected &&
      t('console.answer.corrected', { count: corrected.rows, at: timeText(reader, corrected.at) }),
    decisions: decisions.toReversed().map(({ did, at, by }) => ({
      text: t(`console.answer.did.${did}`, { name: nameOf(reader, by) }),
      at: timeText(reader, at),
    })),
    hasMail: answer.via === 'mail',
  };
}

function timeText({ locale, zone }: AnswersReader, at: Date): string {
  return formatDateTime(at, locale, zone);
}

/** What is asked of who publishes: a text, its language, and of each demand what the office says. */
export function publishFields(reader: AnswersReader, { demands }: AnswerSeen): FieldSpec[] {
  const t = say(reader);
  return [
    { name: 'text', type: 'area', key: 'publishedText' },
    {
      name: 'locale',
      type: 'choice',
      key: 'publishedLocale',
      options: (['en', 'es'] as const).map((value) => ({
        value,
        label: t(`console.language.${value}`),
        isChosen: false,
      })),
    },
    ...demands.flatMap((demand): FieldSpec[] => [
      {
        name: `status-${demand.id}`,
        type: 'select',
        label: demand.text[reader.locale],
        options: ['', ...DEMAND_STATUSES].map((value) => ({
          value,
          label: t(`answer.status.${value || 'none'}`),
          isChosen: false,
        })),
      },
      {
        name: `reason-${demand.id}`,
        type: 'area',
        isOptional: true,
        label: t('console.answer.reasonFor', { demand: demand.text[reader.locale] }),
      },
    ]),
    { name: 'anyway', type: 'box' },
  ];
}

/** As it is public now; else as the office said it. */
export function publishValues({ content, published, statements, office }: AnswerSeen): TypedValues {
  const said = published?.statements ?? statements;
  const reasonOf = (demandId: string) =>
    published?.statements.find((one) => one.demandId === demandId)?.reason ??
    content.reasons?.find((one) => one.demandId === demandId)?.text ??
    '';
  return {
    text: published?.text ?? printableText(content.text).trim(),
    locale: published?.locale ?? office.language,
    ...Object.fromEntries(
      said.flatMap(({ demandId, status }) => [
        [`status-${demandId}`, status],
        [`reason-${demandId}`, reasonOf(demandId)],
      ]),
    ),
  };
}
