import type { Connection } from 'mongoose';
import { date, openModel, text } from '../database/model.ts';
import type { Pause } from './pause.ts';

export function createPauseStore(connection: Connection) {
  const pauses = openModel<Pause>(connection, 'pauses', { _id: text, by: text, because: text, at: date });

  const listPauses = async () => pauses.find().sort({ _id: 1 }).lean<Pause[]>();

  /** The newest word stands. */
  async function putPause({ _id, ...pause }: Pause): Promise<void> {
    await pauses.updateOne({ _id }, { $set: pause }, { upsert: true });
  }

  /** False when nothing of that scope stood still. */
  async function removePause(id: string): Promise<boolean> {
    return (await pauses.deleteOne({ _id: id })).deletedCount === 1;
  }

  return { listPauses, putPause, removePause };
}
export type PauseStore = ReturnType<typeof createPauseStore>;
