import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import { AppError, isAppError } from '../lib/errors.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import { formatDateTime } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { typedValues } from '../lib/typed.ts';
import { ACCESS, mayDo, WHATS } from './access.ts';
import { consoleForm } from './console-form.view.ts';
import { InviteForm, RefForm, RoleForm } from './organiser.schema.ts';
import { ROLES, type Role } from './organiser.ts';
import type { Organisers } from './organisers.room.ts';
import { actorOf, HOME, meOf } from './visit.ts';

type Ref = { Params: { ref: string } };
const PEOPLE = `${HOME}/people`;

/** Who works here and what each may: only owners change it, and an owner always stays. */
export function registerPeople(
  scope: FastifyInstance,
  { organisers, translator, audit }: { organisers: Organisers; translator: Translator; audit: Audit },
): void {
  const { accounts, invitations } = organisers;
  const roleOptions = (locale: Locale, chosen?: Role) =>
    ROLES.map((role) => ({
      value: role as string,
      label: translator.t(locale, `console.role.${role}`),
      hint: translator.t(locale, `console.role.${role}.may`),
      isChosen: role === chosen,
    }));

  async function show(request: FastifyRequest, reply: FastifyReply, errors?: FieldErrors, problem?: string) {
    const { locale, me } = request.visit;
    const t = (key: string) => translator.t(locale, key);
    const people = (await accounts.listColleagues()).filter(({ state }) => state !== 'closed');
    const waiting = await invitations.listWaiting();
    const invite = consoleForm(translator, locale, {
      action: `${PEOPLE}/invite`,
      submit: 'console.people.invite',
      fields: [
        { name: 'email', type: 'email', key: 'inviteEmail' },
        { name: 'role', type: 'choice', options: roleOptions(locale) },
      ],
      ...(errors && { errors, values: typedValues(request.body) }),
    });
    const view = {
      invite,
      ...(problem && { problem: t(problem) }),
      people: people.map(({ ref, name, email, role, state }) => ({
        ref,
        name,
        email,
        roleName: t(`console.role.${role}`),
        isJoining: state === 'joining',
        isMe: ref === me?._id,
        rolePath: `${PEOPLE}/${ref}/role`,
        endPath: `${PEOPLE}/${ref}/end`,
        roles: roleOptions(locale, role),
      })),
      waiting: waiting.map(({ ref, email, role, expiresAt }) => ({
        ref,
        email,
        roleName: t(`console.role.${role ?? 'analyst'}`),
        until: formatDateTime(expiresAt, locale, 'UTC'),
      })),
      withdrawPath: `${PEOPLE}/withdraw`,
    };
    const title = t('console.people.title');
    return reply.show({ page: 'people', title, view, ...((errors || problem) && { status: 422 }) });
  }

  scope.get('/people', async (request, reply) => show(request, reply));

  scope.post('/people/invite', async (request, reply) => {
    const form = readForm(InviteForm, request.body);
    if (!form.ok) return show(request, reply, form.errors);
    const { email, role } = form.value;
    if (await accounts.isTaken(email)) return show(request, reply, { email: 'taken' });
    const intent = { act: 'organiser invite', of: [], changes: [{ field: 'role', to: role }] };
    await audit.record(actorOf(request.visit), intent, () =>
      invitations.invite(email, role, request.visit.locale),
    );
    return reply.redirect(PEOPLE, 303);
  });

  scope.post('/people/withdraw', async (request, reply) => {
    const form = readForm(RefForm, request.body);
    if (!form.ok) return show(request, reply);
    const { ref } = form.value;
    const intent = { act: 'invitation withdraw', of: [ref] };
    await audit.record(actorOf(request.visit), intent, () => invitations.withdraw(ref));
    return reply.redirect(PEOPLE, 303);
  });

  /** Whatever is done to somebody's account by another; the last owner stays. */
  async function act(
    request: FastifyRequest<Ref>,
    reply: FastifyReply,
    intent: { act: string; changes?: { field: string; from?: string; to?: string }[] },
    work: () => Promise<void>,
  ) {
    try {
      await audit.record(actorOf(request.visit), { ...intent, of: [request.params.ref] }, work);
      return reply.redirect(PEOPLE, 303);
    } catch (error) {
      if (!isAppError(error, 'LAST_OWNER')) throw error;
      return show(request, reply, undefined, 'console.problem.lastOwner');
    }
  }

  scope.post<Ref>('/people/:ref/role', async (request, reply) => {
    const { ref } = request.params;
    const form = readForm(RoleForm, request.body);
    const before = await accounts.getOrganiser(ref);
    if (!form.ok) return show(request, reply);
    const { role } = form.value;
    const changes = [{ field: 'role', from: before.role, to: role }];
    return act(request, reply, { act: 'organiser role', changes }, () => accounts.changeRole(ref, role));
  });

  scope.post<Ref>('/people/:ref/end', async (request, reply) => {
    const { ref } = request.params;
    // Whoever leaves does so on their own page, by a typed word.
    if (ref === meOf(request.visit)._id) throw new AppError('ORGANISER_NOT_FOUND');
    await accounts.getOrganiser(ref);
    return act(request, reply, { act: 'organiser end' }, () => accounts.close(ref));
  });

  scope.get('/roles', async (request, reply) => {
    const { locale } = request.visit;
    const t = (key: string) => translator.t(locale, key);
    const rows = WHATS.filter((what) => what !== 'sign-in').map((what) => {
      const routes = Object.entries(ACCESS).filter(([, access]) => access.what === what);
      const may = (role: Role, method: string) =>
        routes.some(([route, access]) => route.startsWith(method) && mayDo(role, access));
      return {
        label: t(`console.may.${what}`),
        cells: ROLES.map((role) => ({
          text: t(`console.may.${may(role, 'POST') ? 'change' : may(role, 'GET') ? 'see' : 'nothing'}`),
        })),
      };
    });
    const heads = ROLES.map((role) => ({
      label: t(`console.role.${role}`),
      text: t(`console.role.${role}.may`),
    }));
    return reply.show({ page: 'roles', title: t('console.roles.title'), view: { heads, rows } });
  });
}
