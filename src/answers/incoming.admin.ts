import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Audit } from '../audit/audit.service.ts';
import { AppError, isAppError } from '../lib/errors.ts';
import { formatDateTime } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import { printableLine, printableText } from '../lib/text/printable.ts';
import type { IncomingService } from '../mail/incoming/incoming.service.ts';
import type { KeptMail, KeptMailService } from '../mail/incoming/kept-mail.service.ts';
import { defineAct } from '../organisers/act.form.ts';
import { type ActPages, actLinks, registerActs } from '../organisers/act.page.ts';
import { actorOf, HOME } from '../organisers/visit.ts';
import type { FromIncoming } from './from-incoming.service.ts';

type Ref = { Params: { ref: string } };
type Came = KeptMail & { id: string };
const SHOWN = 100;

export type IncomingAdminDeps = {
  incoming: Pick<IncomingService, 'listLatest'>;
  keptMail: KeptMailService;
  fromIncoming: FromIncoming;
  getZone(): Promise<string>;
  audit: Audit;
  translator: Translator;
};

/** Everything that came by mail, whatever it was taken for; an answer is made of what is one. */
export function registerIncomingAdmin(scope: FastifyInstance, deps: IncomingAdminDeps): void {
  const { incoming, keptMail, fromIncoming, audit, translator } = deps;

  async function find(id: string): Promise<Came> {
    try {
      return { ...(await keptMail.getMail(id)), id };
    } catch (error) {
      if (isAppError(error, 'INPUT_INVALID')) throw new AppError('PAGE_NOT_FOUND');
      throw error;
    }
  }
  const pages: ActPages<Came> = {
    path: '/incoming/:ref',
    groups: { all: ['answer'] },
    find,
    refOf: ({ id }) => id,
    nameOf: (_, locale) => translator.t(locale, 'console.incoming.title'),
    audit,
    translator,
    acts: {
      answer: defineAct<Came>()({
        act: 'answers from-incoming',
        key: 'console.incoming.answer',
        can: ({ record }) => !record.answerId,
        fields: ({ record }) =>
          record.deliveryId ? [] : [{ name: 'delivery', type: 'text', key: 'deliveryId' }],
        schema: z.object({ delivery: z.string().trim().max(200).optional() }),
        run: ({ id }, { delivery }, actor) => fromIncoming.makeAnswer(actor, id, { deliveryId: delivery }),
      }),
    },
  };

  scope.get('/incoming', async (request, reply) => {
    const { locale } = request.visit;
    const [records, zone] = await Promise.all([incoming.listLatest(SHOWN), deps.getZone()]);
    const t = (key: string) => translator.t(locale, key);
    const rows = records.map(({ _id, at, kind = 'unread', detail, code, concern = 'nobody', ...record }) => ({
      id: idOf(_id),
      at: formatDateTime(at, locale, zone),
      kind: t(`console.incoming.kind.${kind}`),
      which: [detail, code].filter(Boolean).join(' '),
      of: t(`console.incoming.of.${concern}`),
      ...(record.deliveryId && {
        deliveryHref: `${HOME}/deliveries/${encodeURIComponent(record.deliveryId)}`,
      }),
      ...(record.answerId && { answerHref: `${HOME}/answers/${record.answerId}` }),
    }));
    return reply.show({ page: 'incoming', title: t('console.incoming.title'), view: { rows } });
  });

  /** A mail is from somebody: to read it is an act. */
  const reading = <T>(visit: Parameters<typeof actorOf>[0], id: string, work: () => Promise<T>) =>
    audit.record(actorOf(visit), { act: 'mail incoming', of: [id] }, work);

  scope.get<Ref>('/incoming/:ref', async (request, reply) => {
    const { locale } = request.visit;
    const mail = await find(request.params.ref);
    const [read, zone] = await Promise.all([
      reading(request.visit, mail.id, () => keptMail.readMail(mail)),
      deps.getZone(),
    ]);
    const { links, done } = actLinks(pages, mail, request);
    const { kind = 'unread', at, answerId } = mail.record;
    const view = {
      links: links.all,
      done,
      kind: translator.t(locale, `console.incoming.kind.${kind}`),
      at: formatDateTime(at, locale, zone),
      ...(answerId && { answerHref: `${HOME}/answers/${answerId}` }),
      ...(read && {
        read: {
          from: printableLine(read.from),
          subject: printableLine(read.subject),
          attachments: read.attachments.map(printableLine),
          unread: read.unread,
          text: printableText(read.text).trim(),
        },
      }),
      emlHref: `${HOME}/incoming/${mail.id}/mail.eml`,
    };
    return reply.show({ page: 'incoming-mail', title: translator.t(locale, 'console.incoming.one'), view });
  });

  scope.get<Ref>('/incoming/:ref/mail.eml', async (request, reply) => {
    const mail = await find(request.params.ref);
    const bytes = await reading(request.visit, mail.id, async () => mail.raw);
    return reply
      .headers({ 'cache-control': 'no-store', 'content-disposition': 'attachment; filename="mail.eml"' })
      .type('message/rfc822')
      .send(bytes);
  });

  registerActs(scope, pages);
}

/** `c:0123456789ab…` → `0123456789ab`, which names one among many thousands */
function idOf(recordId: string): string {
  return recordId.slice(2, 14);
}
