import type { FieldErrors } from '../lib/form-faults.ts';
import { formatDateTime } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import type { TypedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import { wallOf } from '../lib/wall-clock.ts';
import { type ConsoleFormView, consoleForm } from '../organisers/console-form.view.ts';
import { HOME } from '../organisers/visit.ts';
import { type Petition, petitionText, phaseOf } from './petition.ts';

export const PETITIONS = `${HOME}/petitions`;
export const pageOf = (slug: string) => `${PETITIONS}/${slug}`;

export type PetitionReader = {
  locale: Locale;
  zone: string;
  now: Date;
  mayChange: boolean;
  /** names of organisers, by what records call them */
  nameOf(by: string): string;
};
type Say = Pick<Translator, 't' | 'has'>;
/** What was sent to which form and could not be taken. */
export type RefusedForm = { did: string; errors: FieldErrors; values: TypedValues };

export type PetitionRow = {
  title: string;
  href: string;
  phase: string;
  when?: string;
  total: number;
};

export function petitionRow(
  { t }: Pick<Translator, 't'>,
  petition: Petition,
  total: number,
  reader: PetitionReader,
): PetitionRow {
  const when = whenText({ t }, petition, reader);
  return {
    title: petitionText(petition, reader.locale).title || petition._id,
    href: pageOf(petition._id),
    phase: phaseText({ t }, petition, reader),
    ...(when && { when }),
    total,
  };
}

function phaseText({ t }: Pick<Translator, 't'>, petition: Petition, { locale, now }: PetitionReader) {
  return t(locale, `console.petition.phase.${phaseOf(petition, now)}`);
}

/** The next or the last turn in its life, to the minute. */
function whenText(
  { t }: Pick<Translator, 't'>,
  petition: Petition,
  reader: PetitionReader,
): string | undefined {
  const { locale, zone, now } = reader;
  const { opensAt, closesAt } = petition;
  const phase = phaseOf(petition, now);
  const at = (moment: Date) => ({ at: formatDateTime(moment, locale, zone) });
  if (phase === 'upcoming') return t(locale, 'console.petition.opens', at(opensAt));
  if (phase === 'closed' && closesAt) return t(locale, 'console.petition.closed', at(closesAt));
  if ((phase === 'open' || phase === 'paused') && closesAt)
    return t(locale, 'console.petition.closes', at(closesAt));
  return undefined;
}

export type PetitionAdminView = {
  petitionTitle: string;
  slug: string;
  phase: string;
  when?: string;
  /** who closed it or took it down, when and why */
  told: string[];
  publicPaths: { href: string; label: string }[];
  pausePath?: string;
  resumePath?: string;
  bringBackPath?: string;
  editPath?: string;
  versionsPath: string;
  sharingPath: string;
  previewPath: string;
  copyPath?: string;
  open?: ConsoleFormView;
  deletePath?: string;
  linksPath?: string;
  opening?: ConsoleFormView;
  end?: ConsoleFormView;
  close?: ConsoleFormView;
  takeDown?: ConsoleFormView;
};

export function petitionAdminView(
  translator: Say,
  petition: Petition,
  reader: PetitionReader,
  refused?: RefusedForm,
): PetitionAdminView {
  const { locale, now } = reader;
  const when = whenText(translator, petition, reader);
  const phase = phaseOf(petition, now);
  const isShown = phase !== 'draft' && phase !== 'takenDown';
  return {
    petitionTitle: petitionText(petition, locale).title,
    slug: petition._id,
    phase: phaseText(translator, petition, reader),
    ...(when && { when }),
    told: toldTexts(translator, petition, reader),
    publicPaths: isShown
      ? (['en', 'es'] as const).map((one) => ({
          href: paths.petition(one, petition._id),
          label: translator.t(locale, `console.petition.public.${one}`),
        }))
      : [],
    versionsPath: `${pageOf(petition._id)}/versions`,
    sharingPath: `${pageOf(petition._id)}/sharing`,
    previewPath: `${pageOf(petition._id)}/preview`,
    ...(reader.mayChange && {
      editPath: `${pageOf(petition._id)}/edit`,
      copyPath: `${PETITIONS}/new?from=${petition._id}`,
    }),
    ...(reader.mayChange && actsOf(translator, petition, reader, refused)),
  };
}

function toldTexts({ t }: Say, { closing, takenDown }: Petition, reader: PetitionReader): string[] {
  const { locale, zone, nameOf } = reader;
  return [
    ...(closing
      ? [
          t(locale, `console.petition.closedBy${closing.reason ? '.because' : ''}`, {
            name: nameOf(closing.by),
            reason: closing.reason?.[locale] ?? '',
          }),
        ]
      : []),
    ...(takenDown
      ? [
          t(locale, 'console.petition.takenDownBy', {
            name: nameOf(takenDown.by),
            at: formatDateTime(takenDown.at, locale, zone),
            reason: takenDown.reason,
          }),
        ]
      : []),
  ];
}

/** What can be done to it as it is now. */
function actsOf(translator: Say, petition: Petition, reader: PetitionReader, refused?: RefusedForm) {
  const { locale, now } = reader;
  const path = pageOf(petition._id);
  const phase = phaseOf(petition, now);
  if (phase === 'takenDown') return { bringBackPath: `${path}/bring-back` };
  const sent = (did: string) => (refused?.did === did ? refused : undefined);
  const moment = (name: string, did: string, at: Date | undefined, submit?: string) =>
    momentForm(translator, reader, { name, at, action: `${path}/${did}`, refused: sent(did), submit });
  if (phase === 'draft')
    return {
      open: moment('opens', 'open', undefined, 'console.petition.open'),
      deletePath: `${path}/delete`,
      linksPath: `${path}/links`,
    };
  const takeDown = consoleForm(translator, locale, {
    action: `${path}/take-down`,
    submit: 'console.petition.takeDown',
    fields: [{ name: 'takeDownReason', type: 'area' }],
    isGrave: true,
    ...sent('take-down'),
  });
  if (phase === 'closed') return { takeDown };
  const close = consoleForm(translator, locale, {
    action: `${path}/close`,
    submit: 'console.petition.close',
    fields: [
      { name: 'closeReasonEn', type: 'area' },
      { name: 'closeReasonEs', type: 'area' },
      { name: 'closeSlug', type: 'text' },
    ],
    isGrave: true,
    ...sent('close'),
  });
  return {
    takeDown,
    close,
    end: moment('closes', 'end', petition.closesAt),
    ...(phase === 'upcoming' && { opening: moment('opens', 'opening', petition.opensAt) }),
    ...(phase !== 'paused' && { pausePath: `${path}/pause` }),
    ...(phase === 'paused' && { resumePath: `${path}/resume` }),
  };
}

/** A day and an hour in a zone; where the clocks show that hour twice, which of the two. */
function momentForm(
  translator: Say,
  { locale, zone }: PetitionReader,
  form: {
    name: string;
    at: Date | undefined;
    action: string;
    refused: RefusedForm | undefined;
    submit: string | undefined;
  },
): ConsoleFormView {
  const { name, at, action, refused, submit = `console.petition.${form.name}.set` } = form;
  const wall = at && wallOf(at, zone);
  const values = refused?.values ?? {
    [`${name}Zone`]: zone,
    ...(wall && { [`${name}Day`]: wall.day, [`${name}Time`]: wall.time }),
  };
  const which = `${name}Which`;
  const options = ['first', 'second'].map((value) => ({
    value,
    label: translator.t(locale, `console.petition.which.${value}`),
    isChosen: false,
  }));
  return consoleForm(translator, locale, {
    action,
    submit,
    fields: [
      { name: `${name}Day`, type: 'text' },
      { name: `${name}Time`, type: 'text' },
      { name: `${name}Zone`, type: 'text', key: 'momentZone' },
      ...(refused?.errors[which] ? [{ name: which, key: 'which', type: 'choice', options } as const] : []),
    ],
    values,
    ...(refused && { errors: refused.errors }),
  });
}
