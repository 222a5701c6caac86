import type { Connection } from 'mongoose';
import { insertMissing, insertOnce } from '../database/insert.ts';
import { count, date, localized, number, oneOf, openModel, part, text } from '../database/model.ts';
import { updateByPipeline } from '../database/pipeline.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import {
  PETITION_STATES,
  type Petition,
  type PetitionContent,
  type PetitionEdit,
  type PetitionText,
  type PetitionVersion,
  versionOf,
  WAYS,
  type Way,
} from './petition.ts';

export const petitionIndexes: IndexDeclaration[] = [
  { collection: 'petitions', key: { state: 1, order: 1 }, options: { name: 'state_order' } },
  { collection: 'petitions', key: { number: 1 }, options: { name: 'number', unique: true } },
  {
    collection: 'petition-versions',
    key: { petitionId: 1, version: 1 },
    options: { name: 'petition_version' },
  },
];

export function createPetitionStore(connection: Connection) {
  const petitions = openPetitions(connection);
  const versions = openVersions(connection);

  const listPetitions = async () => petitions.find().sort({ order: 1 }).lean<Petition[]>();

  /** Keeps an end that has come before: what waits for it, such as anonymising, is not put off. */
  async function closePetition(
    slug: string,
    at: Date,
    closing: NonNullable<Petition['closing']>,
  ): Promise<boolean> {
    const kept = { $ifNull: ['$closing', { $literal: closing }] };
    const { matchedCount } = await updateByPipeline(petitions, { _id: slug, state: { $ne: 'draft' } }, [
      { $set: { state: 'closed', closesAt: { $min: ['$closesAt', at] }, closing: kept } },
    ]);
    return matchedCount === 1;
  }

  /** False unless it was in that state, and has not ended by the clock. */
  async function pause(slug: string, at: Date): Promise<boolean> {
    return changeUnlessEnded(slug, 'open', at, { state: 'paused' });
  }

  async function resume(slug: string, at: Date): Promise<boolean> {
    return changeUnlessEnded(slug, 'paused', at, { state: 'open' });
  }

  async function changeUnlessEnded(
    slug: string,
    state: Petition['state'],
    at: Date,
    to: Pick<Petition, 'state'>,
  ): Promise<boolean> {
    const { matchedCount } = await petitions.updateOne({ _id: slug, state, ...notEnded(at) }, { $set: to });
    return matchedCount === 1;
  }

  /** Of one that has not opened yet. */
  async function setOpening(slug: string, opensAt: Date, at: Date): Promise<boolean> {
    const { matchedCount } = await petitions.updateOne(
      { _id: slug, state: { $in: ['open', 'paused'] }, opensAt: { $gt: at } },
      { $set: { opensAt } },
    );
    return matchedCount === 1;
  }

  /** Of one that has not ended yet; without a moment it stays open until somebody closes it. */
  async function setEnd(slug: string, closesAt: Date | undefined, at: Date): Promise<boolean> {
    const { matchedCount } = await petitions.updateOne(
      { _id: slug, state: { $ne: 'closed' }, ...notEnded(at) },
      closesAt ? { $set: { closesAt } } : { $unset: { closesAt: 1 } },
    );
    return matchedCount === 1;
  }

  async function setShareTexts(
    slug: string,
    shareTexts: NonNullable<Petition['shareTexts']>,
  ): Promise<boolean> {
    const { matchedCount } = await petitions.updateOne({ _id: slug }, { $set: { shareTexts } });
    return matchedCount === 1;
  }

  /** False when it is down already. */
  async function takeDown(slug: string, takenDown: NonNullable<Petition['takenDown']>): Promise<boolean> {
    const { matchedCount } = await petitions.updateOne(
      { _id: slug, state: { $ne: 'draft' }, takenDown: { $exists: false } },
      { $set: { takenDown } },
    );
    return matchedCount === 1;
  }

  async function bringBack(slug: string): Promise<boolean> {
    const { matchedCount } = await petitions.updateOne(
      { _id: slug, takenDown: { $exists: true } },
      { $unset: { takenDown: 1 } },
    );
    return matchedCount === 1;
  }

  /** Of a petition that writes to this office. `officeId` is a slug: it has no dot that would read as a path. */
  async function setWays(slug: string, officeId: string, ways: readonly Way[]): Promise<boolean> {
    const { matchedCount } = await petitions.updateOne(
      { _id: slug, officeIds: officeId },
      { $set: { [`ways.${officeId}`]: ways } },
    );
    return matchedCount === 1;
  }

  /** False when another process was first: the petition is no more as it was read. */
  async function correctTexts(
    read: Petition,
    corrected: Pick<Petition, 'factIds' | 'texts'>,
    at: Date,
  ): Promise<boolean> {
    const { _id, texts, factIds } = read;
    const { modifiedCount } = await petitions.updateOne(
      { _id, texts, factIds },
      { $set: { ...corrected, correctedAt: at, version: versionOf(read) + 1 } },
    );
    return modifiedCount === 1;
  }

  /** One that is not there; false when its slug or its number is taken. */
  const insertPetition = (petition: Petition) => insertOnce(petitions, petition);

  /** Puts away what a save is about to replace. Twice is once. */
  const keepVersion = (version: PetitionVersion) => insertOnce(versions, version);

  /** The newest first. */
  const listVersions = async (petitionId: string) =>
    versions.find({ petitionId }).sort({ version: -1 }).lean<PetitionVersion[]>();

  /** False when somebody else has saved since: the version is another. */
  async function saveContent(
    { slug, version }: { slug: string; version: number },
    content: PetitionContent,
    edit: PetitionEdit | undefined,
  ): Promise<boolean> {
    const { matchedCount } = await petitions.updateOne(
      { _id: slug, ...atVersion(version) },
      { $set: { ...content, version: version + 1 }, ...(edit && { $push: { edits: edit } }) },
    );
    return matchedCount === 1;
  }

  async function openDraft(slug: string, version: number, opensAt: Date): Promise<boolean> {
    const { matchedCount } = await petitions.updateOne(
      { _id: slug, state: 'draft', ...atVersion(version) },
      { $set: { state: 'open', opensAt } },
    );
    return matchedCount === 1;
  }

  /** With its earlier versions. */
  async function deleteDraft(slug: string): Promise<boolean> {
    const { deletedCount } = await petitions.deleteOne({ _id: slug, state: 'draft' });
    if (deletedCount === 1) await versions.deleteMany({ petitionId: slug });
    return deletedCount === 1;
  }

  return {
    insertPetition,
    keepVersion,
    listVersions,
    saveContent,
    openDraft,
    deleteDraft,
    insertMissing: (missing: readonly Petition[]) => insertMissing(petitions, missing),
    correctTexts,
    listPetitions,
    closePetition,
    pause,
    resume,
    setShareTexts,
    setOpening,
    setEnd,
    takeDown,
    bringBack,
    setWays,
  };
}
export type PetitionStore = ReturnType<typeof createPetitionStore>;

/** By the clock: what has ended stays so, whatever its state says. */
function notEnded(at: Date) {
  return { $or: [{ closesAt: { $exists: false } }, { closesAt: { $gt: at } }] };
}

function openPetitions(connection: Connection) {
  return openModel<Petition>(connection, 'petitions', {
    _id: text,
    number: { ...number, min: 0, max: 65_535 },
    state: oneOf(PETITION_STATES),
    order: number,
    texts: localized(textPart()),
    demandIds: [text],
    officeIds: [text],
    factIds: [text],
    lawIds: [text],
    ways: { type: Map, of: [oneOf(WAYS)] },
    opensAt: date,
    closesAt: Date,
    correctedAt: Date,
    closing: part<NonNullable<Petition['closing']>>({ by: text, reason: part({ en: text, es: text }) }),
    takenDown: part<NonNullable<Petition['takenDown']>>({ at: date, by: text, reason: text }),
    shareTexts: part<NonNullable<Petition['shareTexts']>>({ en: String, es: String }),
    version: { type: Number, min: 1 },
    edits: [part<PetitionEdit>({ version: count, at: date, note: part({ en: text, es: text }) })],
  });
}

function openVersions(connection: Connection) {
  return openModel<PetitionVersion>(connection, 'petition-versions', {
    _id: text,
    petitionId: text,
    version: { ...count, min: 1 },
    until: date,
    by: text,
    texts: localized(textPart()),
    demandIds: [text],
    officeIds: [text],
    factIds: [text],
    lawIds: [text],
  });
}

const textPart = () => part<PetitionText>({ title: text, summary: text, body: [text] });

/** One that nobody has saved has no version yet: it is the first. */
function atVersion(version: number) {
  return version === 1 ? { $or: [{ version: 1 }, { version: { $exists: false } }] } : { version };
}
