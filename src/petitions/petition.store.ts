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
  async function closePetition(slug: string, at: Date): Promise<boolean> {
    const { matchedCount } = await updateByPipeline(petitions, { _id: slug }, [
      { $set: { state: 'closed', closesAt: { $min: ['$closesAt', at] } } },
    ]);
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
  });
}
