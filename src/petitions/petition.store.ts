import type { Connection } from 'mongoose';
import { insertMissing } from '../database/insert.ts';
import { date, localized, number, oneOf, openModel, part, text } from '../database/model.ts';
import { updateByPipeline } from '../database/pipeline.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { PETITION_STATES, type Petition, type PetitionText, WAYS, type Way } from './petition.ts';

export const petitionIndexes: IndexDeclaration[] = [
  { collection: 'petitions', key: { state: 1, order: 1 }, options: { name: 'state_order' } },
];

export function createPetitionStore(connection: Connection) {
  const petitions = openPetitions(connection);

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
    const hasNotEnded = [{ closesAt: { $exists: false } }, { closesAt: { $gt: at } }];
    const { matchedCount } = await petitions.updateOne({ _id: slug, state, $or: hasNotEnded }, { $set: to });
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
      { $set: { ...corrected, correctedAt: at } },
    );
    return modifiedCount === 1;
  }

  return {
    insertMissing: (missing: readonly Petition[]) => insertMissing(petitions, missing),
    correctTexts,
    listPetitions,
    closePetition,
    pause,
    resume,
    takeDown,
    bringBack,
    setWays,
  };
}
export type PetitionStore = ReturnType<typeof createPetitionStore>;

function openPetitions(connection: Connection) {
  return openModel<Petition>(connection, 'petitions', {
    _id: text,
    number: { ...number, min: 0, max: 65_535 },
    state: oneOf(PETITION_STATES),
    order: number,
    texts: localized(part<PetitionText>({ title: text, summary: text, body: [text] })),
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
  });
}
