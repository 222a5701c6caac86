import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import type { Infra } from '../infra.ts';
import { organiserOf } from '../lib/actor.ts';
import { AppError } from '../lib/errors.ts';
import { readForm } from '../lib/form-faults.ts';
import { typedValues } from '../lib/typed.ts';
import { ACCESS, mayDo } from '../organisers/access.ts';
import type { Organisers } from '../organisers/organisers.room.ts';
import type { WaitingSource } from '../organisers/today.admin.ts';
import { actorOf, meOf } from '../organisers/visit.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { petitionText } from '../petitions/petition.ts';
import { NewUpdateForm, writtenOf } from './update.schema.ts';
import type { UpdateService } from './update.service.ts';
import { doneText, registerUpdateActs } from './update-acts.admin.ts';
import {
  newUpdateForm,
  pageOf,
  type RefusedForm,
  UPDATES,
  type UpdateReader,
  updateRow,
} from './update-admin.view.ts';
import type { PetitionUpdates } from './updates.room.ts';

export type UpdateAdminDeps = Pick<Infra, 'translator' | 'clock'> & {
  updates: PetitionUpdates;
  petitions: Pick<PetitionService, 'getPetition' | 'listPetitions'>;
  organisers: Organisers;
  audit: Audit;
  getZone(): Promise<string>;
};

/** What Today says of updates that wait for a second person. */
export function updatesWaiting({ listUpdates }: Pick<UpdateService, 'listUpdates'>): WaitingSource {
  return async () =>
    (await listUpdates()).flatMap(({ state, proposed }) =>
      state === 'proposed' && proposed
        ? [{ key: 'console.today.update', path: '/updates', since: proposed.at }]
        : [],
    );
}

/** Updates on petitions: the list of them, and a new one. */
export function registerUpdateAdmin(scope: FastifyInstance, deps: UpdateAdminDeps): void {
  const { updates, petitions, audit, translator } = deps;
  const reads = createUpdateReaders(deps);

  scope.get('/updates', async (request, reply) => {
    const reader = await reads(request);
    const all = await updates.listUpdates();
    const rows = await Promise.all(
      all.map(async (one) => {
        const petition = await petitions.getPetition(one.petitionId);
        return updateRow(translator, one, petition, reader);
      }),
    );
    const title = translator.t(reader.locale, 'console.updates.title');
    const view = {
      rows,
      newPath: `${UPDATES}/new`,
      mayWrite: reader.mayWrite,
      ...doneText(translator, request),
    };
    return reply.show({ page: 'updates', title, view });
  });

  async function showNew(request: FastifyRequest, reply: FastifyReply, refused?: Omit<RefusedForm, 'did'>) {
    const { locale } = request.visit;
    const { petition } = request.query as { petition?: string };
    const options = (await petitions.listPetitions()).map((one) => ({
      value: one._id,
      label: petitionText(one, locale).title,
      isChosen: one._id === petition,
    }));
    const form = newUpdateForm(translator, locale, options, refused);
    const title = translator.t(locale, 'console.updates.new');
    return reply.show({ page: 'update-new', title, view: { form }, ...(refused && { status: 422 }) });
  }

  scope.get('/updates/new', async (request, reply) => showNew(request, reply));

  scope.post('/updates/new', async (request, reply) => {
    const form = readForm(NewUpdateForm, request.body);
    if (!form.ok) return showNew(request, reply, { errors: form.errors, values: typedValues(request.body) });
    const { newsPetition } = form.value;
    const intent = { act: 'updates write', of: [newsPetition] };
    const actor = actorOf(request.visit);
    const { _id } = await audit.record(actor, intent, () =>
      updates.write(newsPetition, writtenOf(form.value), actor),
    );
    return reply.redirect(`${pageOf(_id)}?done=written`, 303);
  });
  registerUpdateActs(scope, { ...deps, reads });
}

/** Who reads the pages of updates: in which language and zone, and what they may do. */
function createUpdateReaders(deps: Pick<UpdateAdminDeps, 'clock' | 'organisers' | 'getZone'>) {
  return async ({ visit }: FastifyRequest): Promise<UpdateReader> => {
    const [zone, colleagues] = await Promise.all([deps.getZone(), deps.organisers.accounts.listColleagues()]);
    const names = new Map(colleagues.map(({ ref, name }) => [ref, name]));
    const access = ACCESS['POST /updates/new'];
    if (!access) throw new AppError('INTERNAL');
    return {
      locale: visit.locale,
      zone,
      now: deps.clock.now(),
      mayWrite: mayDo(meOf(visit).role, access),
      email: meOf(visit).profile.email,
      nameOf: (by) => names.get(organiserOf(by) ?? '') ?? organiserOf(by) ?? by,
    };
  };
}
