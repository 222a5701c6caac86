import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Translator } from '../lib/i18n.ts';
import { isShowAgain, repeatedFields, type TypedValues, typedValues } from '../lib/typed.ts';
import { paths } from '../lib/urls.ts';
import { readForm, WordsForm } from '../signatures/signature.schema.ts';
import type { Typed } from '../web/page-frame.ts';
import type { Pages } from '../web/pages.ts';
import { checkOrigin, KEEPS_FORM, localeOf, PRIVATE_HEADERS, TYPED_HEADERS } from '../web/security.ts';
import type { MyWordsService, Ticked, WordsFault } from './my-words.service.ts';
import type { MyWordsViews } from './my-words.view.ts';

type Token = { Params: { locale: string; token: string } };

/** One question in one's own words, and exactly what each office will receive; behind the manage link (law 5). */
export function registerMyWordsRoutes(
  app: FastifyInstance,
  deps: {
    myWords: MyWordsService;
    views: MyWordsViews;
    pages: Pages;
    translator: Translator;
    publicUrl: string;
  },
): void {
  const { myWords, views, pages, translator, publicUrl } = deps;

  async function send(
    request: FastifyRequest,
    reply: FastifyReply,
    page: 'my-words' | 'my-words-preview',
    view: object,
    typed?: Typed & { isFaulty: boolean },
  ) {
    const locale = localeOf(request);
    const title = translator.t(locale, page === 'my-words' ? 'myWords.title' : 'myWords.preview');
    const html = await pages.renderPage(
      page,
      {
        locale,
        path: request.url,
        title: typed?.isFaulty ? translator.t(locale, 'form.faultyTitle', { title }) : title,
        isPrivate: true,
        ...(typed && { typed }),
      },
      view,
    );
    return reply
      .code(typed?.isFaulty ? 422 : 200)
      .headers(typed ? TYPED_HEADERS : PRIVATE_HEADERS)
      .type('text/html; charset=utf-8')
      .send(html);
  }
  const see = (reply: FastifyReply, path: string) => reply.headers(PRIVATE_HEADERS).redirect(path, 303);

  async function showWords(
    request: FastifyRequest<Token>,
    reply: FastifyReply,
    refused?: { words: string; fault?: WordsFault | { code: string } | undefined },
  ) {
    const { token } = request.params;
    const locale = localeOf(request);
    const isSaved = 'saved' in (request.query as object) && !refused;
    const mine = await myWords.getMyWords(token);
    const view = views.myWordsView(mine, token, locale, {
      isSaved,
      ...(refused && { refused }),
    });
    const isFaulty = refused?.fault !== undefined;
    const typed = { action: paths.myWords(locale, token), values: typedValues(request.body), isFaulty };
    return send(request, reply, 'my-words', view, refused && typed);
  }

  app.get<Token>('/:locale/my-words/:token', async (request, reply) => {
    localeOf(request);
    return showWords(request, reply);
  });

  app.post<Token>('/:locale/my-words/:token', KEEPS_FORM, async (request, reply) => {
    const locale = localeOf(request);
    checkOrigin(request, publicUrl);
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
    const locale = localeOf(request);
    const { token } = request.params;
    const mine = await myWords.getMyWords(token);
    if (!mine.person.words) return see(reply, paths.myWords(locale, token));
    // What is found is said before the button, not only after it.
    const fault =
      refused?.fault ?? (mine.signature.wordsState ? undefined : myWords.faultOf(mine.person, false));
    const view = views.previewView(mine, token, locale, { ...refused, ...(fault && { fault }) });
    const isFaulty = refused?.fault !== undefined;
    const typed = { action: view.action, values: typedValues(request.body), isFaulty };
    return send(request, reply, 'my-words-preview', view, refused && typed);
  }

  app.get<Token>('/:locale/my-words/:token/preview', async (request, reply) => showPreview(request, reply));

  app.post<Token>('/:locale/my-words/:token/preview', KEEPS_FORM, async (request, reply) => {
    const locale = localeOf(request);
    checkOrigin(request, publicUrl);
    const { token } = request.params;
    const fields = typedValues(request.body);
    const ticked = { name: tickedIn(fields, 'name-'), reply: tickedIn(fields, 'reply-') };
    if (isShowAgain(request.body)) return showPreview(request, reply, { ticked });
    if (repeatedFields(request.body).length > 0)
      return showPreview(request, reply, { ticked, fault: { code: 'unreadable' } });
    if (fields.do === 'back') await myWords.takeBack(token);
    else {
      const given = { shown: fields.shown ?? '', hasLooked: fields.looked === 'on', ticked };
      const fault = await myWords.share(token, given);
      if (fault) return showPreview(request, reply, { ticked, fault });
    }
    return see(reply, `${paths.myWords(locale, token)}?saved`);
  });
}

function tickedIn(fields: TypedValues, prefix: string): Set<string> {
  return new Set(
    Object.entries(fields).flatMap(([name, value]) =>
      name.startsWith(prefix) && value === 'on' ? [name.slice(prefix.length)] : [],
    ),
  );
}
