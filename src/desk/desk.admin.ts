import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../lib/errors.ts';
import { readForm } from '../lib/form-faults.ts';
import type { Translator } from '../lib/i18n.ts';
import { typedValues } from '../lib/typed.ts';
import { createZone } from '../offices/zone.ts';
import { ACCESS, mayDo } from '../organisers/access.ts';
import { type ConsoleFormView, consoleForm } from '../organisers/console-form.view.ts';
import type { WaitingSource } from '../organisers/today.admin.ts';
import { actorOf, meOf } from '../organisers/visit.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { petitionText } from '../petitions/petition.ts';
import type { Bursts } from './burst.service.ts';
import { DeskQuery, FindForm, LookedForm, type WallTime } from './desk.schema.ts';
import type { Desk } from './desk.service.ts';
import { isNarrow, STANDINGS } from './desk.ts';
import {
  burstView,
  type DeskReader,
  foundView,
  SIGNATURES,
  selectionQueryText,
  selectionTexts,
} from './desk.view.ts';

export type DeskDeps = {
  desk: Desk;
  bursts: Pick<Bursts, 'listBursts' | 'look'>;
  petitions: Pick<PetitionService, 'listPetitions'>;
  translator: Translator;
  getZone(): Promise<string>;
};

export function createReaderOf({ petitions, getZone }: Pick<DeskDeps, 'petitions' | 'getZone'>) {
  return async ({ visit }: FastifyRequest): Promise<DeskReader> => {
    const [zone, all] = await Promise.all([getZone(), petitions.listPetitions()]);
    return { locale: visit.locale, zone, petitions: all };
  };
}

/** What Today says of bursts. */
export function burstsWaiting({ listBursts }: Pick<Bursts, 'listBursts'>): WaitingSource {
  return async () => {
    const found = await listBursts();
    const since = found.at(-1)?.hour;
    return since === undefined
      ? []
      : [{ key: 'console.today.bursts', values: { count: found.length }, path: '/signatures', since }];
  };
}

/** One box and what narrows it; results page by page. */
export function registerFinding(scope: FastifyInstance, deps: DeskDeps): void {
  const { desk, bursts, translator } = deps;
  const readerOf = createReaderOf(deps);

  function formFor(
    { locale, petitions }: DeskReader,
    sent: { values?: Record<string, string>; errors?: Record<string, string> } = {},
  ): ConsoleFormView {
    const t = (key: string) => translator.t(locale, key);
    const any = { value: 'any', label: t('console.desk.any'), isChosen: true };
    const optional = (name: string, key = name) => ({ name, key, type: 'text' as const, isOptional: true });
    return consoleForm(translator, locale, {
      action: `${SIGNATURES}/find`,
      submit: 'console.desk.find',
      fields: [
        optional('box'),
        {
          name: 'petition',
          type: 'select',
          options: [
            any,
            ...petitions.map((one) => ({
              value: one._id,
              label: petitionText(one, locale).title,
              isChosen: false,
            })),
          ],
        },
        {
          name: 'standing',
          type: 'select',
          options: [
            any,
            ...STANDINGS.map((value) => ({
              value: value as string,
              label: t(`console.desk.standing.${value}`),
              isChosen: false,
            })),
          ],
        },
        optional('source', 'deskSource'),
        optional('place', 'deskPlace'),
        optional('from', 'deskFrom'),
        optional('to', 'deskTo'),
      ],
      ...sent,
    });
  }

  async function show(
    reply: FastifyReply,
    reader: DeskReader,
    view: { form: ConsoleFormView; status?: number } & Record<string, unknown>,
  ) {
    const title = translator.t(reader.locale, 'console.desk.title');
    const { status, ...shown } = view;
    return reply.show({ page: 'signatures', title, view: shown, ...(status && { status }) });
  }

  scope.get('/signatures', async (request, reply) => {
    const query = DeskQuery.parse(request.query);
    const reader = await readerOf(request);
    const form = formFor(reader);
    const { done, ...asked } = request.query as Record<string, unknown>;
    if (Object.keys(asked).length === 0)
      return show(reply, reader, {
        form,
        bursts: (await bursts.listBursts()).map((burst) => burstView(translator, reader, burst)),
        ...(mayMakeRules(request) && { rulesHref: `${SIGNATURES}/rules` }),
        ...(done === 'erased' && { done: translator.t(reader.locale, 'console.desk.done.erased') }),
      });
    const { found, next } = await desk.list(actorOf(request.visit), query);
    const { selection, standing } = query;
    return show(reply, reader, {
      form,
      isAsked: true,
      by: query.who
        ? [translator.t(reader.locale, 'console.desk.by.address')]
        : selectionTexts(translator, reader, selection, standing),
      found: found.map((one) => foundView(translator, reader, one)),
      ...(next && { nextHref: `?${selectionQueryText(selection, { standing, after: next })}` }),
      ...(!query.who &&
        isNarrow(selection) &&
        mayMakeRules(request) && { ruleHref: `${SIGNATURES}/rule?${selectionQueryText(selection)}` }),
    });
  });

  scope.post('/signatures/looked', async (request, reply) => {
    const form = readForm(LookedForm, request.body);
    if (!form.ok) throw new AppError('INPUT_INVALID');
    const { hour, kind, key } = form.value;
    await bursts.look(actorOf(request.visit), hour, kind, key);
    return reply.redirect(SIGNATURES, 303);
  });

  scope.post('/signatures/find', async (request, reply) => {
    const reader = await readerOf(request);
    const form = readForm(FindForm, request.body);
    const again = (errors: Record<string, string>) =>
      show(reply, reader, {
        form: formFor(reader, { values: typedValues(request.body), errors }),
        status: 422,
      });
    if (!form.ok) return again(form.errors);
    const box = form.value.box === '' ? {} : desk.readBox(form.value.box);
    if (!box) return again({ box: 'unknown' });
    if ('ref' in box) return reply.redirect(`${SIGNATURES}/${box.ref}`, 303);
    if ('who' in box) return reply.redirect(`${SIGNATURES}?who=${box.who}`, 303);
    const { petition, source, place, standing, from, to } = form.value;
    const selection = {
      ...(petition && { petitionId: petition }),
      ...box,
      ...(source && { source }),
      ...place,
      ...(from && { from: momentIn(reader, from) }),
      ...(to && { to: momentIn(reader, to) }),
    };
    return reply.redirect(`${SIGNATURES}?${selectionQueryText(selection, { standing }) || 'standing='}`, 303);
  });
}

function mayMakeRules({ visit }: FastifyRequest): boolean {
  const access = ACCESS['POST /signatures/rules'];
  return access !== undefined && mayDo(meOf(visit).role, access);
}

function momentIn({ zone }: DeskReader, { day, minutes }: WallTime): Date {
  return new Date(createZone(zone).momentOf(day, minutes));
}
