import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { AppError } from '../lib/errors.ts';
import { isLoopbackAddress } from '../lib/loopback.ts';
import type { LocalMail, LocalMailbox, MailSummary } from './mailbox.ts';

/** `time` as ISO 8601 */
export type MailboxView = { messages: (Omit<MailSummary, 'date'> & { time: string })[] };
export type MailboxMessageView = Omit<LocalMail, 'text' | 'html' | 'date'> & {
  time: string;
  parts: { text: string; link?: string }[];
  htmlUrl: string;
};

const MailParams = z.object({ id: z.string().min(1) });
type Mail = { Params: z.output<typeof MailParams> };
const MAIL = { schema: { params: MailParams } } as const;

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
/** A proxy adds these headers, so a request that has one does not come from this machine. */
const FORWARDED = /^(forwarded|via|x-forwarded|x-forwarded-.+|x-real-ip|x-client-ip|cf-.+|true-client-ip)$/;
/** Seconds after which an empty list looks again by itself. */
const LOOK_AGAIN = 5;
/** The mail's own HTML is a page in a frame that runs nothing and can only lead out to the whole window. */
const FRAME_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-top-navigation-by-user-activation allow-popups; frame-ancestors 'self'";

/** The local mailbox, for trying the whole path on one machine: 404 to anybody who is not on it. A plugin, at `/mailbox`. */
export async function mailboxPages(
  app: FastifyInstance,
  deps: {
    mailbox: Pick<LocalMailbox, 'list' | 'read'>;
    renderList(view: MailboxView, request: FastifyRequest): Promise<string>;
    renderMessage(view: MailboxMessageView, request: FastifyRequest): Promise<string>;
    /** the content security policy of every page */
    sitePolicy: string;
  },
): Promise<void> {
  const { mailbox, renderList, renderMessage, sitePolicy } = deps;

  app.setValidatorCompiler(validatorCompiler);
  app.addHook('onRequest', async (request) => {
    // Whoever comes from elsewhere may write any header: where the connection comes from is the system's word.
    const isHere = isLoopbackAddress(request.raw.socket.remoteAddress ?? '');
    const isForwarded = Object.keys(request.headers).some((header) => FORWARDED.test(header));
    if (!isHere || isForwarded || !LOOPBACK_HOST.test(request.headers.host ?? ''))
      throw new AppError('PAGE_NOT_FOUND');
  });

  async function getMail(id: string): Promise<LocalMail> {
    const mail = await mailbox.read(id);
    if (!mail) throw new AppError('PAGE_NOT_FOUND');
    return mail;
  }

  const send = (reply: FastifyReply, html: string) =>
    reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html);

  app.get('', async (request, reply) => {
    const messages = (await mailbox.list()).map(({ date, ...mail }) => ({
      ...mail,
      time: date.toISOString(),
    }));
    if (messages.length === 0) reply.header('refresh', String(LOOK_AGAIN));
    return send(reply, await renderList({ messages }, request));
  });

  app.get<Mail>('/:id', MAIL, async (request, reply) => {
    const { text, html: _, date, ...mail } = await getMail(request.params.id);
    const view = {
      ...mail,
      time: date.toISOString(),
      parts: splitLinks(text),
      htmlUrl: `/mailbox/${mail.id}/html`,
    };
    // The frame is on this site; every other page forbids frames altogether.
    reply.header('content-security-policy', `${sitePolicy}; frame-src 'self'`);
    return send(reply, await renderMessage(view, request));
  });

  app.get<Mail>('/:id/html', MAIL, async (request, reply) => {
    const { html } = await getMail(request.params.id);
    reply.header('content-security-policy', FRAME_POLICY).header('x-frame-options', 'SAMEORIGIN');
    return send(reply, openingOutside(html));
  });
}

const HEAD = /<head[^>]{0,200}>/i;

/** Links of the mail open in the whole window, not in its frame. */
function openingOutside(html: string): string {
  const base = '<base target="_top">';
  return HEAD.test(html) ? html.replace(HEAD, (head) => head + base) : base + html;
}

/** A text part in pieces, those that are addresses marked as links. */
export function splitLinks(text: string): { text: string; link?: string }[] {
  return text.split(/(https?:\/\/[^\s<>"]+)/).flatMap((piece, index) => {
    if (piece === '') return [];
    return index % 2 === 1 ? [{ text: piece, link: piece }] : [{ text: piece }];
  });
}
