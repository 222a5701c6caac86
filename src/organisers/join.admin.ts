import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import { isAppError } from '../lib/errors.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import type { Translator } from '../lib/i18n.ts';
import { typedValues } from '../lib/typed.ts';
import { consoleForm, type FieldSpec } from './console-form.view.ts';
import { createFactorPages } from './factor.page.ts';
import { EMAIL_FIELD, NEW_PASSWORD_FIELD } from './fields.ts';
import { LASTS_MS, type OpenInvitation } from './invitation.service.ts';
import type { InvitationKind } from './invitation.ts';
import { FirstForm, JoinForm, TicketForm } from './organiser.schema.ts';
import type { Organisers } from './organisers.room.ts';
import { passwordFault } from './password.ts';
import { readCredential } from './sign-in.admin.ts';
import { actorOf, HOME, meOf, sessionOf } from './visit.ts';

type Token = { Params: { token: string } };
const NAME: FieldSpec = { name: 'name', type: 'text', autocomplete: 'name' };

/** How somebody becomes an organiser: a link, who they are, a second factor, and the codes for the day when it is lost. */
export function registerJoin(
  scope: FastifyInstance,
  deps: { organisers: Organisers; translator: Translator; audit: Audit; siteName: string },
): void {
  registerLinks(scope, deps);
  registerFactors(scope, deps);
}

function registerLinks(
  scope: FastifyInstance,
  { organisers, translator }: { organisers: Organisers; translator: Translator },
): void {
  const { invitations, accounts, sessions } = organisers;

  function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    invitation: OpenInvitation,
    errors?: FieldErrors,
  ) {
    const { visit, url } = request;
    const { locale } = visit;
    const isFirst = invitation.kind === 'first';
    const form = consoleForm(translator, locale, {
      action: url.split('?', 1)[0] ?? HOME,
      submit: 'console.join.submit',
      fields: isFirst ? [NAME, EMAIL_FIELD, NEW_PASSWORD_FIELD] : [NAME, NEW_PASSWORD_FIELD],
      ...(errors && { errors, values: typedValues(request.body) }),
    });
    const title = translator.t(locale, isFirst ? 'console.first.title' : 'console.invitation.title');
    const lead = isFirst
      ? translator.t(locale, 'console.first.lead')
      : translator.t(locale, 'console.invitation.lead', {
          role: translator.t(locale, `console.role.${invitation.role ?? 'analyst'}`),
          email: invitation.email ?? '',
        });
    return reply.show({ page: 'gate', title, view: { lead, form }, ...(errors && { status: 422 }) });
  }

  async function takeUp(request: FastifyRequest<Token>, reply: FastifyReply, kind: InvitationKind) {
    const invitation = await invitations.getOpen(kind, request.params.token);
    const form =
      kind === 'first'
        ? readForm(FirstForm, request.body)
        : withAddress(readForm(JoinForm, request.body), invitation);
    if (!form.ok) return showForm(request, reply, invitation, form.errors);
    const { name, email, password } = form.value;
    const fault = await passwordFault(password, [name, email.mailTo]);
    if (fault) return showForm(request, reply, invitation, { password: fault });
    if (await accounts.isTaken(email)) return showForm(request, reply, invitation, { email: 'taken' });
    const { visit } = request;
    // The first link stays until somebody is an owner: who stops half-way has not shut the door.
    if (kind !== 'first') await invitations.use(invitation);
    const organiser = await accounts.begin({
      name,
      email,
      password,
      role: invitation.role ?? 'analyst',
      locale: visit.locale,
      joinMs: LASTS_MS[kind],
    });
    return reply.carry(await sessions.start(organiser._id, 'joining', visit)).redirect(`${HOME}/join`, 303);
  }

  function withAddress(
    form: ReturnType<typeof readForm<{ name: string; password: string }>>,
    invitation: OpenInvitation,
  ) {
    return form.ok ? { ...form, value: { ...form.value, email: invitations.addressOf(invitation) } } : form;
  }

  for (const [path, kind] of [
    ['/first/:token', 'first'],
    ['/invitation/:token', 'join'],
  ] as const) {
    scope.get<Token>(path, async (request, reply) =>
      showForm(request, reply, await invitations.getOpen(kind, request.params.token)),
    );
    scope.post<Token>(path, (request, reply) => takeUp(request, reply, kind));
  }
}

function registerFactors(
  scope: FastifyInstance,
  deps: { organisers: Organisers; translator: Translator; audit: Audit; siteName: string },
): void {
  const { organisers, audit } = deps;
  const { accounts, secondFactor, passkeys, sessions, invitations } = organisers;
  const pages = createFactorPages(deps);
  const join = { app: `${HOME}/join/app`, passkey: `${HOME}/join/passkey`, codes: `${HOME}/join/codes` };

  scope.get('/join', async (request, reply) => reply.show(await pages.choose(request, join)));

  scope.post('/join/app', async (request, reply) => {
    const form = readForm(TicketForm, request.body);
    const isRight =
      form.ok && (await secondFactor.takeSecret(meOf(request.visit), form.value.ticket, form.value.code));
    if (!isRight) return reply.show(await pages.choose(request, join, 'console.problem.code'));
    return reply.redirect(join.codes, 303);
  });

  scope.post('/join/passkey', async (request, reply) => {
    const me = meOf(request.visit);
    try {
      await accounts.addPasskey(me._id, await passkeys.readRegistered(me, readCredential(request)));
      return reply.redirect(join.codes, 303);
    } catch (error) {
      if (!isAppError(error, 'PASSKEY_REFUSED')) throw error;
      return reply.show(await pages.choose(request, join, 'console.passkey.refused'));
    }
  });

  scope.get('/join/codes', async (request, reply) => reply.show(pages.codes(request, join.codes)));

  scope.post('/join/codes', async (request, reply) => {
    const me = meOf(request.visit);
    const form = readForm(TicketForm, request.body);
    const hashes = form.ok && secondFactor.readCodes(me, form.value.ticket, form.value.code);
    if (!hashes) return reply.show(pages.codes(request, join.codes, 'console.problem.codeBack'));
    const session = sessionOf(request.visit);
    const intent = { act: 'organiser join', of: [me._id], changes: [{ field: 'role', to: me.role }] };
    const token = await audit.record(actorOf(request.visit), intent, async () => {
      await accounts.activate(me._id, hashes);
      if (me.role === 'owner') await invitations.endFirst();
      return sessions.raise(session);
    });
    return reply.carry(token).redirect(me.role === 'owner' ? `${HOME}/campaign` : HOME, 303);
  });
}
