import type { FastifyRequest } from 'fastify';
import type { FieldErrors } from '../lib/form-faults.ts';
import type { Translator } from '../lib/i18n.ts';
import { type TypedValues, typedValues } from '../lib/typed.ts';
import type { ConsolePage } from './console.plugin.ts';
import { consoleForm, type FieldSpec, passkeyView } from './console-form.view.ts';
import { CODE_FIELD, EMAIL_FIELD } from './fields.ts';
import { type KeptForm, openKept, sealKept } from './kept-form.ts';
import type { Organisers } from './organisers.room.ts';
import type { Ceremony } from './passkey.service.ts';
import { HOME, meOf, ownPath } from './visit.ts';

/** What is wrong with what was given, for the page that asks for it once more. */
export type Refusal = { problem?: string; seconds?: number; errors?: FieldErrors; status: number };

const SIGN_IN_FIELDS: readonly FieldSpec[] = [
  EMAIL_FIELD,
  { name: 'password', type: 'password', autocomplete: 'current-password' },
];

/** The pages that ask who somebody is: as answers of their own, and in the place of what they came for. */
export function createGates({ organisers, translator }: { organisers: Organisers; translator: Translator }) {
  const { tickets, passkeys } = organisers;

  /** What a page of these hands on to the next: where to go, and the form that waits. */
  function handedOn({ query, body, url, method }: FastifyRequest, kept?: KeptForm) {
    const typed: TypedValues = method === 'POST' ? typedValues(body) : typedValues(query);
    const isGate = /\/(sign-in|second-factor|again)(\/|\?|$)/.test(url);
    return {
      next: ownPath(isGate ? typed.next : kept?.action),
      kept: kept ? sealKept(tickets, kept) : isGate ? typed.kept : undefined,
    };
  }

  type Asked = {
    name: 'signIn' | 'secondFactor' | 'again';
    path: string;
    fields: readonly FieldSpec[];
    ceremony: Ceremony | undefined;
  };

  function ask(
    request: FastifyRequest,
    { name, path, fields, ceremony }: Asked,
    kept?: KeptForm,
    refusal?: Refusal,
  ) {
    const { locale } = request.visit;
    const hidden = handedOn(request, kept);
    const { problem, seconds, errors, status } = refusal ?? {};
    const form = consoleForm(translator, locale, {
      action: `${HOME}/${path}`,
      submit: `console.${name}.submit`,
      fields,
      hidden,
      values: refusal ? typedValues(request.body) : {},
      ...(problem && { problem }),
      ...(seconds !== undefined && { problemValues: { seconds } }),
      ...(errors && { errors }),
    });
    const passkey = passkeyView(translator, locale, ceremony, {
      action: `${HOME}/${path}/passkey`,
      does: 'get',
      label: 'console.passkey.use',
      hidden,
    });
    const isKept = hidden.kept !== undefined;
    return {
      page: 'gate',
      title: translator.t(locale, `console.${name}.title`),
      view: {
        lead: translator.t(locale, `console.${name}.lead`),
        form,
        passkey,
        ...(isKept && { note: translator.t(locale, 'console.kept.waits') }),
        ...(name === 'signIn' && { forgottenPath: `${HOME}/forgotten` }),
        ...(name === 'secondFactor' && { leavePath: `${HOME}/sign-out` }),
      },
      ...(status && { status }),
    } satisfies ConsolePage;
  }

  async function signIn(request: FastifyRequest, kept?: KeptForm, refusal?: Refusal): Promise<ConsolePage> {
    const ceremony = await passkeys.askToProve();
    return ask(request, { name: 'signIn', path: 'sign-in', fields: SIGN_IN_FIELDS, ceremony }, kept, refusal);
  }

  async function secondFactor(
    request: FastifyRequest,
    kept?: KeptForm,
    refusal?: Refusal,
  ): Promise<ConsolePage> {
    const ceremony = await passkeys.askToProve(meOf(request.visit));
    return ask(
      request,
      { name: 'secondFactor', path: 'second-factor', fields: [CODE_FIELD], ceremony },
      kept,
      refusal,
    );
  }

  async function again(request: FastifyRequest, kept?: KeptForm, refusal?: Refusal): Promise<ConsolePage> {
    const ceremony = await passkeys.askToProve(meOf(request.visit));
    return ask(request, { name: 'again', path: 'again', fields: [CODE_FIELD], ceremony }, kept, refusal);
  }

  /** The form that waited, as it was typed: to be sent by its sender, who may have changed their mind. */
  function keptPage(request: FastifyRequest, kept: KeptForm): ConsolePage {
    const fields = Object.entries(kept.values).map(([name, value], index) => ({
      id: `kept-${index + 1}`,
      name,
      value,
      isLong: value.length > 60 || value.includes('\n'),
    }));
    const title = translator.t(request.visit.locale, 'console.kept.title');
    return { page: 'kept', title, view: { action: kept.action, fields } };
  }

  /** The form that this page was asked to hand on. */
  const waiting = (request: FastifyRequest) => openKept(tickets, typedValues(request.body).kept);

  return { signIn, secondFactor, again, keptPage, waiting };
}
export type Gates = ReturnType<typeof createGates>;
