import { inline } from '@css-inline/css-inline';
import fastifyView from '@fastify/view';
import type { FastifyInstance } from 'fastify';
import type { MessageValues } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { wrapText } from '../lib/text/wrap-text.ts';
import { type Templates, viewOptions } from './views.ts';

type Render = FastifyInstance['view'];
export type Mail = { subject: string; html: string; text: string };

/**
 * Renders mails, in processes with and without a web server: by @fastify/view in instances that answer no request,
 * opened for the first mail, since most commands compose none. The text part is not HTML: an instance of its own
 * escapes nothing.
 */
export function createMailViews(templates: Templates) {
  const { translator } = templates;
  let opened: Promise<{ html: Render; text: Render }> | undefined;

  function open() {
    opened ??= openRenderers(templates).catch((error) => {
      opened = undefined;
      throw error;
    });
    return opened;
  }

  /** Both parts of a mail. */
  async function renderMail(
    name: string,
    locale: Locale,
    view: object,
    layout: 'mail' | 'letter' = 'mail',
  ): Promise<Mail> {
    const subject = translator.t(locale, `mail.${name}.subject`, view as MessageValues);
    const whole = { ...view, locale, subject };
    const render = await open();
    const html = await render.html(`emails/${name}.html.hbs`, whole, { layout: `layouts/${layout}.hbs` });
    const text = await render.text(`emails/${name}.text.hbs`, whole);
    const plain = text.replace(/\n{3,}/g, '\n\n').trim();
    return {
      subject,
      html: inline(html, { loadRemoteStylesheets: false, keepStyleTags: false }),
      // A letter is wrapped by its own room, which first has to find the headings.
      text: `${layout === 'mail' ? wrapText(plain) : plain}\n`,
    };
  }

  return { renderMail };
}

async function openRenderers(templates: Templates): Promise<{ html: Render; text: Render }> {
  const { default: Fastify } = await import('fastify');
  const openRenderer = async (isText: boolean): Promise<Render> => {
    const app = Fastify();
    await app.register(fastifyView, viewOptions(templates, { isText }));
    await app.ready();
    return app.view;
  };
  const [html, text] = await Promise.all([openRenderer(false), openRenderer(true)]);
  return { html, text };
}
