import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import { readForm } from '../lib/form-faults.ts';
import type { Translator } from '../lib/i18n.ts';
import { typedValues } from '../lib/typed.ts';
import { consoleForm, type FieldSpec } from './console-form.view.ts';
import { CODE_FIELD, EMAIL_FIELD, NEW_PASSWORD_FIELD } from './fields.ts';
import { EmailForm, RecoverForm } from './organiser.schema.ts';
import type { Organisers } from './organisers.room.ts';
import { passwordFault } from './password.ts';
import { refusalOf } from './refusal.ts';
import type { Refusal } from './sign-in.page.ts';
import { HOME } from './visit.ts';

type Token = { Params: { token: string } };

/** A password that was forgotten, by mail and second factor; and a new address, which says by its mailbox that it is theirs. */
export function registerRecovery(
  scope: FastifyInstance,
  { organisers, translator, audit }: { organisers: Organisers; translator: Translator; audit: Audit },
): void {
  const { invitations, accounts, secondFactor } = organisers;

  type Asked = { key: string; action: string; fields: readonly FieldSpec[] };
  function ask(
    request: FastifyRequest,
    reply: FastifyReply,
    { key, action, fields }: Asked,
    refusal?: Refusal,
  ) {
    const { locale } = request.visit;
    const { status, problem, errors, seconds } = refusal ?? {};
    const form = consoleForm(translator, locale, {
      action,
      submit: `console.${key}.submit`,
      fields,
      ...(refusal && { values: typedValues(request.body) }),
      ...(problem && { problem }),
      ...(errors && { errors }),
      ...(seconds !== undefined && { problemValues: { seconds } }),
    });
    const title = translator.t(locale, `console.${key}.title`);
    const lead = translator.t(locale, `console.${key}.lead`);
    return reply.show({ page: 'gate', title, view: { lead, form }, ...(status && { status }) });
  }

  function told(request: FastifyRequest, reply: FastifyReply, key: string) {
    const { locale } = request.visit;
    const title = translator.t(locale, `console.${key}.title`);
    return reply.show({ page: 'told', title, view: { text: translator.t(locale, `console.${key}.text`) } });
  }

  const forgotten: Asked = { key: 'forgotten', action: `${HOME}/forgotten`, fields: [EMAIL_FIELD] };
  scope.get('/forgotten', (request, reply) => ask(request, reply, forgotten));
  scope.post('/forgotten', async (request, reply) => {
    const form = readForm(EmailForm, request.body);
    if (!form.ok) return ask(request, reply, forgotten, { errors: form.errors, status: 422 });
    await invitations.recover(form.value.email);
    return told(request, reply, 'forgotten.sent');
  });

  const recover = (token: string): Asked => ({
    key: 'recover',
    action: `${HOME}/recover/${token}`,
    fields: [CODE_FIELD, NEW_PASSWORD_FIELD],
  });
  scope.get<Token>('/recover/:token', async (request, reply) => {
    await invitations.getOpen('recover', request.params.token);
    return ask(request, reply, recover(request.params.token));
  });
  scope.post<Token>('/recover/:token', async (request, reply) => {
    const invitation = await invitations.getOpen('recover', request.params.token);
    const page = recover(request.params.token);
    const organiser = await accounts.getOrganiser(invitation.organiser ?? '');
    const form = readForm(RecoverForm, request.body);
    if (!form.ok) return ask(request, reply, page, { errors: form.errors, status: 422 });
    const { code, password } = form.value;
    const fault = await passwordFault(password, Object.values(organiser.profile));
    if (fault) return ask(request, reply, page, { errors: { password: fault }, status: 422 });
    try {
      await secondFactor.prove(organiser, code);
    } catch (error) {
      return ask(request, reply, page, refusalOf(error, 'code'));
    }
    const who = { via: 'console', organiser: organiser._id, network: request.visit.network } as const;
    await audit.record(who, { act: 'password recover', of: [organiser._id] }, async () => {
      await invitations.use(invitation);
      await accounts.changePassword(organiser._id, password);
    });
    return told(request, reply, 'recover.done');
  });

  const address = (token: string): Asked => ({
    key: 'address',
    action: `${HOME}/address/${token}`,
    fields: [],
  });
  scope.get<Token>('/address/:token', async (request, reply) => {
    await invitations.getOpen('address', request.params.token);
    return ask(request, reply, address(request.params.token));
  });
  scope.post<Token>('/address/:token', async (request, reply) => {
    const invitation = await invitations.getOpen('address', request.params.token);
    const ref = invitation.organiser ?? '';
    const who = { via: 'console', organiser: ref, network: request.visit.network } as const;
    await audit.record(who, { act: 'address change', of: [ref] }, async () => {
      await invitations.use(invitation);
      await accounts.changeAddress(ref, invitations.addressOf(invitation));
    });
    return told(request, reply, 'address.done');
  });
}
