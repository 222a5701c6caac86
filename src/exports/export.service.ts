import type { Audit } from '../audit/audit.service.ts';
import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { AppError } from '../lib/errors.ts';
import { newRef } from '../lib/ref.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { ExportStore } from './export.store.ts';
import {
  COLUMNS,
  type Export,
  type ExportKind,
  type Format,
  hasPeople,
  mayGrant,
  type Row,
  stateOf,
} from './export.ts';

const SHOWN = 100;

export type Asked = { kind: ExportKind; petitionId?: string | undefined; why: string };

/** Asked for with a reason, granted by a second person where people are in it, and taken anew each time for seven days. */
export function createExportService(
  deps: Pick<Infra, 'clock'> & {
    store: ExportStore;
    audit: Audit;
    rowsOf(kind: ExportKind, petitionIds: readonly string[]): AsyncIterable<Row>;
  } & Pick<PetitionService, 'getPetition' | 'listPetitions'>,
) {
  const { store, audit, rowsOf, getPetition, listPetitions, clock } = deps;

  /** @throws PETITION_NOT_FOUND */
  async function ask(actor: Actor, { kind, petitionId, why }: Asked): Promise<Export> {
    if (petitionId) await getPetition(petitionId);
    const now = clock.now();
    const by = byOf(actor);
    const one: Export = {
      _id: newRef(),
      kind,
      ...(petitionId && { petitionId }),
      why,
      askedBy: by,
      askedAt: now,
      ...(!hasPeople(kind) && { grantedBy: by, grantedAt: now }),
    };
    const intent = { act: 'export ask', of: ofExport(one), changes: [{ field: 'kind', to: kind }], why };
    await audit.record(actor, intent, () => store.insertExport(one));
    return one;
  }

  /** @throws SECOND_PERSON when who asked may not grant it, or another was first; PAGE_NOT_FOUND */
  async function grant(actor: Actor, id: string, isAlone: boolean): Promise<void> {
    const one = await getExport(id);
    const now = clock.now();
    const by = byOf(actor);
    const way = mayGrant(one, { by, isAlone, now });
    const why = way === 'alone' ? 'the same person on another day: nobody else may grant it' : undefined;
    const intent = { act: 'export grant', of: ofExport(one), ...(why && { why }) };
    await audit.record(actor, intent, async () => {
      if (!way || !(await store.grant(id, by, now))) throw new AppError('SECOND_PERSON');
    });
  }

  /** Refuses it, or ends its grant. @throws PAGE_NOT_FOUND */
  async function end(actor: Actor, id: string): Promise<void> {
    const one = await getExport(id);
    const intent = { act: 'export end', of: ofExport(one) };
    await audit.record(actor, intent, () => store.end(id, byOf(actor), clock.now()));
  }

  /**
   * Hands the rows to `send`, which ends when they are taken or nobody takes them any more. Each time is an act of its own.
   * @throws PAGE_NOT_FOUND once the grant is over
   */
  async function download(
    actor: Actor,
    { id, format }: { id: string; format: Format },
    send: (rows: AsyncIterable<Row>, one: Export, columns: readonly string[]) => Promise<void>,
  ): Promise<void> {
    const one = await getExport(id);
    if (stateOf(one, clock.now()) !== 'open') throw new AppError('PAGE_NOT_FOUND');
    const petitionIds = one.petitionId ? [one.petitionId] : (await listPetitions()).map(({ _id }) => _id);
    const changes = [{ field: 'file', to: `${one.kind}.${format}` }];
    const intent = { act: 'export download', of: ofExport(one), changes, why: one.why };
    await audit.record(actor, intent, () => send(rowsOf(one.kind, petitionIds), one, COLUMNS[one.kind]));
  }

  async function getExport(id: string): Promise<Export> {
    const one = await store.findExport(id);
    if (!one) throw new AppError('PAGE_NOT_FOUND');
    return one;
  }

  const listExports = () => store.listExports(SHOWN);

  /** What waits for a second person, the oldest first. */
  async function listWaiting(): Promise<Export[]> {
    const now = clock.now();
    return (await listExports()).filter((one) => stateOf(one, now) === 'waiting').reverse();
  }

  return { ask, grant, end, download, getExport, listExports, listWaiting };
}
export type ExportService = ReturnType<typeof createExportService>;

function ofExport({ _id, petitionId }: Export): string[] {
  return [_id, ...(petitionId ? [petitionId] : [])];
}
