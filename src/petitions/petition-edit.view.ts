import type { FieldErrors } from '../lib/form-faults.ts';
import type { Translator } from '../lib/i18n.ts';
import { LOCALES, type Locale } from '../lib/locales.ts';
import type { TypedValues } from '../lib/typed.ts';
import type { Office } from '../offices/office.ts';
import { findPetitionFaults, groupFaults, type PetitionFault } from './checklist.ts';
import { renderFact } from './fact-text.ts';
import { type Catalog, type Petition, versionOf } from './petition.ts';
import type { TextDiff } from './text-diff.ts';

type Say = Pick<Translator, 't' | 'has'>;

export type ChecklistView = {
  isFine: boolean;
  checks: { label: string; isFine: boolean; faults: string[] }[];
};

export function checklistView(
  translator: Say,
  petition: Petition,
  catalog: Catalog,
  locale: Locale,
): ChecklistView {
  const faults = findPetitionFaults(petition, catalog);
  return {
    isFine: faults.length === 0,
    checks: groupFaults(faults).map((group) => ({
      label: translator.t(locale, `console.check.${group.check}`),
      isFine: group.faults.length === 0,
      faults: group.faults.map((fault) => faultText(translator, fault, locale)),
    })),
  };
}

/** What a check found, in a sentence; `locale` is the reader's. */
export function faultText({ t }: Pick<Translator, 't'>, fault: PetitionFault, locale: Locale): string {
  const values: Record<string, string> = { ...fault, locale: '' };
  if ('locale' in fault) values.locale = t(locale, `console.petition.in.${fault.locale}`);
  if ('field' in fault) values.field = t(locale, `console.petition.part.${fault.field}`);
  return t(locale, `console.check.fault.${fault.check}`, values);
}

export type DiffView = { label: string; pieces: TextDiff['pieces'] };

export function diffViews(
  { t }: Pick<Translator, 't'>,
  diffs: readonly TextDiff[],
  locale: Locale,
): DiffView[] {
  return diffs.map(({ locale: of, field, pieces }) => ({
    label: `${t(locale, `console.petition.part.${field}`)}, ${t(locale, `console.petition.in.${of}`)}`,
    pieces,
  }));
}

type Box = { id: string; value: string; label: string; isChosen: boolean };
export type EditView = {
  version: number;
  pairs: { name: string; label: string; lang: string; value: string; isLong: boolean; error?: string }[];
  groups: { name: string; legend: string; isFixed: boolean; boxes: Box[] }[];
  /** a note for the public is asked, since it is public already */
  notes: { name: string; label: string; lang: string; value: string; error?: string }[];
  errors: { field: string; text: string }[];
};

type Refused = { errors: FieldErrors; values: TypedValues };

/** The form: both languages beside each other, then what the petition names. */
export function editView(
  translator: Say,
  petition: Petition,
  input: {
    locale: Locale;
    catalog: Catalog;
    offices: readonly Office[];
    isFixed: boolean;
    refused?: Refused | undefined;
  },
): EditView {
  const { locale, catalog, offices, isFixed, refused } = input;
  const { t } = translator;
  const errors = Object.entries(refused?.errors ?? {}).map(([field, code]) => ({
    field,
    text: t(
      locale,
      translator.has(locale, `console.fault.${field}.${code}`)
        ? `console.fault.${field}.${code}`
        : `console.fault.${code}`,
    ),
  }));
  const errorOf = (name: string) => {
    const error = errors.find(({ field }) => field === name)?.text;
    return error ? { error } : {};
  };
  const field = (part: string, one: Locale, stored: string) => {
    const name = `${part}${one === 'en' ? 'En' : 'Es'}`;
    const label = `${t(locale, `console.petition.part.${part}`)}, ${t(locale, `console.petition.in.${one}`)}`;
    return { name, label, lang: one, value: refused?.values[name] ?? stored, ...errorOf(name) };
  };
  const group = (
    name: string,
    ids: readonly string[],
    all: readonly { id: string; label: string }[],
    fixed = false,
  ) => {
    const chosen = refused && !fixed ? (refused.values[name] ?? '').split('\n') : ids;
    return {
      name,
      legend: t(locale, `console.petition.part.${name}`),
      isFixed: fixed,
      boxes: all.map(({ id, label }) => ({
        id: `${name}-${id}`,
        value: id,
        label,
        isChosen: chosen.includes(id),
      })),
    };
  };
  return {
    version: versionOf(petition),
    pairs: (['title', 'summary', 'body'] as const).flatMap((part) =>
      LOCALES.map((one) => ({
        ...field(part, one, [petition.texts[one][part]].flat().join('\n\n')),
        isLong: part === 'body',
      })),
    ),
    groups: [
      group(
        'demands',
        petition.demandIds,
        labelled(catalog.demands, ({ text }) => text[locale]),
        isFixed,
      ),
      group(
        'offices',
        petition.officeIds,
        offices.map(({ _id, name }) => ({ id: _id, label: name[locale] })),
        isFixed,
      ),
      group(
        'facts',
        petition.factIds,
        labelled(
          catalog.facts,
          (fact) =>
            `${fact.figures.map(({ id }) => `{${id}}`).join(' ')} ${renderFact(fact, locale)} (${fact.period[locale]})`,
        ),
      ),
      group(
        'laws',
        petition.lawIds,
        labelled(catalog.laws, ({ name }) => name[locale]),
      ),
    ],
    notes: petition.state === 'draft' ? [] : LOCALES.map((one) => field('note', one, '')),
    errors,
  };
}

function labelled<T extends { id: string }>(all: ReadonlyMap<string, T>, labelOf: (one: T) => string) {
  return [...all.values()].map((one) => ({ id: one.id, label: `${one.id}: ${labelOf(one)}` }));
}
