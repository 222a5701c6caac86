import { type Connection, Schema } from 'mongoose';
import type { Pause } from './pause.ts';

export function createPauseStore(connection: Connection) {
  const schema = new Schema<Pause>(
    { _id: String, by: String, because: String, at: Date },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
  const { collection } = connection.model<Pause>('Pause', schema, 'pauses');
  const durable = { writeConcern: { w: 'majority', journal: true } } as const;

  async function listPauses(): Promise<Pause[]> {
    return (await collection.find().sort({ _id: 1 }).toArray()) as unknown as Pause[];
  }

  /** The newest word stands. */
  async function putPause({ _id, ...pause }: Pause): Promise<void> {
    await collection.replaceOne({ _id: _id as never }, pause, { ...durable, upsert: true });
  }

  /** False when nothing of that scope stood still. */
  async function removePause(id: string): Promise<boolean> {
    return (await collection.deleteOne({ _id: id as never }, durable)).deletedCount === 1;
  }

  return { listPauses, putPause, removePause };
}
export type PauseStore = ReturnType<typeof createPauseStore>;
