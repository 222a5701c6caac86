import { type Connection, Schema } from 'mongoose';
import { insertMissing } from '../database/bulk-insert.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { Petition, Way } from './petition.ts';

export const petitionIndexes: IndexDeclaration[] = [
  { collection: 'petitions', key: { state: 1, order: 1 }, options: { name: 'state_order' } },
];

export function createPetitionStore(connection: Connection) {
  const { collection } = connection.model<Petition>('Petition', petitionSchema(), 'petitions');

  async function listPetitions(): Promise<Petition[]> {
    return (await collection.find().sort({ order: 1 }).toArray()) as unknown as Petition[];
  }

  /** Keeps an end that has come before: what waits for it, such as anonymising, is not put off. */
  async function closePetition(slug: string, at: Date): Promise<boolean> {
    const { matchedCount } = await collection.updateOne({ _id: slug as never }, [
      { $set: { state: 'closed', closesAt: { $min: ['$closesAt', at] } } },
    ]);
    return matchedCount === 1;
  }

  /** Of a petition that writes to this office. `officeId` is a slug: it has no dot that would read as a path. */
  async function setWays(slug: string, officeId: string, ways: readonly Way[]): Promise<boolean> {
    const { matchedCount } = await collection.updateOne(
      { _id: slug as never, officeIds: officeId },
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
    const { modifiedCount } = await collection.updateOne(
      { _id: read._id as never, texts: read.texts as never, factIds: read.factIds as never },
      { $set: { ...corrected, correctedAt: at } },
    );
    return modifiedCount === 1;
  }

  return {
    insertMissing: (petitions: readonly Petition[]) => insertMissing(collection, petitions),
    correctTexts,
    listPetitions,
    closePetition,
    setWays,
  };
}
export type PetitionStore = ReturnType<typeof createPetitionStore>;

function petitionSchema(): Schema<Petition> {
  return new Schema<Petition>(
    {
      _id: String,
      number: Number,
      state: String,
      order: Number,
      texts: Object,
      demandIds: [String],
      officeIds: [String],
      factIds: [String],
      lawIds: [String],
      ways: Object,
      opensAt: Date,
      closesAt: Date,
      correctedAt: Date,
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
