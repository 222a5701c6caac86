import type { FieldErrors } from '../lib/form-faults.ts';
import type { MessageValues, Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import type { TypedValues } from '../lib/typed.ts';
import type { Ceremony } from './passkey.service.ts';

export type FieldView = {
  name: string;
  label: string;
  type: 'text' | 'email' | 'url' | 'date' | 'password' | 'area' | 'choice' | 'select' | 'box';
  value: string;
  autocomplete: string;
  hint?: string;
  error?: string;
  /** ids of hint and fault, for `aria-describedby` */
  describedBy?: string;
  inputmode?: 'numeric';
  isOptional?: boolean;
  options?: { value: string; label: string; hint?: string; isChosen: boolean }[];
};
export type ConsoleFormView = {
  action: string;
  submit: string;
  fields: FieldView[];
  hidden: { name: string; value: string }[];
  /** what is wrong with the whole */
  problem?: string;
  errors?: { field: string; text: string }[];
  isGrave?: boolean;
};
export type PasskeyView = {
  action: string;
  does: 'create' | 'get';
  options: string;
  label: string;
  refused: string;
  hidden: { name: string; value: string }[];
};

export type FieldSpec = Pick<FieldView, 'name' | 'type'> &
  Partial<Pick<FieldView, 'autocomplete' | 'inputmode' | 'options' | 'isOptional' | 'label' | 'hint'>> & {
    /** where the label is another than that of the name */
    key?: string;
  };
export type FormSpec = {
  action: string;
  /** key of the button's text */
  submit: string;
  fields: readonly FieldSpec[];
  values?: TypedValues;
  errors?: FieldErrors;
  /** key of what is wrong with the whole */
  problem?: string;
  problemValues?: MessageValues;
  hidden?: Record<string, string | undefined>;
  isGrave?: boolean;
};

type Say = (key: string, values?: MessageValues) => string;

/** A form of the console: labels, hints and faults are found by the names of its fields. */
export function consoleForm(
  translator: Pick<Translator, 't' | 'has'>,
  locale: Locale,
  spec: FormSpec,
): ConsoleFormView {
  const { action, values = {}, errors = {}, problem, problemValues, isGrave } = spec;
  const t: Say = (key, more) => translator.t(locale, key, more);
  const has = (key: string) => translator.has(locale, key);
  const faults = spec.fields.flatMap(({ name }) =>
    errors[name] ? [{ field: name, text: faultText(t, has, name, errors[name]) }] : [],
  );
  const textOf = new Map(faults.map(({ field, text }) => [field, text]));
  return {
    action,
    submit: t(spec.submit),
    fields: spec.fields.map((field) => fieldView(t, has, field, values, textOf.get(field.name))),
    hidden: hiddenFields(spec.hidden),
    ...(problem && { problem: t(problem, problemValues) }),
    ...(faults.length > 0 && { errors: faults }),
    ...(isGrave && { isGrave }),
  };
}

function fieldView(
  t: Say,
  has: (key: string) => boolean,
  { key, ...field }: FieldSpec,
  values: TypedValues,
  error: string | undefined,
): FieldView {
  const { name, type, autocomplete = 'off', options } = field;
  const label = `console.field.${key ?? name}`;
  const hint = field.hint ?? (has(`${label}.hint`) ? t(`${label}.hint`) : undefined);
  const ids = [...(hint ? [`${name}-hint`] : []), ...(error ? [`${name}-fault`] : [])];
  return {
    ...field,
    label: field.label ?? t(label),
    autocomplete,
    // What was typed as a password is never sent back.
    value: type === 'password' ? '' : (values[name] ?? ''),
    ...(hint && { hint }),
    ...(error && { error }),
    ...(ids.length > 0 && { describedBy: ids.join(' ') }),
    ...(options && {
      options: options.map((one) => ({
        ...one,
        isChosen: name in values ? values[name] === one.value : one.isChosen,
      })),
    }),
  };
}

function faultText(t: Say, has: (key: string) => boolean, name: string, code: string): string {
  const own = `console.fault.${name}.${code}`;
  return t(has(own) ? own : `console.fault.${code}`);
}

/** A button for who has a passkey; it shows itself where there is script and a browser that can. */
export function passkeyView(
  translator: Pick<Translator, 't'>,
  locale: Locale,
  ceremony: Ceremony | undefined,
  spec: {
    action: string;
    does: 'create' | 'get';
    label: string;
    hidden?: Record<string, string | undefined>;
  },
): PasskeyView | undefined {
  if (!ceremony) return undefined;
  return {
    action: spec.action,
    does: spec.does,
    options: ceremony.options,
    label: translator.t(locale, spec.label),
    refused: translator.t(locale, 'console.passkey.refused'),
    hidden: hiddenFields({ ...spec.hidden, ticket: ceremony.ticket }),
  };
}

function hiddenFields(fields: Record<string, string | undefined> = {}): { name: string; value: string }[] {
  return Object.entries(fields).flatMap(([name, value]) => (value ? [{ name, value }] : []));
}
