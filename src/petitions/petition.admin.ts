import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Intent } from '../audit/act.ts';
import type { Audit } from '../audit/audit.service.ts';
import type { Infra } from '../infra.ts';
import { type Actor, organiserOf } from '../lib/actor.ts';
import { isAppError } from '../lib/errors.ts';
import { type FormResult, readForm } from '../lib/form-faults.ts';
import { formatDateTime } from '../lib/format.ts';
import { typedValues } from '../lib/typed.ts';
import { ACCESS, mayDo } from '../organisers/access.ts';
import type { Organisers } from '../organisers/organisers.room.ts';
import { actorOf, meOf } from '../organisers/visit.ts';
import type { DraftLinks } from './draft-link.service.ts';
import { closeFormOf, EndForm, FirstOpeningForm, OpeningForm, TakeDownForm } from './petition.schema.ts';
import type { PetitionService } from './petition.service.ts';
import { type Catalog, type Petition, phaseOf } from './petition.ts';
import {
  type PetitionReader,
  pageOf,
  petitionAdminView,
  petitionRow,
  type RefusedForm,
} from './petition-admin.view.ts';
import { checklistView } from './petition-edit.view.ts';
import type { PetitionEditing } from './petition-editing.service.ts';
import type { Counts } from './shown-tally.ts';

type Ref = { Params: { ref: string } };
type Deps = Pick<Infra, 'translator' | 'clock'> & {
  petitions: PetitionService;
  tallies: Pick<Counts, 'getTotal'>;
  editing: PetitionEditing;
  draftLinks: Pick<DraftLinks, 'list'>;
  audit: Audit;
  getCatalog(): Promise<Catalog>;
  readers: PetitionReaders;
};
type Told = {
  refused?: RefusedForm;
  problem?: string;
  done?: string;
  status?: number;
  faults?: string[];
  /** a link to the draft that was made just now, in each language */
  links?: string[];
};
/** Shows the page of one petition, with what is to be said on it. */
export type ShowPetition = (
  request: FastifyRequest,
  reply: FastifyReply,
  petition: Petition,
  told: Told,
) => Promise<FastifyReply>;
/** What a form asks for: the line that the audit gets, and the work. */
type Asked = Omit<Intent, 'of'> & { did: string; work(actor: Actor): Promise<unknown> };

const DONE = [
  'saved',
  'opened',
  'linkEnded',
  'paused',
  'resumed',
  'openingSet',
  'endSet',
  'endTaken',
  'closed',
  'takenDown',
  'broughtBack',
] as const;

/** Petitions as organisers see them: all of them, each with what can be done to it now. */
export function registerPetitionAdmin(scope: FastifyInstance, deps: Deps): { show: ShowPetition } {
  const { petitions, editing, draftLinks, tallies, audit, translator, clock, getCatalog } = deps;
  const reads = deps.readers;

  const show: ShowPetition = async (request, reply, petition, { refused, status, ...told }) => {
    const reader = await reads(request);
    const { locale, zone } = reader;
    const [catalog, links] = await Promise.all([getCatalog(), draftLinks.list(petition._id)]);
    const view = {
      ...petitionAdminView(translator, petition, reader, refused),
      ...told,
      checklist: checklistView(translator, petition, catalog, locale),
      draftLinks: links.map(({ ref, by, expiresAt }) => ({
        ref,
        text: translator.t(locale, 'console.petition.link.one', {
          name: reader.nameOf(by),
          at: formatDateTime(expiresAt, locale, zone),
        }),
      })),
    };
    const title = view.petitionTitle || petition._id;
    return reply.show({ page: 'petition', title, view, ...(status && { status }) });
  };

  scope.get('/petitions', async (request, reply) => {
    const reader = await reads(request);
    const { done } = request.query as { done?: string };
    const told = done === 'deleted' && translator.t(reader.locale, 'console.petition.done.deleted');
    const all = await petitions.listAllPetitions();
    const rows = await Promise.all(
      all.map(async (one) => petitionRow(translator, one, await tallies.getTotal(one._id), reader)),
    );
    const title = translator.t(reader.locale, 'console.petitions.title');
    return reply.show({ page: 'petitions', title, view: { rows, mayChange: reader.mayChange, done: told } });
  });

  scope.get<Ref>('/petitions/:ref', async (request, reply) => {
    const petition = await petitions.getPetition(request.params.ref);
    const { done } = request.query as { done?: string };
    const known = DONE.find((one) => one === done);
    return show(request, reply, petition, {
      ...(known && { done: translator.t(request.visit.locale, `console.petition.done.${known}`) }),
    });
  });

  /** Writes down, acts, and says so on the page; or says there why it could not be. */
  async function act(request: FastifyRequest<Ref>, reply: FastifyReply, asked: Asked) {
    const slug = request.params.ref;
    const { did, work, ...intent } = asked;
    const actor = actorOf(request.visit);
    try {
      await audit.record(actor, { ...intent, of: [slug] }, () => work(actor));
    } catch (error) {
      return showRefusal(request, reply, error);
    }
    return reply.redirect(`${pageOf(slug)}?done=${did}`, 303);
  }

  /** @throws whatever it is that the page does not explain */
  async function showRefusal(request: FastifyRequest<Ref>, reply: FastifyReply, error: unknown) {
    const petition = await petitions.getPetition(request.params.ref);
    const { locale } = request.visit;
    if (isAppError(error, 'PETITION_STATE_CONFLICT')) {
      const problem = translator.t(locale, 'console.petition.conflict');
      return show(request, reply, petition, { problem, status: 409 });
    }
    if (isAppError(error, 'PETITION_FAULTY')) {
      const problem = translator.t(locale, 'console.petition.faulty');
      return show(request, reply, petition, { problem, status: 422 });
    }
    const { field, fault } = isAppError(error, 'INPUT_INVALID') ? error.details : {};
    if (typeof field !== 'string' || typeof fault !== 'string') throw error;
    const did = request.url.slice(request.url.lastIndexOf('/') + 1);
    const refused = { did, errors: { [field]: fault }, values: typedValues(request.body) };
    return show(request, reply, petition, { refused, status: 422 });
  }

  /** The same with a form; what was typed comes back where it has faults. */
  async function actWith<T>(
    request: FastifyRequest<Ref>,
    reply: FastifyReply,
    did: string,
    form: FormResult<T>,
    ask: (value: T) => Asked,
  ) {
    if (form.ok) return act(request, reply, ask(form.value));
    const refused = { did, errors: form.errors, values: typedValues(request.body) };
    const petition = await petitions.getPetition(request.params.ref);
    return show(request, reply, petition, { refused, status: 422 });
  }

  const stateNow = async (slug: string) => phaseOf(await petitions.getPetition(slug), clock.now());

  scope.post<Ref>('/petitions/:ref/pause', async (request, reply) => {
    const { ref } = request.params;
    const changes = [{ field: 'state', from: await stateNow(ref), to: 'paused' }];
    const work = (actor: Actor) => petitions.pausePetition(ref, actor);
    return act(request, reply, { act: 'petition pause', changes, did: 'paused', work });
  });

  scope.post<Ref>('/petitions/:ref/resume', async (request, reply) => {
    const { ref } = request.params;
    const changes = [{ field: 'state', from: await stateNow(ref), to: 'open' }];
    const work = (actor: Actor) => petitions.resumePetition(ref, actor);
    return act(request, reply, { act: 'petition resume', changes, did: 'resumed', work });
  });

  scope.post<Ref>('/petitions/:ref/opening', async (request, reply) => {
    const { ref } = request.params;
    const { opensAt } = await petitions.getPetition(ref);
    return actWith(request, reply, 'opening', readForm(OpeningForm, request.body), (at = opensAt) => ({
      act: 'petition opening',
      changes: [{ field: 'opensAt', from: opensAt.toISOString(), to: at.toISOString() }],
      did: 'openingSet',
      work: (actor) => petitions.setOpening(ref, actor, at),
    }));
  });

  scope.post<Ref>('/petitions/:ref/end', async (request, reply) => {
    const { ref } = request.params;
    const { closesAt } = await petitions.getPetition(ref);
    return actWith(request, reply, 'end', readForm(EndForm, request.body), (at) => ({
      act: 'petition end',
      changes: [
        {
          field: 'closesAt',
          ...(closesAt && { from: closesAt.toISOString() }),
          ...(at && { to: at.toISOString() }),
        },
      ],
      did: at ? 'endSet' : 'endTaken',
      work: (actor) => petitions.setEnd(ref, actor, at),
    }));
  });

  scope.post<Ref>('/petitions/:ref/close', async (request, reply) => {
    const { ref } = request.params;
    const from = await stateNow(ref);
    return actWith(request, reply, 'close', readForm(closeFormOf(ref), request.body), (form) => ({
      act: 'petition close',
      changes: [{ field: 'state', from, to: 'closed' }],
      why: form.closeReasonEn,
      did: 'closed',
      work: (actor) =>
        petitions.closePetition(ref, actor, { en: form.closeReasonEn, es: form.closeReasonEs }),
    }));
  });

  scope.post<Ref>('/petitions/:ref/take-down', async (request, reply) => {
    const { ref } = request.params;
    const from = await stateNow(ref);
    return actWith(request, reply, 'take-down', readForm(TakeDownForm, request.body), (form) => ({
      act: 'petition take-down',
      changes: [{ field: 'state', from, to: 'taken down' }],
      why: form.takeDownReason,
      did: 'takenDown',
      work: (actor) => petitions.takeDown(ref, actor, form.takeDownReason),
    }));
  });

  scope.post<Ref>('/petitions/:ref/bring-back', async (request, reply) => {
    const { ref } = request.params;
    const changes = [{ field: 'state', from: await stateNow(ref), to: 'shown again' }];
    const work = (actor: Actor) => petitions.bringBack(ref, actor);
    return act(request, reply, { act: 'petition bring-back', changes, did: 'broughtBack', work });
  });

  scope.post<Ref>('/petitions/:ref/open', async (request, reply) => {
    const { ref } = request.params;
    return actWith(request, reply, 'open', readForm(FirstOpeningForm, request.body), (at) => ({
      act: 'petition open',
      changes: [{ field: 'state', from: 'draft', to: at ? at.toISOString() : 'open' }],
      did: at ? 'openingSet' : 'opened',
      work: (actor) => editing.openDraft(actor, ref, at),
    }));
  });

  return { show };
}

/** Who reads the console's pages of petitions: in which language and zone, and what they may do. */
export function createPetitionReaders(
  deps: Pick<Infra, 'clock'> & { organisers: Organisers; getZone(): Promise<string> },
) {
  return async ({ visit }: FastifyRequest): Promise<PetitionReader> => {
    const [zone, colleagues] = await Promise.all([deps.getZone(), deps.organisers.accounts.listColleagues()]);
    const names = new Map(colleagues.map(({ ref, name }) => [ref, name]));
    const access = ACCESS['POST /petitions/:ref/pause'];
    return {
      locale: visit.locale,
      zone,
      now: deps.clock.now(),
      mayChange: access !== undefined && mayDo(meOf(visit).role, access),
      nameOf: (by) => names.get(organiserOf(by) ?? '') ?? organiserOf(by) ?? by,
    };
  };
}

export type PetitionReaders = ReturnType<typeof createPetitionReaders>;
