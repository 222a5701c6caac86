import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import type { Infra } from '../infra.ts';
import { isAppError } from '../lib/errors.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import { formatDateTime } from '../lib/format.ts';
import { typedValues } from '../lib/typed.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import { consoleForm } from '../organisers/console-form.view.ts';
import { actorOf } from '../organisers/visit.ts';
import type { PetitionFault } from './checklist.ts';
import type { PetitionReaders } from './petition.admin.ts';
import { EditForm, NewForm } from './petition.schema.ts';
import type { PetitionService } from './petition.service.ts';
import { type Catalog, type Petition, petitionText, versionOf } from './petition.ts';
import { PETITIONS, pageOf } from './petition-admin.view.ts';
import { type DiffView, diffViews, editView, faultText } from './petition-edit.view.ts';
import type { PetitionEditing } from './petition-editing.service.ts';
import { diffTexts } from './text-diff.ts';

type Ref = { Params: { ref: string } };
type Deps = Pick<Infra, 'translator'> &
  Pick<OfficesRoom, 'listKnownOffices'> & {
    petitions: PetitionService;
    editing: PetitionEditing;
    audit: Audit;
    getCatalog(): Promise<Catalog>;
    readers: PetitionReaders;
  };
type Edited = {
  errors?: FieldErrors;
  problem?: string;
  faults?: string[];
  changed?: DiffView[];
  status?: number;
};

const SHOWN_VERSIONS = 20;

/** Texts of petitions: a new draft, the form in both languages, and what was before. */
export function registerPetitionEditAdmin(scope: FastifyInstance, deps: Deps): void {
  const { petitions, editing, audit, translator, getCatalog, readers, listKnownOffices } = deps;

  async function showNew(request: FastifyRequest, reply: FastifyReply, errors?: FieldErrors) {
    const { locale } = request.visit;
    const all = await petitions.listAllPetitions();
    const { from = '' } = request.query as { from?: string };
    const options = [
      { value: '', label: translator.t(locale, 'console.petition.new.empty'), isChosen: from === '' },
      ...all.map((one) => ({
        value: one._id,
        label: petitionText(one, locale).title || one._id,
        isChosen: from === one._id,
      })),
    ];
    const form = consoleForm(translator, locale, {
      action: `${PETITIONS}/new`,
      submit: 'console.petition.new.submit',
      fields: [
        { name: 'newSlug', type: 'text' },
        { name: 'from', type: 'choice', options },
      ],
      ...(errors && { errors, values: typedValues(request.body) }),
    });
    const title = translator.t(locale, 'console.petition.new');
    return reply.show({ page: 'petition-new', title, view: { form }, ...(errors && { status: 422 }) });
  }

  scope.get('/petitions/new', async (request, reply) => showNew(request, reply));

  scope.post('/petitions/new', async (request, reply) => {
    const form = readForm(NewForm, request.body);
    if (!form.ok) return showNew(request, reply, form.errors);
    const { newSlug, from } = form.value;
    const actor = actorOf(request.visit);
    const changes = [{ field: 'petition', ...(from && { from }), to: newSlug }];
    try {
      await audit.record(actor, { act: 'petition draft', of: [newSlug], changes }, () =>
        editing.createDraft(actor, newSlug, from),
      );
    } catch (error) {
      if (!isAppError(error, 'PETITION_EXISTS')) throw error;
      return showNew(request, reply, { newSlug: 'taken' });
    }
    return reply.redirect(`${pageOf(newSlug)}/edit`, 303);
  });

  async function showEdit(
    request: FastifyRequest,
    reply: FastifyReply,
    petition: Petition,
    { errors, status, ...told }: Edited = {},
  ) {
    const { locale } = request.visit;
    const [catalog, offices] = await Promise.all([getCatalog(), listKnownOffices()]);
    const isFixed = petition.state !== 'draft' && (await editing.isSigned(petition._id));
    const isSent = request.method === 'POST';
    const refused = isSent ? { errors: errors ?? {}, values: typedValues(request.body) } : undefined;
    const view = {
      ...told,
      ...editView(translator, petition, { locale, catalog, offices, isFixed, refused }),
      isFixed,
      action: `${pageOf(petition._id)}/edit`,
      back: pageOf(petition._id),
    };
    const title = translator.t(locale, 'console.petition.edit');
    return reply.show({ page: 'petition-edit', title, view, ...(status && { status }) });
  }

  scope.get<Ref>('/petitions/:ref/edit', async (request, reply) =>
    showEdit(request, reply, await petitions.getPetition(request.params.ref)),
  );

  scope.post<Ref>('/petitions/:ref/edit', async (request, reply) => {
    const { ref } = request.params;
    const petition = await petitions.getPetition(ref);
    const form = readForm(EditForm, request.body);
    if (!form.ok) return showEdit(request, reply, petition, { errors: form.errors, status: 422 });
    const { version, texts, note, ...chosen } = form.value;
    const catalog = await getCatalog();
    const known = (ids: readonly string[], all: Iterable<string>) =>
      [...all].filter((id) => ids.includes(id));
    const isFixed = petition.state !== 'draft' && (await editing.isSigned(ref));
    const offices = (await listKnownOffices()).map(({ _id }) => _id);
    const content = {
      texts,
      demandIds: isFixed ? petition.demandIds : known(chosen.demands, catalog.demands.keys()),
      officeIds: isFixed ? petition.officeIds : known(chosen.offices, offices),
      factIds: known(chosen.facts, catalog.facts.keys()),
      lawIds: known(chosen.laws, catalog.laws.keys()),
    };
    const actor = actorOf(request.visit);
    const changes = [{ field: 'version', from: String(version), to: String(version + 1) }];
    const intent = { act: 'petition edit', of: [ref], changes, ...(note && { why: note.en }) };
    try {
      await audit.record(actor, intent, () => editing.saveContent(actor, ref, { version, content, note }));
    } catch (error) {
      return showRefusal(request, reply, error, version);
    }
    return reply.redirect(`${pageOf(ref)}?done=saved`, 303);
  });

  /** What was typed comes back, beside what stood in the way. @throws whatever it is that this page does not explain */
  async function showRefusal(
    request: FastifyRequest<Ref>,
    reply: FastifyReply,
    error: unknown,
    version: number,
  ) {
    const { locale } = request.visit;
    const { ref } = request.params;
    const petition = await petitions.getPetition(ref);
    if (isAppError(error, 'PETITION_CHANGED')) {
      const base = (await editing.listVersions(ref)).find((one) => one.version === version);
      const changed = base ? diffViews(translator, diffTexts(base.texts, petition.texts), locale) : [];
      const problem = translator.t(locale, 'console.petition.edit.changed');
      return showEdit(request, reply, petition, { problem, changed, status: 409 });
    }
    if (isAppError(error, 'PETITION_FAULTY')) {
      const found = error.details.faults as PetitionFault[];
      const faults = found.map((fault) => faultText(translator, fault, locale));
      const problem = translator.t(locale, 'console.petition.edit.faulty');
      return showEdit(request, reply, petition, { problem, faults, status: 422 });
    }
    const { field, fault } = isAppError(error, 'INPUT_INVALID') ? error.details : {};
    if (typeof field !== 'string' || typeof fault !== 'string') throw error;
    return showEdit(request, reply, petition, { errors: { [field]: fault }, status: 422 });
  }

  scope.get<Ref>('/petitions/:ref/versions', async (request, reply) => {
    const petition = await petitions.getPetition(request.params.ref);
    const { locale, zone, nameOf } = await readers(request);
    const earlier = await editing.listVersions(petition._id);
    const after = [{ texts: petition.texts }, ...earlier];
    const rows = earlier.slice(0, SHOWN_VERSIONS).map(({ version, until, by, texts }, index) => ({
      heading: translator.t(locale, 'console.petition.versions.one', {
        version: version + 1,
        at: formatDateTime(until, locale, zone),
        name: nameOf(by),
      }),
      diffs: diffViews(translator, diffTexts(texts, after[index]?.texts ?? petition.texts), locale),
    }));
    const title = translator.t(locale, 'console.petition.versions');
    const view = {
      rows,
      back: pageOf(petition._id),
      petitionTitle: petitionText(petition, locale).title,
      version: versionOf(petition),
    };
    return reply.show({ page: 'petition-versions', title, view });
  });
}
