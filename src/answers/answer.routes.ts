import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Translator } from '../lib/i18n.ts';
import { isShowAgain, type TypedValues, typedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import { clientNetwork } from '../web/client-network.ts';
import { TOKEN, type TokenParams } from '../web/params.ts';
import type { RateLimiter } from '../web/rate-limit.ts';
import { KEEPS_FORM } from '../web/security.ts';
import { readAnswerForm } from './answer.schema.ts';
import type { AnswerViews, RefusedAnswer } from './answer.view.ts';
import type { OfficeAnswerService, OfficeVisit } from './office-answer.service.ts';

type Token = { Params: TokenParams };

/** The page behind an office's link. A GET shows, a POST acts (law 4), sent twice it acts once; kept nowhere (law 5). */
export function registerAnswerRoutes(
  app: FastifyInstance,
  deps: {
    officeAnswer: OfficeAnswerService;
    views: AnswerViews;
    translator: Translator;
    limiter: RateLimiter | undefined;
  },
): void {
  const { officeAnswer, views, translator, limiter } = deps;

  function send(
    request: FastifyRequest<Token>,
    reply: FastifyReply,
    answer: { page: string; titleKey: string; view: object; status: number; typed?: TypedValues },
  ) {
    const { page, titleKey, view, status, typed } = answer;
    const path = paths.answer(request.locale, request.params.token);
    const title = translator.t(request.locale, titleKey);
    const frame = { path, title, ...(typed && { typed: { action: path, values: typed } }) };
    return reply.code(status).page({ page, frame, view });
  }

  function show(
    request: FastifyRequest<Token>,
    reply: FastifyReply,
    visit: OfficeVisit,
    refused?: RefusedAnswer,
  ) {
    const view = views.answerPage(visit, request.params.token, request.locale, refused);
    const { status = 200, typed } = refused ?? {};
    const titleKey = status === 200 ? 'answer.title' : 'answer.faultyTitle';
    return send(request, reply, { page: 'answer', titleKey, view, status, ...(typed && { typed }) });
  }

  app.get<Token>('/answer/:token', TOKEN, async (request, reply) => {
    return show(request, reply, await officeAnswer.getVisit(request.params.token));
  });

  app.post<Token>('/answer/:token', { ...TOKEN, ...KEEPS_FORM }, async (request, reply) => {
    const { locale } = request;
    const { token } = request.params;
    const visit = await officeAnswer.getVisit(token);
    const typed = typedValues(request.body);
    const seconds = limiter?.take(clientNetwork(request.ip)) ?? 0;
    if (seconds > 0) {
      reply.header('retry-after', String(seconds));
      return show(request, reply, visit, { typed, errors: { form: 'tooMany' }, status: 429 });
    }
    const form = readAnswerForm(
      request.body,
      visit.demands.map(({ id }) => id),
    );
    if (!form.ok) return show(request, reply, visit, { typed, errors: form.errors, status: 422 });
    if (isShowAgain(request.body)) return show(request, reply, visit, { typed, errors: {}, status: 200 });
    await officeAnswer.answer(visit, form.value);
    const view = views.answerDone(visit, form.value, token, locale);
    return send(request, reply, { page: 'answer-done', titleKey: 'answer.done', view, status: 200 });
  });
}
