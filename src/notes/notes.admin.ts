import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Audit } from '../audit/audit.service.ts';
import { byOf, organiserOf } from '../lib/actor.ts';
import { AppError } from '../lib/errors.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import { formatDateTime } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import { typedValues } from '../lib/typed.ts';
import { ACCESS, mayDo } from '../organisers/access.ts';
import { consoleForm } from '../organisers/console-form.view.ts';
import { actorOf, HOME, meOf, ownPath } from '../organisers/visit.ts';
import type { NoteService } from './note.service.ts';
import { type NoteKind, type NoteOf, noteKey, noteOf } from './note.ts';

const TEXT_MAX = 4_000;

/** The page on which notes of a kind are shown: who may open it reads and writes them. */
const PAGES: Record<NoteKind, string> = {
  petition: 'GET /petitions/:ref',
  office: 'GET /offices/:ref',
  delivery: 'GET /deliveries/:ref',
  signature: 'GET /signatures/:ref',
  answer: 'GET /answers/:ref',
};

const NoteForm = z.object({
  note: z
    .string()
    .trim()
    .min(1, 'required')
    .max(TEXT_MAX, 'tooLong')
    .transform((text) => text.replace(/\r\n?/g, '\n')),
});

export type NotesDeps = {
  notes: NoteService;
  namesByRef(): Promise<Map<string, string>>;
  getZone(): Promise<string>;
  audit: Audit;
  translator: Translator;
};

/**
 * What a page shows of the notes on what it is about: put it into the view as `notes`, and `{{> notes}}` into the template.
 *
 *     const view = { …, notes: await notesFor({ kind: 'office', id: office._id }, request) };
 */
export type NotesFor = (of: NoteOf, request: FastifyRequest) => Promise<object>;

/** Private notes of colleagues, below whatever they are about. */
export function registerNotes(scope: FastifyInstance, deps: NotesDeps): NotesFor {
  const { notes, namesByRef, getZone, audit, translator } = deps;

  const formFor = (of: NoteOf, back: string, { visit, body }: FastifyRequest, errors?: FieldErrors) =>
    consoleForm(translator, visit.locale, {
      action: `${HOME}/notes`,
      submit: 'console.notes.add',
      fields: [{ name: 'note', type: 'area', key: 'colleagueNote' }],
      hidden: { of: noteKey(of), back },
      ...(errors && { values: typedValues(body), errors }),
    });

  const notesFor: NotesFor = async (of, request) => {
    const { visit, url } = request;
    const [all, names, zone] = await Promise.all([notes.list(of), namesByRef(), getZone()]);
    const me = byOf(actorOf(visit));
    return {
      form: formFor(of, ownPath(url.split('?', 1)[0]), request),
      back: ownPath(url.split('?', 1)[0]),
      all: all.map(({ _id, by, at, text }) => ({
        id: _id,
        by: names.get(organiserOf(by) ?? '') ?? by,
        at: formatDateTime(at, visit.locale, zone),
        text,
        isMine: by === me,
      })),
    };
  };

  /** @throws PAGE_NOT_FOUND where somebody may not see what it is about */
  function allowed({ visit }: FastifyRequest, of: NoteOf | undefined): NoteOf {
    const access = of && ACCESS[PAGES[of.kind]];
    if (!of || !access || !mayDo(meOf(visit).role, access)) throw new AppError('PAGE_NOT_FOUND');
    return of;
  }

  scope.post('/notes', async (request, reply) => {
    const { of: key = '', back } = typedValues(request.body);
    const of = allowed(request, noteOf(key));
    const form = readForm(NoteForm, request.body);
    if (!form.ok) return showAgain(request, reply, of, ownPath(back), form.errors);
    const actor = actorOf(request.visit);
    await audit.record(actor, { act: 'note add', of: [key] }, () => notes.add(actor, of, form.value.note));
    return reply.redirect(`${ownPath(back)}#notes`, 303);
  });

  async function showAgain(
    request: FastifyRequest,
    reply: FastifyReply,
    of: NoteOf,
    back: string,
    errors: FieldErrors,
  ) {
    const title = translator.t(request.visit.locale, 'console.notes.add');
    const of_ = translator.t(request.visit.locale, 'console.notes.title');
    const view = { form: formFor(of, back, request, errors), of: of_, backHref: back };
    return reply.show({ page: 'act', title, view, status: 422 });
  }

  scope.post('/notes/remove', async (request, reply) => {
    const { id = '', back } = typedValues(request.body);
    const actor = actorOf(request.visit);
    await audit.record(actor, { act: 'note remove', of: [id] }, () => notes.remove(actor, id));
    return reply.redirect(`${ownPath(back)}#notes`, 303);
  });

  return notesFor;
}
