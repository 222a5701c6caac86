import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import { readForm } from '../lib/form-faults.ts';
import { typedValues } from '../lib/typed.ts';
import { CredentialForm, PasskeyForm, SignInForm } from './organiser.schema.ts';
import type { Organiser } from './organiser.ts';
import type { Organisers } from './organisers.room.ts';
import { refusalOf } from './refusal.ts';
import type { Gates } from './sign-in.page.ts';
import { actorOf, HOME, meOf, ownPath, sessionOf } from './visit.ts';

/** Who somebody is: the password, then the second factor; or a passkey, which is both. */
export function registerSignIn(
  scope: FastifyInstance,
  { organisers, gates, audit }: { organisers: Organisers; gates: Gates; audit: Audit },
): void {
  const { signIn, sessions, secondFactor, passkeys, accounts } = organisers;

  /** A whole session, and on to where they wanted to go, or to the form that waits. */
  async function enter(request: FastifyRequest, reply: FastifyReply, token: string) {
    reply.carry(token);
    const kept = gates.waiting(request);
    if (!kept) return reply.redirect(ownPath(typedValues(request.body).next), 303);
    const session = await sessions.find(token);
    if (session) request.visit.session = session;
    return reply.show(gates.keptPage(request, kept));
  }

  const recordSignIn = (
    { visit }: FastifyRequest,
    { _id }: Organiser,
    how: string,
    work: () => Promise<string>,
  ) =>
    audit.record(
      { via: 'console', organiser: _id, network: visit.network },
      { act: 'sign-in', of: [how] },
      work,
    );

  scope.get('/sign-in', async (request, reply) => {
    const { session } = request.visit;
    if (session?.stage === 'full') return reply.redirect(HOME, 303);
    return reply.show(await gates.signIn(request));
  });

  scope.post('/sign-in', async (request, reply) => {
    const form = readForm(SignInForm, request.body);
    if (!form.ok)
      return reply.show(await gates.signIn(request, undefined, { errors: form.errors, status: 422 }));
    const { visit } = request;
    try {
      const organiser = await signIn.withPassword(form.value.email, form.value.password, visit.network);
      const stage = organiser.state === 'joining' ? 'joining' : 'half';
      reply.carry(await sessions.start(organiser._id, stage, visit));
      if (stage === 'joining') return reply.redirect(`${HOME}/join`, 303);
      const kept = gates.waiting(request);
      if (!kept)
        return reply.redirect(
          `${HOME}/second-factor?next=${encodeURIComponent(ownPath(form.value.next))}`,
          303,
        );
      visit.me = await accounts.getOrganiser(organiser._id);
      return reply.show(await gates.secondFactor(request, kept));
    } catch (error) {
      return reply.show(await gates.signIn(request, undefined, refusalOf(error, 'credentials')));
    }
  });

  scope.post('/sign-in/passkey', async (request, reply) => {
    try {
      const organiser = await passkeys.prove(readCredential(request));
      const { visit } = request;
      const token = await recordSignIn(request, organiser, 'passkey', () =>
        sessions.start(organiser._id, 'full', visit),
      );
      visit.me = await accounts.getOrganiser(organiser._id);
      return await enter(request, reply, token);
    } catch (error) {
      return reply.show(await gates.signIn(request, undefined, refusalOf(error, 'credentials')));
    }
  });

  scope.get('/second-factor', async (request, reply) => reply.show(await gates.secondFactor(request)));

  scope.post('/second-factor', async (request, reply) => {
    const me = meOf(request.visit);
    const form = readForm(CredentialForm, request.body);
    if (!form.ok)
      return reply.show(await gates.secondFactor(request, undefined, { errors: form.errors, status: 422 }));
    try {
      const used = await secondFactor.prove(me, form.value.code);
      const session = sessionOf(request.visit);
      return await enter(
        request,
        reply,
        await recordSignIn(request, me, used, () => sessions.raise(session)),
      );
    } catch (error) {
      return reply.show(await gates.secondFactor(request, undefined, refusalOf(error, 'code')));
    }
  });

  scope.post('/second-factor/passkey', async (request, reply) => {
    const me = meOf(request.visit);
    try {
      await passkeys.prove(readCredential(request), me._id);
      const session = sessionOf(request.visit);
      return await enter(
        request,
        reply,
        await recordSignIn(request, me, 'passkey', () => sessions.raise(session)),
      );
    } catch (error) {
      return reply.show(await gates.secondFactor(request, undefined, refusalOf(error, 'code')));
    }
  });

  registerAgain(scope, { organisers, gates });

  scope.post('/sign-out', async (request, reply) => {
    const { session, me } = request.visit;
    if (session && me)
      await audit.record(actorOf(request.visit), { act: 'sign-out', of: [] }, () => sessions.end(session));
    return reply.redirect(`${HOME}/sign-in`, 303);
  });
}

/** The second factor once more, before what may do much harm. */
function registerAgain(
  scope: FastifyInstance,
  { organisers, gates }: { organisers: Organisers; gates: Gates },
): void {
  const { sessions, secondFactor, passkeys } = organisers;

  async function goOn(request: FastifyRequest, reply: FastifyReply) {
    const token = await sessions.raise(sessionOf(request.visit));
    reply.carry(token);
    const kept = gates.waiting(request);
    if (kept) return reply.show(gates.keptPage(request, kept));
    return reply.redirect(ownPath(typedValues(request.body).next), 303);
  }

  scope.get('/again', async (request, reply) => reply.show(await gates.again(request)));

  scope.post('/again', async (request, reply) => {
    const form = readForm(CredentialForm, request.body);
    if (!form.ok)
      return reply.show(await gates.again(request, undefined, { errors: form.errors, status: 422 }));
    try {
      await secondFactor.prove(meOf(request.visit), form.value.code);
      return await goOn(request, reply);
    } catch (error) {
      return reply.show(await gates.again(request, undefined, refusalOf(error, 'code')));
    }
  });

  scope.post('/again/passkey', async (request, reply) => {
    try {
      await passkeys.prove(readCredential(request), meOf(request.visit)._id);
      return await goOn(request, reply);
    } catch (error) {
      return reply.show(await gates.again(request, undefined, refusalOf(error, 'code')));
    }
  });
}

/** What the browser's own script put into the form. */
export function readCredential({ body }: FastifyRequest): { credential: string; ticket: string } {
  const form = readForm(PasskeyForm, body);
  return form.ok ? form.value : { credential: '', ticket: '' };
}
