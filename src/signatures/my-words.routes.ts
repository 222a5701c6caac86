import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Translator } from '../lib/i18n.ts';
import { paths } from '../lib/urls.ts';
import type { Pages } from '../web/pages.ts';
import { checkOrigin, localeOf, PRIVATE_HEADERS } from '../web/security.ts';
import type { MyWordsService, Ticked, WordsFault } from './my-words.service.ts';
import type { MyWordsViews } from './my-words.view.ts';
import { readForm, WordsForm } from './signature.schema.ts';

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
    isRefused: boolean,
  ) {
    const locale = localeOf(request);
    const title = translator.t(locale, page === 'my-words' ? 'myWords.title' : 'myWords.preview');
    const html = await pages.renderPage(
      page,
      {
        locale,
        path: request.url,
        title: isRefused ? translator.t(locale, 'form.faultyTitle', { title }) : title,
        isPrivate: true,
      },
      view,
    );
    return reply
      .code(isRefused ? 422 : 200)
      .headers(PRIVATE_HEADERS)
      .type('text/html; charset=utf-8')
      .send(html);
  }
  const see = (reply: FastifyReply, path: string) => reply.headers(PRIVATE_HEADERS).redirect(path, 303);

  async function showWords(
    request: FastifyRequest<Token>,
    reply: FastifyReply,
    refused?: { words: string; fault: WordsFault | { code: string } },
  ) {
    const { token } = request.params;
    const isSaved = 'saved' in (request.query as object) && !refused;
    const mine = await myWords.getMyWords(token);
    const view = views.myWordsView(mine, token, localeOf(request), {
      isSaved,
      ...(refused && { refused }),
    });
    return send(request, reply, 'my-words', view, refused !== undefined);
  }

  app.get<Token>('/:locale/my-words/:token', async (request, reply) => {
    localeOf(request);
    return showWords(request, reply);
  });

  app.post<Token>('/:locale/my-words/:token', async (request, reply) => {
    const locale = localeOf(request);
    checkOrigin(request, publicUrl);
    const { token } = request.params;
    const fields = fieldsOf(request.body);
    const typed = fields.words ?? '';
    const form = readForm(WordsForm, { words: typed });
    if (!form.ok)
      return showWords(request, reply, { words: typed, fault: { code: form.errors.words ?? '' } });
    const { words } = form.value;
    const mine = paths.myWords(locale, token);
    if (fields.do !== 'preview') {
      await myWords.saveDraft(token, words);
      return see(reply, `${mine}?saved`);
    }
    const { person } = await myWords.getMyWords(token);
    const fault = myWords.faultOf({ ...person, words: words ?? '' }, fields.looked === 'on');
    if (fault) return showWords(request, reply, { words: typed, fault });
    await myWords.saveDraft(token, words);
    return see(reply, `${mine}/preview`);
  });

  async function showPreview(
    request: FastifyRequest<Token>,
    reply: FastifyReply,
    refused?: { ticked: Ticked; fault: WordsFault },
  ) {
    const locale = localeOf(request);
    const { token } = request.params;
    const mine = await myWords.getMyWords(token);
    if (!mine.person.words) return see(reply, paths.myWords(locale, token));
    // What is found is said before the button, not only after it.
    const fault =
      refused?.fault ?? (mine.signature.wordsState ? undefined : myWords.faultOf(mine.person, false));
    const view = views.previewView(mine, token, locale, { ...refused, ...(fault && { fault }) });
    return send(request, reply, 'my-words-preview', view, refused !== undefined);
  }

  app.get<Token>('/:locale/my-words/:token/preview', async (request, reply) => showPreview(request, reply));

  app.post<Token>('/:locale/my-words/:token/preview', async (request, reply) => {
    const locale = localeOf(request);
    checkOrigin(request, publicUrl);
    const { token } = request.params;
    const fields = fieldsOf(request.body);
    if (fields.do === 'back') await myWords.takeBack(token);
    else {
      const ticked = { name: tickedIn(fields, 'name-'), reply: tickedIn(fields, 'reply-') };
      const given = { shown: fields.shown ?? '', hasLooked: fields.looked === 'on', ticked };
      const fault = await myWords.share(token, given);
      if (fault) return showPreview(request, reply, { ticked, fault });
    }
    return see(reply, `${paths.myWords(locale, token)}?saved`);
  });
}

function fieldsOf(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

function tickedIn(fields: Record<string, string>, prefix: string): Set<string> {
  return new Set(
    Object.entries(fields).flatMap(([name, value]) =>
      name.startsWith(prefix) && value === 'on' ? [name.slice(prefix.length)] : [],
    ),
  );
}
