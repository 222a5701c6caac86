import { finished } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import { byOf } from '../lib/actor.ts';
import type { Clock } from '../lib/clock.ts';
import { AppError, isAppError } from '../lib/errors.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import type { Translator } from '../lib/i18n.ts';
import { typedValues } from '../lib/typed.ts';
import { countWhoMay } from '../organisers/access.ts';
import { consoleForm } from '../organisers/console-form.view.ts';
import type { Organisers } from '../organisers/organisers.room.ts';
import type { WaitingSource } from '../organisers/today.admin.ts';
import { actorOf, meOf } from '../organisers/visit.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { petitionText } from '../petitions/petition.ts';
import { fileOf, MEDIA_TYPES } from './export.file.ts';
import { ExportFile, ExportForm } from './export.schema.ts';
import type { ExportService } from './export.service.ts';
import { EXPORT_KINDS } from './export.ts';
import { EXPORTS, type ExportReader, exportView } from './export.view.ts';

type Ref = { Params: { ref: string } };
type Deps = {
  exports: ExportService;
  organisers: Organisers;
  petitions: Pick<PetitionService, 'listPetitions'>;
  audit: Audit;
  translator: Translator;
  clock: Clock;
  getZone(): Promise<string>;
};

/** What Today says of exports that wait for a second person. */
export function exportsWaiting(exports: Pick<ExportService, 'listWaiting'>): WaitingSource {
  return async () => {
    const waiting = await exports.listWaiting();
    const [oldest] = waiting;
    return oldest
      ? [{ key: 'exports.today', values: { count: waiting.length }, path: '/exports', since: oldest.askedAt }]
      : [];
  };
}

/** Data taken away: asked for with a reason, looked at by a second person, made anew at each download. */
export function registerExports(scope: FastifyInstance, deps: Deps): void {
  const { exports, organisers, petitions, translator, clock, getZone } = deps;

  async function readerOf({ visit }: FastifyRequest): Promise<ExportReader> {
    const [zone, colleagues, all] = await Promise.all([
      getZone(),
      organisers.accounts.listColleagues(),
      petitions.listPetitions(),
    ]);
    return {
      locale: visit.locale,
      zone,
      names: new Map(colleagues.flatMap(({ ref, name }) => (name ? [[ref, name] as const] : []))),
      by: byOf(actorOf(visit)),
      isAlone: countWhoMay('POST /exports/:ref/grant', colleagues) === 1,
      now: clock.now(),
      titles: new Map(all.map((one) => [one._id, petitionText(one, visit.locale).title])),
    };
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    told: { errors?: FieldErrors; problem?: string; status?: number } = {},
  ) {
    const reader = await readerOf(request);
    const { locale, titles } = reader;
    const t = (key: string) => translator.t(locale, key);
    const { errors, problem, status } = told;
    const option = (value: string, label: string, hint?: string) => ({
      ...{ value, label, isChosen: false },
      ...(hint && { hint }),
    });
    const form = consoleForm(translator, locale, {
      action: EXPORTS,
      submit: 'exports.submit',
      fields: [
        {
          name: 'kind',
          type: 'choice',
          key: 'exportKind',
          options: EXPORT_KINDS.map((kind) =>
            option(kind, t(`exports.kind.${kind}`), t(`exports.kind.${kind}.hint`)),
          ),
        },
        {
          name: 'petition',
          type: 'choice',
          key: 'exportPetition',
          options: [
            { ...option('', t('exports.every')), isChosen: true },
            ...[...titles].map(([slug, title]) => option(slug, title)),
          ],
        },
        { name: 'why', type: 'area', key: 'exportWhy' },
      ],
      ...(errors && { errors, values: typedValues(request.body) }),
    });
    const { done } = request.query as { done?: string };
    const view = {
      form,
      ...(problem && { problem: t(problem) }),
      ...(done && DONE.includes(done) && !problem && !errors && { done: t(`exports.done.${done}`) }),
      exports: (await exports.listExports()).map((one) => exportView(translator, one, reader)),
    };
    return reply.show({ page: 'exports', title: t('exports.title'), view, ...(status && { status }) });
  }

  scope.get('/exports', async (request, reply) => show(request, reply));

  scope.post('/exports', async (request, reply) => {
    const form = readForm(ExportForm, request.body);
    if (!form.ok) return show(request, reply, { errors: form.errors, status: 422 });
    const { kind, petition: petitionId, why } = form.value;
    // Who did what is for owners, by whatever way.
    const isTheirs = kind !== 'audit' || meOf(request.visit).role === 'owner';
    const isKnown = !petitionId || (await petitions.listPetitions()).some(({ _id }) => _id === petitionId);
    if (!isTheirs || !isKnown) {
      const errors: FieldErrors = isTheirs ? { petition: 'required' } : { kind: 'owners' };
      return show(request, reply, { errors, status: 422 });
    }
    await exports.ask(actorOf(request.visit), { kind, petitionId, why });
    return reply.redirect(`${EXPORTS}?done=asked`, 303);
  });

  scope.post<Ref>('/exports/:ref/grant', async (request, reply) => {
    const { isAlone } = await readerOf(request);
    try {
      await exports.grant(actorOf(request.visit), request.params.ref, isAlone);
      return reply.redirect(`${EXPORTS}?done=granted`, 303);
    } catch (error) {
      if (!isAppError(error, 'SECOND_PERSON')) throw error;
      return show(request, reply, { problem: 'exports.problem', status: 409 });
    }
  });

  scope.post<Ref>('/exports/:ref/end', async (request, reply) => {
    await exports.end(actorOf(request.visit), request.params.ref);
    return reply.redirect(`${EXPORTS}?done=ended`, 303);
  });

  scope.get<{ Params: { ref: string; file: string } }>('/exports/:ref/:file', async (request, reply) => {
    const { ref, file } = request.params;
    const named = ExportFile.safeParse(file);
    const one = await exports.getExport(ref);
    const isOwner = meOf(request.visit).role === 'owner';
    if (!named.success || named.data[0] !== one.kind || (one.kind === 'audit' && !isOwner))
      throw new AppError('PAGE_NOT_FOUND');
    const [, format] = named.data;
    await exports.download(actorOf(request.visit), { id: ref, format }, async (rows, { kind }, columns) => {
      const stream = fileOf(rows, columns, format);
      const day = clock.now().toISOString().slice(0, 10);
      const disposition = `attachment; filename="${kind}-${day}.${format}"`;
      reply
        .headers({ 'cache-control': 'no-store', 'content-disposition': disposition })
        .type(MEDIA_TYPES[format])
        .send(stream);
      // Somebody who closes the connection has half a file: the audit says that it failed.
      await finished(stream);
    });
    return reply;
  });
}

const DONE = ['asked', 'granted', 'ended'];
