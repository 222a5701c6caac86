import type * as z from 'zod';
import type { Change, Intent } from '../audit/act.ts';
import type { Actor } from '../lib/actor.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import type { Locale } from '../lib/locales.ts';
import { type TypedValues, typedValues } from '../lib/typed.ts';
import type { FieldSpec } from './console-form.view.ts';

export type ActLink = { href: string; label: string };
type Say = (key: string) => string;
type Read =
  | { ok: true; intent: Pick<Intent, 'changes' | 'why'>; run(actor: Actor): Promise<unknown> }
  | { ok: false; errors: FieldErrors };

/** Something that a person can do to a thing of this kind, by a form. */
export type Act<T> = {
  /** as its command is called: what the audit names it */
  act: string;
  /** of its title, link and button; `<key>.lead` explains it, `<key>.done` says that it is done */
  key: string;
  fields(thing: T, locale: Locale, t: Say): readonly FieldSpec[];
  /** what the form holds before anything is typed */
  values?(thing: T): TypedValues;
  /** whether it can be done to it as it is */
  can?(thing: T): boolean;
  isGrave?: boolean;
  read(body: unknown, thing: T): Read;
};

type ActSpec<T, V> = Omit<Act<T>, 'read'> & {
  schema: z.ZodType<V>;
  /** what the schema is given, where a form cannot say it in fields of that name */
  shape?(typed: TypedValues): Record<string, unknown>;
  /** from what to what, without personal data */
  changes?(thing: T, value: V): Change[];
  why?(value: V): string | undefined;
  run(thing: T, value: V, actor: Actor): Promise<unknown>;
};

export function defineAct<T>() {
  return <V>({ schema, shape, changes, why, run, ...act }: ActSpec<T, V>): Act<T> => ({
    ...act,
    read(body, thing) {
      const typed = typedValues(body);
      const form = readForm(schema, shape ? shape(typed) : withoutEmpty(typed));
      if (!form.ok) return { ok: false, errors: codesOf(form.errors, typed) };
      const said = why?.(form.value);
      return {
        ok: true,
        intent: { ...(changes && { changes: changes(thing, form.value) }), ...(said && { why: said }) },
        run: (actor) => run(thing, form.value, actor),
      };
    },
  });
}

/** A field that was left empty is one that was not given. */
export function withoutEmpty(typed: TypedValues): TypedValues {
  return Object.fromEntries(Object.entries(typed).filter(([, value]) => value.trim() !== ''));
}

/** A schema that commands share has sentences; a form has a text of its own for what is missing, and for what is wrong. */
export function codesOf(errors: FieldErrors, typed: TypedValues): FieldErrors {
  return Object.fromEntries(
    Object.entries(errors).map(([field, says]) => {
      if (/^[a-z]+(?:[A-Z][a-z]+)*$/.test(says)) return [field, says];
      return [field, typed[field]?.trim() ? 'invalid' : 'required'];
    }),
  );
}
