import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CampaignService } from '../campaign/campaign.service.ts';
import type { Infra } from '../infra.ts';
import { isAppError } from '../lib/errors.ts';
import { type FormResult, readForm } from '../lib/form-faults.ts';
import type { Locale } from '../lib/locales.ts';
import { hasFields, isShowAgain, typedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import type { Typed } from '../web/page-frame.ts';
import { readQuery, TOKEN, type TokenParams } from '../web/params.ts';
import { KEEPS_FORM, PRIVATE_HEADERS } from '../web/security.ts';
import { ONE_CLICK } from '../web/site.plugin.ts';
import type { AlsoService } from './also.service.ts';
import type { ConfirmService } from './confirm.service.ts';
import type { ManageService } from './manage.service.ts';
import type { OptOutService } from './opt-out.service.ts';
import { shownDetails } from './shown-details.ts';
import { DetailsForm } from './signature.schema.ts';
import { parseSignatureId } from './signature.ts';
import type { AskView, Refused, SignatureViews, ToldView } from './signature.view.ts';
import type { DrawThanks } from './thanks.page.ts';

type Token = { Params: TokenParams };

/** How the button below the fields of the confirm page is told from the one above them. */
const CORRECTED = 'corrected';

/** Pages behind sealed links. A GET shows, a POST acts (law 4); none of them is kept anywhere (law 5). */
export function registerSignatureRoutes(
  app: FastifyInstance,
  deps: Pick<Infra, 'translator'> &
    Pick<CampaignService, 'getZone'> & {
      confirm: ConfirmService;
      manage: ManageService;
      optOut: OptOutService;
      also: Pick<AlsoService, 'listOthers'>;
      views: SignatureViews;
      drawThanks: DrawThanks;
    },
): void {
  const { confirm, manage, optOut, also, views, translator, drawThanks } = deps;

  function send(
    reply: FastifyReply,
    page: string,
    titleKey: string,
    view: object,
    more: { path?: string; typed?: Typed; isFaulty?: boolean } = {},
  ) {
    const { isFaulty = false, ...frame } = more;
    const title = translator.t(reply.request.locale, titleKey);
    return reply.page({ page, isFaulty, frame: { title, ...frame }, view });
  }
  const ask = (reply: FastifyReply, titleKey: string, view: AskView) => send(reply, 'ask', titleKey, view);
  // What was done cannot be asked for again: in the other language its link has ended, or asks anew.
  const told = (reply: FastifyReply, titleKey: string, view: ToldView) =>
    send(reply, 'told', titleKey, view, { path: paths.home(reply.request.locale) });
  const see = (reply: FastifyReply, path: string) => reply.headers(PRIVATE_HEADERS).redirect(path, 303);

  async function showConfirm(request: FastifyRequest<Token>, reply: FastifyReply, refused?: Refused) {
    const { token } = request.params;
    const shown = await confirm.getConfirmable(token);
    const { locale } = request;
    const view = views.confirmView(shown, token, locale, refused);
    const more = refused && again(refused, paths.confirm(locale, token));
    return send(reply, 'confirm', 'confirm.title', view, more);
  }

  app.get<Token>('/confirm/:token', TOKEN, async (request, reply) => {
    return showConfirm(request, reply);
  });

  app.post<Token>('/confirm/:token', { ...TOKEN, ...KEEPS_FORM }, async (request, reply) => {
    const { locale } = request;
    // A form that lacks a field is not the button alone: an older text must not be signed in its place.
    const form = hasFields(request.body) ? readForm(DetailsForm, request.body) : undefined;
    const back = form && (toShowAgain(form, request.body) ?? unlikeShown(form, request.body));
    if (back) return showConfirm(request, reply, back);
    try {
      const { signedToken, manageToken } = await confirm.confirmSignature(
        request.params.token,
        form?.ok ? form.value : undefined,
        // A POST without fields comes from no page, and chooses nothing.
        form && locale,
      );
      const wordsPath = manageToken && paths.myWords(locale, manageToken);
      const drawn = await drawThanks(locale, signedToken, wordsPath ? { wordsPath } : {});
      return reply.header('content-location', drawn.frame.path).page(drawn);
    } catch (error) {
      if (!isAppError(error, 'INPUT_INVALID')) throw error;
      return showConfirm(request, reply, { values: {}, errors: { name: 'required', country: 'required' } });
    }
  });

  async function showMine(request: FastifyRequest<Token>, reply: FastifyReply, refused?: Refused) {
    const { token } = request.params;
    const managed = await manage.getManaged(token);
    const isSaved = readQuery(request).saved && !refused;
    const { emailKey } = parseSignatureId(managed.signature._id);
    const view = views.mySignatureView(managed, token, request.locale, {
      isSaved,
      others: await also.listOthers(emailKey, managed.petition._id),
      zone: await deps.getZone(),
      ...(refused && { refused }),
    });
    const more = refused && again(refused, paths.mySignature(request.locale, token));
    return send(reply, 'my-signature', 'mine.title', view, more);
  }

  app.get<Token>('/my-signature/:token', TOKEN, async (request, reply) => {
    return showMine(request, reply);
  });

  app.post<Token>('/my-signature/:token', { ...TOKEN, ...KEEPS_FORM }, async (request, reply) => {
    const { locale } = request;
    const form = readForm(DetailsForm, request.body);
    const back = toShowAgain(form, request.body);
    if (back || !form.ok) return showMine(request, reply, back);
    await manage.changeDetails(request.params.token, form.value, locale);
    return see(reply, `${paths.mySignature(locale, request.params.token)}?saved`);
  });

  app.get<Token>('/my-signature/:token/download', TOKEN, async (request, reply) => {
    const own = await manage.exportOwn(request.params.token);
    reply.headers(PRIVATE_HEADERS).header('content-disposition', 'attachment; filename="my-signature.json"');
    return reply.type('application/json; charset=utf-8').send(`${JSON.stringify(own, null, 2)}\n`);
  });

  app.get<Token>('/my-signature/:token/withdraw', TOKEN, async (request, reply) => {
    const { locale } = request;
    const { petition } = await manage.getManaged(request.params.token);
    const mine = paths.mySignature(locale, request.params.token);
    return ask(
      reply,
      'withdraw.title',
      views.askView('withdraw', petition, `${mine}/withdraw`, locale, mine),
    );
  });

  app.post<Token>('/my-signature/:token/withdraw', TOKEN, async (request, reply) => {
    const { locale } = request;
    await manage.withdraw(request.params.token);
    return told(reply, 'withdrawn.title', views.toldView('withdrawn', locale));
  });

  app.get<Token>('/not-me/:token', TOKEN, async (request, reply) => {
    const { locale } = request;
    const { petition, isDone } = await optOut.getNotMe(request.params.token);
    const path = paths.notMe(locale, request.params.token);
    const [name, action] = isDone ? (['itWasMe', `${path}/undo`] as const) : (['notMe', path] as const);
    const view = views.askView(name, petition, action, locale, paths.home(locale));
    return ask(reply, `${name}.title`, view);
  });

  // The page before its button is the one above: which of the two is asked there depends on what was said last.
  app.get<Token>('/not-me/:token/undo', TOKEN, async (request, reply) =>
    see(reply, paths.notMe(request.locale, request.params.token)),
  );

  app.post<Token>('/not-me/:token/undo', TOKEN, async (request, reply) => {
    const { locale } = request;
    const petition = await optOut.takeBackNotMe(request.params.token);
    return told(reply, 'itWasMe.done', views.toldView('itWasMe.done', locale, petition));
  });

  app.post<Token>('/not-me/:token', TOKEN, async (request, reply) => {
    const { locale } = request;
    await optOut.notMe(request.params.token);
    return told(reply, 'notMe.done', views.toldView('notMe.done', locale));
  });

  registerUnsubscribe(app, { optOut, ask, told, views });
}

/** Also what RFC 8058 asks for: a POST by the mail provider itself, in either form encoding and from no page at all. */
function registerUnsubscribe(
  app: FastifyInstance,
  deps: Pick<Parameters<typeof registerSignatureRoutes>[1], 'optOut' | 'views'> & {
    ask(reply: FastifyReply, titleKey: string, view: AskView): Promise<FastifyReply>;
    told(reply: FastifyReply, titleKey: string, view: ToldView): Promise<FastifyReply>;
  },
): void {
  const { optOut, views, ask, told } = deps;
  app.register(async (scope) => {
    scope.addContentTypeParser('multipart/form-data', (_request, payload, done) => {
      payload.resume();
      done(null, {});
    });

    scope.get<Token>('/unsubscribe/:token', TOKEN, async (request, reply) => {
      const locale: Locale = request.locale;
      const { petition } = await optOut.getUnsubscribe(request.params.token);
      const action = paths.unsubscribe(locale, request.params.token);
      return ask(reply, 'unsubscribe.title', views.askView('unsubscribe', petition, action, locale));
    });

    scope.post<Token>('/unsubscribe/:token', { ...TOKEN, ...ONE_CLICK }, async (request, reply) => {
      const { locale } = request;
      await optOut.unsubscribe(request.params.token);
      return told(reply, 'unsubscribe.done', views.toldView('unsubscribe.done', locale));
    });
  });
}

/** What comes back: a form with faults, or one whose sender asked for it in the other language. */
function toShowAgain(form: FormResult<DetailsForm>, body: unknown): Refused | undefined {
  if (form.ok && !isShowAgain(body)) return undefined;
  const values = typedValues(body);
  return form.ok ? { values, errors: {}, form: form.value } : { values, errors: form.errors };
}

/**
 * The button above the fields signs what stands beside it. Where the fields say something else, which nobody may have
 * seen, all of it is shown once more; the button below the fields signs what they say.
 */
function unlikeShown(form: FormResult<DetailsForm>, body: unknown): Refused | undefined {
  const values = typedValues(body);
  if (!form.ok || values.do === CORRECTED || values.shown === undefined) return undefined;
  if (values.shown === shownDetails(form.value)) return undefined;
  return { values, errors: {}, form: form.value, isUnlikeShown: true };
}

function again({ values, errors }: Refused, action: string) {
  return { isFaulty: Object.keys(errors).length > 0, typed: { action, values } };
}
