import cookie from '@fastify/cookie';
import fastifyView from '@fastify/view';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { AppError, isAppError } from '../lib/errors.ts';
import type { Translator } from '../lib/i18n.ts';
import { isLocale, type Locale, negotiateLocale } from '../lib/locales.ts';
import { typedValues } from '../lib/typed.ts';
import { clientNetwork } from '../web/client-network.ts';
import { errorView, keptView } from '../web/error.view.ts';
import { retryAfterSeconds, toAppError } from '../web/errors.ts';
import { CONSOLE_HEADERS, requireOwnOrigin } from '../web/security.ts';
import { type Templates, viewOptions } from '../web/views.ts';
import { ACCESS, type Access } from './access.ts';
import { consoleFrame } from './console.view.ts';
import { type KeptForm, keptFormOf } from './kept-form.ts';
import type { Organisers } from './organisers.room.ts';
import { browserOf } from './session.ts';
import { formToken, isFormToken, newToken } from './tokens.ts';
import { HOME, ownPath, type Visit } from './visit.ts';

/** A page of the console: which template of `templates/console`, under which heading, showing what. */
export type ConsolePage = { page: string; title: string; view?: object; status?: number };

declare module 'fastify' {
  interface FastifyRequest {
    visit: Visit;
  }
  interface FastifyReply {
    /** Sends a page of the console, which nobody keeps. */
    show(page: ConsolePage): Promise<FastifyReply>;
    /** From now on the browser carries this. */
    carry(token: string): FastifyReply;
    drawConsoleAsync(file: string, view: object): Promise<string>;
  }
}

export type ConsoleDeps = {
  organisers: Organisers;
  sessionKeys: Parameters<typeof formToken>[0];
  networkKeyOf(network: string): string;
  templates: Templates;
  translator: Translator;
  publicUrl: string;
  isUnavailable(error: unknown): boolean;
  /** what is shown in the place of a page that wants a session, or the second factor again */
  gates: {
    signIn(request: FastifyRequest, kept?: KeptForm): Promise<ConsolePage>;
    secondFactor(request: FastifyRequest, kept?: KeptForm): Promise<ConsolePage>;
    again(request: FastifyRequest, kept?: KeptForm): Promise<ConsolePage>;
  };
};

const COOKIE = /^[\w-]{32}$/;
const LOCALE_COOKIE = 'organiser-locale';

/** What every page of the console has, for a scope of its own: none of it reaches a public route. Before any of its routes. */
export async function openConsole(scope: FastifyInstance, deps: ConsoleDeps): Promise<void> {
  const { organisers, sessionKeys, templates, translator, publicUrl } = deps;
  const isHttps = publicUrl.startsWith('https:');
  // In public the name itself makes browsers insist on https, on this host alone.
  const name = isHttps ? '__Host-organiser' : 'organiser';
  const options = { path: isHttps ? '/' : HOME, httpOnly: true, sameSite: 'lax', secure: isHttps } as const;

  await scope.register(cookie);
  await scope.register(fastifyView, {
    ...viewOptions(templates, { layout: 'layouts/console.hbs' }),
    propertyName: 'drawConsole',
    asyncPropertyName: 'drawConsoleAsync',
  });
  scope.decorateRequest('visit');
  scope.decorateReply('carry', function carry(this: FastifyReply, token: string) {
    this.request.visit.cookie = token;
    return this.setCookie(name, token, options);
  });
  scope.decorateReply(
    'show',
    async function show(this: FastifyReply, { page, title, view = {}, status }: ConsolePage) {
      const { visit, url } = this.request;
      const token = formToken(sessionKeys, visit.cookie);
      const frame = consoleFrame(translator, visit, { title, token, path: page === 'error' ? HOME : url });
      if (status) this.code(status);
      const html = await this.drawConsoleAsync(`console/${page}.hbs`, { ...view, ...frame });
      return this.headers(CONSOLE_HEADERS).type('text/html; charset=utf-8').send(html);
    },
  );

  // After the body was read, so that a form that comes while the database is away can be given back.
  scope.addHook('preValidation', async (request, reply) => {
    const carried = request.cookies[name] ?? '';
    const locale = request.cookies[LOCALE_COOKIE];
    request.visit = {
      cookie: COOKIE.test(carried) ? carried : '',
      network: deps.networkKeyOf(clientNetwork(request.ip)),
      browser: browserOf(request.headers['user-agent']),
      locale: isLocale(locale) ? locale : negotiateLocale(request.headers['accept-language']),
    };
    const byItself = request.method === 'GET' && request.headers['x-refresh'] !== undefined;
    if (request.visit.cookie)
      Object.assign(request.visit, await whoIs(organisers, request.visit.cookie, byItself));
    else if (request.method === 'GET') reply.carry(newToken());
  });
  scope.addHook('onRoute', (route) => guardRoute(route, deps));

  scope.setErrorHandler((error, request, reply) => answerError(error, request, reply, deps));
  registerLanguage(scope, deps, options);
  // Whatever is not there passes the same guards, so that nothing tells it from what somebody may not see.
  for (const method of ['GET', 'POST'] as const)
    scope.route({ method, url: '/*', handler: () => Promise.reject(new AppError('PAGE_NOT_FOUND')) });
}

async function whoIs(
  { sessions, accounts }: Organisers,
  token: string,
  byItself: boolean,
): Promise<Partial<Visit>> {
  const session = await sessions.find(token, byItself);
  if (!session) return {};
  try {
    const me = await accounts.getOrganiser(session.organiser);
    return { session, me, locale: me.locale };
  } catch (error) {
    if (isAppError(error, 'ORGANISER_NOT_FOUND')) return {};
    throw error;
  }
}

/** Whoever is signed in may know that something is not there; nobody else learns even that. */
const ELSEWHERE: Access = { to: ['owner', 'editor', 'moderator', 'analyst'], what: 'own' };

/** @throws when the table of access has no row for the route: it does not start */
function guardRoute(route: RouteOptions, deps: ConsoleDeps): void {
  const path = route.url.slice(HOME.length) || '/';
  const [method] = [route.method].flat();
  if (method === 'HEAD') return;
  const access = path === '/*' ? ELSEWHERE : ACCESS[`${method} ${path}`];
  if (!access) throw new Error(`${method} ${path} has no row in organisers/access.ts`);
  const isPost = method === 'POST';
  const guard = async (request: FastifyRequest, reply: FastifyReply) => {
    if (isPost) checkForm(request, deps);
    return letIn(request, reply, access, deps);
  };
  route.preHandler = [guard, ...[route.preHandler ?? []].flat()];
  if (isPost) route.config = { ...route.config, keepsForm: true };
}

/** @throws ORIGIN_REFUSED unless the form is one of ours, given to this browser */
function checkForm(request: FastifyRequest, { publicUrl, sessionKeys }: ConsoleDeps): void {
  requireOwnOrigin(request, publicUrl);
  const { _token = '' } = typedValues(request.body);
  const { cookie: carried } = request.visit;
  if (!carried || !isFormToken(sessionKeys, carried, _token)) throw new AppError('ORIGIN_REFUSED');
}

/** Answers in the place of the route where somebody may not see it. @throws PAGE_NOT_FOUND also for what their role has not */
async function letIn(
  request: FastifyRequest,
  reply: FastifyReply,
  access: Access,
  { organisers, gates }: ConsoleDeps,
) {
  const { session, me } = request.visit;
  const stage = session?.stage;
  if (access.to === 'anybody') return undefined;
  if (access.to === 'half' || access.to === 'joining')
    return stage === access.to ? undefined : reply.redirect(stage === 'full' ? HOME : `${HOME}/sign-in`, 303);
  if (!session || !me || stage !== 'full') return askWho(request, reply, gates);
  if (!access.to.includes(me.role)) throw new AppError('PAGE_NOT_FOUND');
  if (!access.again || organisers.sessions.isProved(session)) return undefined;
  if (request.method !== 'POST')
    return reply.redirect(`${HOME}/again?next=${encodeURIComponent(ownPath(request.url))}`, 303);
  return reply.show({ ...(await gates.again(request, keptFormOf(request.url, request.body))), status: 403 });
}

async function askWho(request: FastifyRequest, reply: FastifyReply, gates: ConsoleDeps['gates']) {
  const { session } = request.visit;
  if (request.method === 'POST') {
    const kept = keptFormOf(request.url, request.body);
    const page = session?.stage === 'half' ? gates.secondFactor(request, kept) : gates.signIn(request, kept);
    return reply.show({ ...(await page), status: 401 });
  }
  if (session?.stage === 'joining') return reply.redirect(`${HOME}/join`, 303);
  const next = encodeURIComponent(ownPath(request.url));
  return reply.redirect(`${HOME}/${session ? 'second-factor' : 'sign-in'}?next=${next}`, 303);
}

/** Codes after which the same form may be sent once more. */
const PASSING: readonly string[] = ['DATABASE_UNAVAILABLE', 'INTERNAL', 'RATE_LIMITED', 'ORIGIN_REFUSED'];

async function answerError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { translator, isUnavailable }: ConsoleDeps,
) {
  const error = toAppError(thrown, isUnavailable);
  if (error.status >= 500)
    request.log.error({ err: error.cause ?? error, code: error.code }, 'request.failed');
  // What could not be read was answered before there was a visit.
  request.visit ??= {
    cookie: '',
    network: '',
    browser: '',
    locale: negotiateLocale(request.headers['accept-language']),
  };
  const { locale } = request.visit;
  const retryAfter = retryAfterSeconds(error);
  if (retryAfter) reply.header('retry-after', String(retryAfter));
  // Only what may be sent again: one answer says the same as another that something is not there.
  const isPassing = request.method === 'POST' && PASSING.includes(error.code);
  const kept = isPassing ? keptFormOf(request.url, request.body) : undefined;
  const view = errorView(translator, error.code, error.status, locale);
  return reply.show({
    page: 'error',
    title: view.heading,
    status: error.status,
    view: { ...view, ...(kept && { kept: keptView({ ...kept, canRetry: true }) }) },
  });
}

function registerLanguage(
  scope: FastifyInstance,
  { organisers }: ConsoleDeps,
  options: { path: string; httpOnly: true; sameSite: 'lax'; secure: boolean },
): void {
  scope.post('/language', async (request, reply) => {
    const { locale, next } = typedValues(request.body);
    if (!isLocale(locale)) throw new AppError('INPUT_INVALID');
    await keepLanguage(organisers, request.visit, locale);
    return reply.setCookie(LOCALE_COOKIE, locale, options).redirect(ownPath(next), 303);
  });
}

async function keepLanguage({ accounts }: Organisers, { me }: Visit, locale: Locale): Promise<void> {
  if (me) await accounts.changeLanguage(me._id, locale);
}
