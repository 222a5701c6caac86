import { createHash } from 'node:crypto';
import type { Config } from '../config.ts';
import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { dayIn } from '../lib/days.ts';
import { AppError, invalidField, invalidInput } from '../lib/errors.ts';
import { readInput } from '../lib/form-faults.ts';
import { PAPERS } from '../lib/pdf/pdf.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import type { Office } from '../offices/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { Catalog } from '../petitions/petition.ts';
import { type PackPdfOptions, renderMexicanPack } from './mx-article-8.pdf.ts';
import { HandingIn, PackAnswer } from './pack.schema.ts';
import type { PackStore } from './pack.store.ts';
import { type HandedIn, handedInId, PACK_LOCALE, type Pack, packFile, packsOf } from './pack.ts';
import { renderUsPack } from './us-rulemaking.pdf.ts';

/** Every pack of every petition that ships, in both sizes, and some to spare. */
const KEPT = 40;

export type PackBytes = { bytes: Buffer; etag: string };

/** Papers that a law obliges an office to answer: made from a petition's data, and the record of those handed in. */
export function createPackService(
  deps: Pick<Infra, 'clock' | 'logger'> &
    Pick<Config, 'publicUrl'> &
    Pick<PetitionService, 'getPetition'> &
    Pick<OfficesRoom, 'listKnownOffices'> & { store: PackStore; getCatalog(): Promise<Catalog> },
) {
  const { store, getPetition, listKnownOffices, getCatalog, publicUrl, clock, logger } = deps;
  const kept = new Map<string, Promise<PackBytes>>();

  /** @throws PETITION_NOT_FOUND */
  async function listPacks(petitionId: string): Promise<Pack[]> {
    return packsOf(await getPetition(petitionId), await listKnownOffices(), await getCatalog());
  }

  /** `file` as `packFile` names it. @throws PETITION_NOT_FOUND, PAGE_NOT_FOUND */
  async function renderPack(petitionId: string, file: string): Promise<PackBytes> {
    const packs = await listPacks(petitionId);
    const wanted = packs
      .flatMap((pack) => PAPERS.map((paper) => ({ pack, paper })))
      .find(({ pack, paper }) => packFile(pack, paper) === file);
    if (!wanted) throw new AppError('PAGE_NOT_FOUND');
    const { pack, paper } = wanted;
    const path = paths.petition(PACK_LOCALE[pack.kind], petitionId);
    // By the day: every process gives the same bytes for the same data, and a new day or a change gives others.
    const day = dayIn(pack.office.zone, clock.now());
    const input = { pack, paper, day, petitionUrl: absoluteUrl(publicUrl, path) };
    const key = createHash('sha256').update(JSON.stringify(input)).digest('base64url').slice(0, 22);
    return keep(key, () => render(pack, { paper, date: new Date(day), petitionUrl: input.petitionUrl }, key));
  }

  function keep(key: string, make: () => Promise<PackBytes>): Promise<PackBytes> {
    const known = kept.get(key);
    if (known) return known;
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value ?? '');
    const made = make();
    kept.set(key, made);
    made.catch(() => kept.delete(key));
    return made;
  }

  async function render(pack: Pack, options: PackPdfOptions, key: string): Promise<PackBytes> {
    const bytes = await (pack.kind === 'mx-article-8'
      ? renderMexicanPack(pack, options)
      : renderUsPack(pack, options));
    return { bytes, etag: `"${key}"` };
  }

  /** @throws PETITION_NOT_FOUND; INPUT_INVALID when the petition has no pack for the office */
  async function getPack(petitionId: string, officeId: string): Promise<Pack> {
    const packs = await listPacks(petitionId);
    const pack = packs.find((one) => one.officeId === officeId);
    if (pack) return pack;
    const known = packs.map((one) => one.officeId).join(', ');
    throw invalidInput(`This petition has no pack for "${officeId}". It has: ${known || 'none'}.`);
  }

  /** Recording the same twice records it once. @throws PETITION_NOT_FOUND, INPUT_INVALID naming each fault */
  async function recordHandedIn(
    actor: Actor,
    petitionId: string,
    officeId: string,
    given: unknown,
  ): Promise<HandedIn> {
    const { office } = await getPack(petitionId, officeId);
    const { on, folio } = readInput(HandingIn, given);
    refuseFuture(on, office);
    const fields = { petitionId, officeId, on, folio };
    const handedIn = {
      _id: handedInId(fields),
      ...fields,
      recordedBy: byOf(actor),
      recordedAt: clock.now(),
    };
    await store.insert(handedIn);
    logger.info({ petitionId, officeId, on }, 'pack.handed-in');
    return handedIn;
  }

  /** The folio may be left out while only one waits. @throws PETITION_NOT_FOUND, INPUT_INVALID */
  async function recordAnswered(
    actor: Actor,
    petitionId: string,
    officeId: string,
    given: unknown,
  ): Promise<HandedIn> {
    const { office } = await getPack(petitionId, officeId);
    const { on, folio } = readInput(PackAnswer, given);
    refuseFuture(on, office);
    const waiting = (await store.listByPetition(petitionId)).filter(
      (one) => one.officeId === officeId && !one.answered && (folio === undefined || one.folio === folio),
    );
    const [one, another] = waiting;
    if (!one)
      throw invalidField('No pack that waits for an answer is recorded under this office and folio.', {
        fault: 'pack.none',
      });
    if (another)
      throw invalidInput(`Several wait: name one by --folio: ${waiting.map((w) => w.folio).join(', ')}.`);
    if (on < one.on)
      throw invalidField(`on: lies before it was handed in (${one.on})`, {
        field: 'on',
        fault: 'beforeFrom',
      });
    const answered = { on, recordedBy: byOf(actor), recordedAt: clock.now() };
    if (!(await store.setAnswered(one._id, answered)))
      throw invalidField('It was recorded meanwhile.', { fault: 'pack.none' });
    logger.info({ petitionId, officeId, on }, 'pack.answered');
    return { ...one, answered };
  }

  function refuseFuture(on: string, { zone }: Office): void {
    if (on > dayIn(zone, clock.now()))
      throw invalidField('on: lies in the future, where the office is', { field: 'on', fault: 'future' });
  }

  return { listPacks, renderPack, recordHandedIn, recordAnswered, listHandedIn: store.listByPetition };
}
export type PackService = ReturnType<typeof createPackService>;
