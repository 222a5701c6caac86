import type { Connection } from 'mongoose';

type Counter = { _id: string; said: number };

/** How many people say that they have written to an office themselves. Said, not known: it enters no other count. */
export function createByHandStore(connection: Connection) {
  const counters = connection.collection<Counter>('counters');
  const idOf = (petitionId: string, officeId: string) => `said:${petitionId}:${officeId}`;

  async function noteSaid(petitionId: string, officeId: string): Promise<void> {
    await counters.updateOne({ _id: idOf(petitionId, officeId) }, { $inc: { said: 1 } }, { upsert: true });
  }

  async function getSaid(
    petitionId: string,
    officeIds: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    const ids = new Map(officeIds.map((officeId) => [idOf(petitionId, officeId), officeId]));
    const found = await counters.find({ _id: { $in: [...ids.keys()] } }).toArray();
    return new Map(found.map(({ _id, said }) => [ids.get(_id) ?? '', said]));
  }

  return { noteSaid, getSaid };
}
export type ByHandStore = ReturnType<typeof createByHandStore>;
