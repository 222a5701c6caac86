import type { Socket } from 'node:net';
import { parse as parseForm } from 'node:querystring';
import formbody from '@fastify/formbody';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { registerAnswerRoutes } from './answers/answer.routes.ts';
import { createAnswerViews } from './answers/answer.view.ts';
import { registerByHandRoutes, SAID_RULE } from './by-hand/by-hand.routes.ts';
import { createByHandViews } from './by-hand/by-hand.view.ts';
import { whoOf } from './campaign/campaign.ts';
import { registerNoticeRoutes } from './campaign/notice.routes.ts';
import type { Services } from './composition.ts';
import type { Config } from './config.ts';
import { consolePages } from './console.ts';
import { isUnavailable } from './database/errors.ts';
import { SECOND } from './lib/clock.ts';
import { AppError } from './lib/errors.ts';
import { sizeOfFields } from './lib/typed.ts';
import { mailWebhook } from './mail/incoming/incoming.routes.ts';
import { mailboxPages } from './mail/mailbox.routes.ts';
import { registerCheckMessageRoutes, registerRecordRoutes } from './offices-page/offices-page.routes.ts';
import { createRecordViews } from './offices-page/offices-page.view.ts';
import { registerPackRoutes } from './packs/pack.routes.ts';
import { registerCorrectionRoutes } from './petitions/correction.routes.ts';
import { registerDraftLinkRoutes } from './petitions/draft-link.routes.ts';
import { petitionApi } from './petitions/petition.api.ts';
import { createPetitionPage } from './petitions/petition.page.ts';
import { registerPetitionRoutes } from './petitions/petition.routes.ts';
import { registerCheckEmailRoutes } from './signatures/check-email.routes.ts';
import { createFormView } from './signatures/form.view.ts';
import { registerLostLinkRoutes } from './signatures/lost-link.routes.ts';
import { registerSignRoutes } from './signatures/sign.routes.ts';
import { registerSignatureRoutes } from './signatures/signature.routes.ts';
import { parseSignatureId } from './signatures/signature.ts';
import { createSignatureViews } from './signatures/signature.view.ts';
import { registerSignedRoutes } from './signatures/signed.routes.ts';
import { createSignedViews } from './signatures/signed.view.ts';
import { createThanksPage } from './signatures/thanks.page.ts';
import { registerUpdateRoutes } from './updates/update.routes.ts';
import { timelineView } from './updates/update.view.ts';
import { registerAllowedMethods } from './web/allowed-methods.ts';
import { registerAssets } from './web/assets.ts';
import { registerDeadline } from './web/deadline.ts';
import { registerDrain } from './web/drain.ts';
import { errorView, keptView } from './web/error.view.ts';
import { type ErrorAnswer, localeOfUrl, registerErrors, toAppError } from './web/errors.ts';
import { registerForwarded } from './web/forwarded.ts';
import { registerHealthRoutes } from './web/health.routes.ts';
import { readableUrl } from './web/mangled-url.ts';
import { createPageCache } from './web/page-cache.ts';
import { createPages } from './web/pages.ts';
import { ANSWER_RULE, createRateLimiter, registerReadLimit, SIGN_RULE } from './web/rate-limit.ts';
import { registerRequestLog } from './web/request-log.ts';
import { PRIVATE_HEADERS, registerSecurityHeaders, securityHeaders } from './web/security.ts';
import { openSite } from './web/site.plugin.ts';
import { registerRootRoutes } from './web/site.routes.ts';
import { createUnreadable } from './web/unreadable.ts';
import { registerPageViews } from './web/views.ts';
import { registerMyWordsRoutes } from './words/my-words.routes.ts';
import { createMyWordsViews } from './words/my-words.view.ts';

/** No form here is longer. */
const BODY_LIMIT_BYTES = 64 * 1024;
/** As much is read, so that a form that is too long can be given back. */
const READ_LIMIT_BYTES = 4 * BODY_LIMIT_BYTES;

/** The application: what every page needs, in order, then the areas. Listens to nothing by itself. */
export async function createApp(options: Parts & { log: FastifyBaseLogger }): Promise<FastifyInstance> {
  const { config, services, log } = options;
  const { clock, translator, campaign, stores, tallies } = services;
  const petitions = shownPetitions(services);
  const { publicUrl } = config;
  const now = () => clock.now();
  const app = Fastify({
    loggerInstance: log,
    // Request logs would hold the sealed links; see registerRequestLog.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: config.trustedProxies.length > 0 ? config.trustedProxies : false,
    requestTimeout: 30 * SECOND,
    return503OnClosing: false,
    rewriteUrl: ({ url = '/' }) => readableUrl(url),
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => {
      void sendError(toAppError(error, isUnavailable), request as never, reply as never);
    },
    clientErrorHandler: (error, socket) => void answerUnreadable(error, socket as Socket),
  });

  await registerPageViews(app, services.templates);
  const { view } = app;
  const pagesBy = (getCampaign: typeof campaign.getCampaign) =>
    createPages({
      view,
      translator,
      publicUrl,
      getWho: async (locale) => whoOf(await getCampaign(), translator, locale),
    });
  const pages = pagesBy(campaign.getCampaign);
  // A page that says what went wrong, and keeps what was typed, must not need what has gone wrong.
  const atStart = await stores.campaign.findCampaign();
  const errorPages = pagesBy(() => campaign.getCampaign().catch(() => atStart));
  const commonHeaders = securityHeaders({
    isHttps: publicUrl.startsWith('https:'),
    styles: ['site.css', 'petition.css'].map(services.assets.assetText),
  });
  registerSecurityHeaders(app, commonHeaders);
  const renderErrorPage = ({ error, locale, path, kept }: ErrorAnswer) => {
    const view = errorView(translator, error.code, error.status, locale, error.details.petitionId, path);
    const typed = kept?.canRetry && Object.keys(kept.values).length > 0 ? { typed: kept } : {};
    const frame = { locale, path, title: view.heading, isPrivate: true, ...typed };
    return errorPages.renderPage('error', frame, { ...view, ...(kept && { kept: keptView(kept) }) });
  };
  // Now, so that it needs no file later: files may be what cannot be opened then.
  await renderErrorPage({ error: new AppError('INTERNAL'), locale: 'en', path: '/en' });
  const allowedMethods = registerAllowedMethods(app);
  const { sendError, answerNotFound } = registerErrors(app, {
    isUnavailable,
    renderErrorPage,
    commonHeaders,
    allowedMethods,
    // A memory that could not be filled leaves the answer as it is.
    findElsewhere: (url) => services.shortAddresses.resolve(url).catch(() => undefined),
  });
  const answerUnreadable = createUnreadable({
    render: renderErrorPage,
    headers: { ...commonHeaders, ...PRIVATE_HEADERS },
  });
  if (config.trustedProxies.length > 0) registerForwarded(app);
  registerDrain(app);
  registerDeadline(app);
  if (log.level === 'debug') registerRequestLog(app);
  if (config.hasRateLimits) registerReadLimit(app, clock);
  // Forms only: Fastify would take JSON and plain text too.
  app.removeAllContentTypeParsers();
  // The plugin's own parser leaves what is no UTF-8 as it came; Node's marks it, and the schemas refuse the mark.
  await app.register(formbody, { bodyLimit: READ_LIMIT_BYTES, parser: (text) => parseForm(text) });
  app.addHook('preHandler', (request, _reply, done) => {
    done(sizeOfFields(request.body) > BODY_LIMIT_BYTES ? new AppError('BODY_TOO_LARGE') : undefined);
  });

  const cache = createPageCache({ clock, pages, commonHeaders });
  registerHealthRoutes(app, { checkReady: services.checkReady });
  registerAssets(app, services.assets);
  registerRootRoutes(app, { publicUrl });
  await app.register(
    async (site) => {
      openSite(site, { pages, cache, translator, publicUrl });
      registerPetitionPages(site, { config, services });
      registerSealedPages(site, { config, services });
      registerOfficePages(site, services);
    },
    { prefix: '/:locale' },
  );
  await app.register(petitionApi, {
    prefix: '/api',
    ...petitions,
    tallies,
    cache,
    publicUrl,
    now,
    answerNotFound,
  });
  await app.register(mailWebhook, {
    prefix: '/webhooks',
    ...stores.incoming,
    receive: services.incoming.receive,
    secret: config.mailWebhookSecret,
    clock,
  });
  const petitionPage = petitionPageOf(services);
  await app.register(consolePages, {
    prefix: '/organise',
    config,
    services,
    async previewPage(petition, locale) {
      const { page, frame, view } = await petitionPage.draw(petition, locale);
      return pages.renderPage(page, { ...frame, isPrivate: true }, view);
    },
  });
  if (!config.isPublic && !config.smtpUrl) {
    const sitePolicy = commonHeaders['content-security-policy'] ?? '';
    await app.register(mailboxPages, { prefix: '/mailbox', ...mailboxViews(services, pages), sitePolicy });
  }
  return app;
}

type Parts = { config: Config; services: Services };

/** For pages that everybody may read: no draft, and nothing that was taken down. */
function shownPetitions({ petitions }: Services) {
  return { ...petitions, getPetition: petitions.getShownPetition };
}

function petitionPageOf(services: Services) {
  const { offices, campaign, tallies, translator } = services;
  const { getTally } = tallies;
  const formView = createFormView(translator);
  const { listPublished } = services.petitionUpdates;
  return createPetitionPage({
    ...services,
    ...offices,
    ...campaign,
    formView,
    getTally,
    drawNews: async (id, reader) => timelineView(await listPublished(id), id, reader),
  });
}

/** What everybody may read, and the form. */
function registerPetitionPages(site: FastifyInstance, { config, services }: Parts): void {
  const { clock, translator, campaign, offices, tallies, getCatalog, packs } = services;
  const petitions = shownPetitions(services);
  const { getPetition } = petitions;
  const page = petitionPageOf(services);
  const { getZone } = campaign;
  const { noteSeen } = services.tracking;
  registerPetitionRoutes(site, { petitions, tallies, page, translator, clock, getZone, noteSeen });
  const { listPublished } = services.petitionUpdates;
  registerUpdateRoutes(site, { getPetition, listPublished, getZone, translator });
  registerNoticeRoutes(site, { translator, getCampaign: campaign.getCampaign });
  registerCorrectionRoutes(site, { translator, getCatalog });
  registerPackRoutes(site, { packs, getPetition, translator, clock });
  registerDraftLinkRoutes(site, { draftLinks: services.draftLinks, page });
  registerCheckEmailRoutes(site, { getPetition, translator });
  registerSignRoutes(site, {
    getPetition,
    intake: services.intake,
    drawPetition: page.draw,
    limiter: config.hasRateLimits ? createRateLimiter({ rule: SIGN_RULE, clock }) : undefined,
    isUnavailable,
  });
  registerLostLinkRoutes(site, {
    getPetition,
    lostLink: services.lostLink,
    limiter: config.hasRateLimits ? createRateLimiter({ rule: SIGN_RULE, clock }) : undefined,
    translator,
    clock,
  });
  registerByHandRoutes(site, {
    ...petitions,
    ...offices,
    getViews: async () =>
      createByHandViews({ ...services, publicUrl: config.publicUrl, catalog: await getCatalog() }),
    translator,
    limiter: config.hasRateLimits ? createRateLimiter({ rule: SAID_RULE, clock }) : undefined,
    clock,
  });
}

/** Pages behind sealed links: a signer's, and an office's. */
function registerSealedPages(site: FastifyInstance, { config, services }: Parts): void {
  const { clock, translator, campaign, tallies } = services;
  const drawThanks = createThanksPage({
    ...services,
    getTotal: tallies.getTotal,
    views: createSignedViews({ translator, publicUrl: config.publicUrl }),
  });
  registerSignatureRoutes(site, {
    ...services,
    drawThanks,
    getZone: campaign.getZone,
    views: createSignatureViews({
      translator,
      formView: createFormView(translator),
      notMeToken: ({ number }, { _id, linkVersion }) => {
        const { emailKey } = parseSignatureId(_id);
        return services.links.mint('notMe', { petitionNumber: number, emailKey, linkVersion });
      },
    }),
  });
  registerSignedRoutes(site, {
    ...services,
    drawThanks,
    limiter: config.hasRateLimits ? createRateLimiter({ rule: SIGN_RULE, clock }) : undefined,
  });
  registerMyWordsRoutes(site, { ...services, views: createMyWordsViews(services) });
  registerAnswerRoutes(site, {
    officeAnswer: services.officeAnswer,
    views: createAnswerViews({ translator }),
    translator,
    limiter: config.hasRateLimits ? createRateLimiter({ rule: ANSWER_RULE, clock }) : undefined,
  });
}

/** What everybody may see of the offices. */
function registerOfficePages(site: FastifyInstance, services: Services): void {
  const { offices, campaign, record } = services;
  const petitions = shownPetitions(services);
  const { listKnownOffices } = offices;
  registerRecordRoutes(site, {
    ...services,
    petitions,
    listKnownOffices,
    views: createRecordViews(services),
  });
  registerCheckMessageRoutes(site, {
    ...services,
    ...record,
    ...petitions,
    ...campaign,
    listKnownOffices,
  });
}

function mailboxViews({ mailbox, translator }: Services, pages: ReturnType<typeof createPages>) {
  const render = (page: string) => (view: object, request: Parameters<typeof localeOfUrl>[0]) => {
    const locale = localeOfUrl(request);
    const title = translator.t(locale, 'mailbox.title');
    return pages.renderPage(page, { locale, path: request.url, title, isPrivate: true }, view);
  };
  return { mailbox, renderList: render('mailbox'), renderMessage: render('mailbox-message') };
}
