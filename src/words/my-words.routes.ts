import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readForm } from '../lib/form-faults.ts';
import type { Translator } from '../lib/i18n.ts';
import { isShowAgain, typedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import { WordsForm } from '../signatures/signature.schema.ts';
import type { Typed } from '../web/page-frame.ts';
import { readQuery, TOKEN, type TokenParams } from '../web/params.ts';
import { KEEPS_FORM, PRIVATE_HEADERS } from '../web/security.ts';
import { PreviewForm } from './my-words.schema.ts';
import type { MyWordsService, Ticked, WordsFault } from './my-words.service.ts';
import type { MyWordsViews } from './my-words.view.ts';

type Token = { Params: TokenParams };

/** One question in one's own words, and exactly what each office will receive; behind the manage link (law 5). */
export function registerMyWordsRoutes(
  app: FastifyInstance,
  deps: {
    myWords: MyWordsService;
    views: MyWordsViews;
    translator: Translator;
  },
): void {
  const { myWords, views, translator } = deps;

  function send(
    reply: FastifyReply,
    page: 'my-words' | 'my-words-preview',
    view: object,
    sent?: Typed & { isFaulty: boolean },
  ) {
    const title = translator.t(
      reply.request.locale,
      page === 'my-words' ? 'myWords.title' : 'myWords.preview',
    );
    const { isFaulty = false, ...typed } = sent ?? {};
    return reply.page({ page, isFaulty, frame: { title, ...(sent && { typed: typed as Typed }) }, view });
  }
  const see = (reply: FastifyReply, path: string) => reply.headers(PRIVATE_HEADERS).redirect(path, 303);

  async function showWords(
    request: FastifyRequest<Token>,
    reply: FastifyReply,
    refused?: { words: string; fault?: WordsFault | { code: string } | undefined },
  ) {
    const { token } = request.params;
    const { locale } = request;
    const isSaved = readQuery(request).saved && !refused;
    const mine = await myWords.getMyWords(token);
    const view = views.myWordsView(mine, token, locale, {
      isSaved,
      ...(refused && { refused }),
    });
    const isFaulty = refused?.fault !== undefined;
    const typed = { action: paths.myWords(locale, token), values: typedValues(request.body), isFaulty };
    return send(reply, 'my-words', view, refused && typed);
  }

  app.get<Token>('/my-words/:token', TOKEN, async (request, reply) => {
    return showWords(request, reply);
  });

  app.post<Token>('/my-words/:token', { ...TOKEN, ...KEEPS_FORM }, async (request, reply) => {
    const { locale } = request;
    const { token } = request.params;
    const typed = typedValues(request.body).words ?? '';
    const form = readForm(WordsForm, request.body);
    if (!form.ok) {
      const code = form.errors.words ?? 'unreadable';
      return showWords(request, reply, { words: typed, fault: { code } });
    }
    const { words, looked } = form.value;
    const mine = paths.myWords(locale, token);
    const isShown = isShowAgain(request.body);
    if (!isShown && form.value.do !== 'preview') {
      await myWords.saveDraft(token, words);
      return see(reply, `${mine}?saved`);
    }
    const { person } = await myWords.getMyWords(token);
    const fault = myWords.faultOf({ ...person, words: words ?? '' }, looked);
    if (fault || isShown) return showWords(request, reply, { words: typed, fault });
    await myWords.saveDraft(token, words);
    return see(reply, `${mine}/preview`);
  });

  async function showPreview(
    request: FastifyRequest<Token>,
    reply: FastifyReply,
    refused?: { ticked: Ticked; fault?: WordsFault | { code: 'unreadable' } | undefined },
  ) {
    const { locale } = request;
    const { token } = request.params;
    const mine = await myWords.getMyWords(token);
    if (!mine.person.words) return see(reply, paths.myWords(locale, token));
    // What is found is said before the button, not only after it.
    const fault =
      refused?.fault ?? (mine.signature.wordsState ? undefined : myWords.faultOf(mine.person, false));
    const view = views.previewView(mine, token, locale, { ...refused, ...(fault && { fault }) });
    const isFaulty = refused?.fault !== undefined;
    const typed = { action: view.action, values: typedValues(request.body), isFaulty };
    return send(reply, 'my-words-preview', view, refused && typed);
  }

  app.get<Token>('/my-words/:token/preview', TOKEN, async (request, reply) => showPreview(request, reply));

  app.post<Token>('/my-words/:token/preview', { ...TOKEN, ...KEEPS_FORM }, async (request, reply) => {
    const { locale } = request;
    const { token } = request.params;
    const { ticked } = PreviewForm.parse(typedValues(request.body));
    if (isShowAgain(request.body)) return showPreview(request, reply, { ticked });
    const form = readForm(PreviewForm, request.body);
    if (!form.ok) return showPreview(request, reply, { ticked, fault: { code: 'unreadable' } });
    if (form.value.isBack) await myWords.takeBack(token);
    else {
      const fault = await myWords.share(token, form.value);
      if (fault) return showPreview(request, reply, { ticked, fault });
    }
    return see(reply, `${paths.myWords(locale, token)}?saved`);
  });
}
