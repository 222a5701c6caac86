import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import { isAppError } from '../lib/errors.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import type { Translator } from '../lib/i18n.ts';
import { typedValues } from '../lib/typed.ts';
import { accountView } from './account.view.ts';
import { createFactorPages } from './factor.page.ts';
import { EmailForm, NameForm, NoticesForm, PasswordForm, RefForm, TicketForm } from './organiser.schema.ts';
import type { Organisers } from './organisers.room.ts';
import { passwordFault } from './password.ts';
import { readCredential } from './sign-in.admin.ts';
import { actorOf, HOME, meOf, sessionOf } from './visit.ts';

type Deps = { organisers: Organisers; translator: Translator; audit: Audit; siteName: string };
const OWN = `${HOME}/account`;

/** Somebody's own account: who they are, how they sign in, where they are signed in; and how they leave. */
export function registerAccount(scope: FastifyInstance, deps: Deps): void {
  const { organisers, translator, audit } = deps;
  const { accounts, sessions, invitations } = organisers;

  async function show(request: FastifyRequest, reply: FastifyReply, errors: FieldErrors = {}) {
    const { visit } = request;
    const isFaulty = Object.keys(errors).length > 0;
    const view = accountView(translator, visit.locale, {
      me: meOf(visit),
      own: sessionOf(visit),
      sessions: await sessions.list(meOf(visit)._id),
      values: isFaulty ? typedValues(request.body) : {},
      errors,
      done: isFaulty ? undefined : Object.keys(request.query as object)[0],
    });
    const title = translator.t(visit.locale, 'console.account.title');
    return reply.show({ page: 'account', title, view, ...(isFaulty && { status: 422 }) });
  }
  const record = <T>(
    request: FastifyRequest,
    act: string,
    work: () => Promise<T>,
    of = meOf(request.visit)._id,
  ) => audit.record(actorOf(request.visit), { act, of: [of] }, work);
  const done = (reply: FastifyReply, what: string) => reply.redirect(`${OWN}?${what}`, 303);

  scope.get('/account', (request, reply) => show(request, reply));

  scope.post('/account/name', async (request, reply) => {
    const form = readForm(NameForm, request.body);
    if (!form.ok) return show(request, reply, form.errors);
    await record(request, 'name change', () => accounts.changeName(meOf(request.visit)._id, form.value.name));
    return done(reply, 'name');
  });

  scope.post('/account/notices', async (request, reply) => {
    const form = readForm(NoticesForm, request.body);
    if (!form.ok) return show(request, reply, form.errors);
    const { notices } = form.value;
    await record(request, 'notices choose', () => accounts.chooseNotices(meOf(request.visit)._id, notices));
    return done(reply, 'notices');
  });

  scope.post('/account/address', async (request, reply) => {
    const form = readForm(EmailForm, request.body);
    if (!form.ok) return show(request, reply, form.errors);
    if (await accounts.isTaken(form.value.email)) return show(request, reply, { email: 'taken' });
    await record(request, 'address ask', () => invitations.askAddress(meOf(request.visit), form.value.email));
    return done(reply, 'address');
  });

  scope.post('/account/password', async (request, reply) => {
    const me = meOf(request.visit);
    const form = readForm(PasswordForm, request.body);
    if (!form.ok) return show(request, reply, form.errors);
    const fault = await passwordFault(form.value.password, Object.values(me.profile));
    if (fault) return show(request, reply, { password: fault });
    const change = () => accounts.changePassword(me._id, form.value.password, sessionOf(request.visit));
    await record(request, 'password change', change);
    return done(reply, 'password');
  });

  scope.post('/account/sessions/end', async (request, reply) => {
    const me = meOf(request.visit);
    const form = readForm(RefForm, request.body);
    if (!form.ok) return show(request, reply);
    const { ref } = form.value;
    const work = () =>
      ref === 'others' ? sessions.endAll(me._id, sessionOf(request.visit)) : sessions.endByRef(me._id, ref);
    await record(request, 'session end', work, ref);
    return done(reply, 'sessions');
  });

  scope.post('/account/close', async (request, reply) => {
    const me = meOf(request.visit);
    const word = translator.t(request.visit.locale, 'console.account.close.word');
    if ((typedValues(request.body).word ?? '').trim().toLowerCase() !== word)
      return show(request, reply, { word: 'mismatch' });
    try {
      await record(request, 'account close', () => accounts.close(me._id));
    } catch (error) {
      if (!isAppError(error, 'LAST_OWNER')) throw error;
      return show(request, reply, { word: 'lastOwner' });
    }
    return reply.redirect(`${HOME}/sign-in`, 303);
  });

  registerOwnFactors(scope, deps);
}

function registerOwnFactors(scope: FastifyInstance, deps: Deps): void {
  const { organisers, audit } = deps;
  const { accounts, secondFactor, passkeys } = organisers;
  const pages = createFactorPages(deps);
  const own = { app: `${OWN}/app`, passkey: `${OWN}/passkey` };
  const record = <T>(request: FastifyRequest, act: string, work: () => Promise<T>) =>
    audit.record(actorOf(request.visit), { act, of: [meOf(request.visit)._id] }, work);

  scope.get('/account/second-factor', async (request, reply) => reply.show(await pages.choose(request, own)));

  scope.post('/account/app', async (request, reply) => {
    const me = meOf(request.visit);
    const form = readForm(TicketForm, request.body);
    const take = () =>
      form.ok ? secondFactor.takeSecret(me, form.value.ticket, form.value.code) : Promise.resolve(false);
    if (!(await record(request, 'app change', take)))
      return reply.show(await pages.choose(request, own, 'console.problem.code'));
    await accounts.factorChanged(me._id);
    return reply.redirect(`${OWN}?factor`, 303);
  });

  scope.post('/account/passkey', async (request, reply) => {
    const me = meOf(request.visit);
    try {
      const passkey = await passkeys.readRegistered(me, readCredential(request));
      await record(request, 'passkey add', () => accounts.addPasskey(me._id, passkey));
    } catch (error) {
      if (!isAppError(error, 'PASSKEY_REFUSED')) throw error;
      return reply.show(await pages.choose(request, own, 'console.passkey.refused'));
    }
    await accounts.factorChanged(me._id);
    return reply.redirect(`${OWN}?factor`, 303);
  });

  scope.post('/account/passkey/remove', async (request, reply) => {
    const me = meOf(request.visit);
    const form = readForm(RefForm, request.body);
    if (form.ok)
      await record(request, 'passkey remove', () => accounts.removePasskey(me._id, form.value.ref));
    return reply.redirect(`${OWN}?factor`, 303);
  });

  scope.get('/account/codes', async (request, reply) => reply.show(pages.codes(request, `${OWN}/codes`)));

  scope.post('/account/codes', async (request, reply) => {
    const me = meOf(request.visit);
    const form = readForm(TicketForm, request.body);
    const hashes = form.ok && secondFactor.readCodes(me, form.value.ticket, form.value.code);
    if (!hashes) return reply.show(pages.codes(request, `${OWN}/codes`, 'console.problem.codeBack'));
    await record(request, 'codes change', () => accounts.setCodes(me._id, hashes));
    return reply.redirect(`${OWN}?codes`, 303);
  });
}
