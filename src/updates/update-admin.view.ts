import type { FieldErrors } from '../lib/form-faults.ts';
import { formatDateTime, formatNumber } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import { LANG_TAG, LOCALES, type Locale } from '../lib/locales.ts';
import type { TypedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import type { MailMessage } from '../mail/mail.ts';
import {
  type ConsoleFormView,
  consoleForm,
  type FieldSpec,
  type FieldView,
} from '../organisers/console-form.view.ts';
import { HOME } from '../organisers/visit.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';
import { type Expected, isPublished, type Said, type Update } from './update.ts';
import { type UpdateView, updateView } from './update.view.ts';

export const UPDATES = `${HOME}/updates`;
export const pageOf = (id: string) => `${UPDATES}/${id}`;

export type UpdateReader = {
  locale: Locale;
  zone: string;
  now: Date;
  mayWrite: boolean;
  /** of the reader, where the test goes */
  email: string;
  /** names of organisers, by what records call them */
  nameOf(by: string): string;
};
type Say = Pick<Translator, 't' | 'has'>;
/** What was sent to which form and could not be taken. */
export type RefusedForm = { did: string; errors: FieldErrors; values: TypedValues };

export type UpdateRow = { title: string; href: string; state: string; petitionTitle: string; when: string };

export function updateRow({ t }: Say, update: Update, petition: Petition, reader: UpdateReader): UpdateRow {
  const { locale, zone } = reader;
  const { approved, proposed, written } = update;
  return {
    title: update.texts[locale].title,
    href: pageOf(update._id),
    state: t(locale, `console.update.state.${update.state}`),
    petitionTitle: petitionText(petition, locale).title,
    when: formatDateTime((approved ?? proposed ?? written).at, locale, zone),
  };
}

const FIELDS: readonly FieldSpec[] = [
  { name: 'newsTitleEn', type: 'text' },
  { name: 'newsBodyEn', type: 'area' },
  { name: 'newsTitleEs', type: 'text' },
  { name: 'newsBodyEs', type: 'area' },
  { name: 'sendFrom', type: 'text', inputmode: 'numeric' },
  { name: 'sendUntil', type: 'text', inputmode: 'numeric' },
];
const HOURS = { sendFrom: '9', sendUntil: '20' };

export function newUpdateForm(
  translator: Say,
  locale: Locale,
  options: NonNullable<FieldView['options']>,
  refused?: Omit<RefusedForm, 'did'>,
): ConsoleFormView {
  return consoleForm(translator, locale, {
    action: `${UPDATES}/new`,
    submit: 'console.update.save',
    fields: [{ name: 'newsPetition', type: 'choice', options }, ...FIELDS],
    values: refused?.values ?? HOURS,
    ...(refused && { errors: refused.errors }),
  });
}

export type UpdateAdminView = {
  title: string;
  listPath: string;
  petitionTitle: string;
  state: string;
  told: string[];
  people: string;
  hours: string;
  progress?: string;
  previews: { lang: string; name: string; page: { updates: UpdateView[] }; subject: string; text: string }[];
  publicPath?: string;
  revision: number;
  email: string;
  testPath?: string;
  form?: ConsoleFormView;
  proposePath?: string;
  approvePath?: string;
  discardPath?: string;
  pausePath?: string;
  resumePath?: string;
  cancelPath?: string;
  withdrawPath?: string;
};

export function updateAdminView(
  translator: Say,
  update: Update,
  reader: UpdateReader,
  more: {
    petition: Petition;
    /** as it comes to the reader, in the order of LOCALES */
    mails: readonly MailMessage[];
    expected: Expected;
    refused?: RefusedForm | undefined;
  },
): UpdateAdminView {
  const { locale, zone, now } = reader;
  const { t } = translator;
  const { petition, mails, expected, refused } = more;
  const { state, hours, progress, approved } = update;
  const people = formatNumber(expected.count, locale);
  return {
    title: update.texts[locale].title,
    listPath: UPDATES,
    petitionTitle: petitionText(petition, locale).title,
    state: t(locale, `console.update.state.${state}`),
    told: toldTexts(translator, update, reader),
    people: t(locale, `console.update.people${expected.isExact ? '' : '.about'}`, { count: expected.count }),
    hours: t(locale, 'console.update.hours', { ...hours, zone }),
    ...(progress &&
      approved && {
        progress: t(locale, 'console.update.progress', { rows: progress.rows, people }),
      }),
    previews: LOCALES.map((one, at) => ({
      lang: LANG_TAG[one],
      name: t(locale, `console.update.in.${one}`),
      page: { updates: [previewOf(update, one, { zone, now })] },
      subject: mails[at]?.subject ?? '',
      text: mails[at]?.text ?? '',
    })),
    ...(isPublished(update) && { publicPath: paths.updates(locale, petition._id) }),
    revision: update.revision,
    email: reader.email,
    ...(reader.mayWrite && actsOf(translator, update, reader, refused)),
  };
}

/** Its own fragment for each language: both stand on one page. */
function previewOf(update: Update, locale: Locale, { zone, now }: { zone: string; now: Date }): UpdateView {
  const view = updateView(update, locale, zone, update.approved?.at ?? now);
  return { ...view, id: `${view.id}-${locale}` };
}

function toldTexts({ t }: Say, update: Update, { locale, zone, nameOf }: UpdateReader): string[] {
  const { written, proposed, approved, changed, withdrawn, state } = update;
  const text = (key: string, said: Said | undefined) =>
    said
      ? [
          t(locale, `console.update.told.${key}`, {
            name: nameOf(said.by),
            at: formatDateTime(said.at, locale, zone),
          }),
        ]
      : [];
  return [
    ...text('written', written),
    ...text('proposed', proposed),
    ...text('approved', approved),
    ...(withdrawn ? text('withdrawn', withdrawn) : text(state, changed)),
  ];
}

/** What can be done to it as it is now. */
function actsOf(translator: Say, update: Update, { locale }: UpdateReader, refused?: RefusedForm) {
  const { state, texts, hours, revision } = update;
  const path = pageOf(update._id);
  const isOpen = state === 'draft' || state === 'proposed';
  const sent = refused?.did === 'saved' ? refused : undefined;
  const form = consoleForm(translator, locale, {
    action: `${path}/save`,
    submit: 'console.update.save',
    fields: FIELDS,
    values: sent?.values ?? {
      newsTitleEn: texts.en.title,
      newsBodyEn: texts.en.body,
      newsTitleEs: texts.es.title,
      newsBodyEs: texts.es.body,
      sendFrom: String(hours.from),
      sendUntil: String(hours.until),
    },
    hidden: { revision: String(revision) },
    ...(sent && { errors: sent.errors }),
  });
  const isGoing = state === 'sending' || state === 'paused' || state === 'sent';
  return {
    ...(isOpen && { form, testPath: `${path}/test`, discardPath: `${path}/discard` }),
    ...(state === 'draft' && { proposePath: `${path}/propose` }),
    ...(state === 'proposed' && { approvePath: `${path}/approve` }),
    ...(state === 'sending' && { pausePath: `${path}/pause` }),
    ...(state === 'paused' && { resumePath: `${path}/resume` }),
    ...(isGoing && { cancelPath: `${path}/cancel` }),
    ...(isPublished(update) && { withdrawPath: `${path}/withdraw` }),
  };
}
