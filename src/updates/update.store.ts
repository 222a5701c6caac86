import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import {
  changeOf,
  count,
  date,
  flag,
  localized,
  number,
  oneOf,
  openModel,
  part,
  text,
} from '../database/model.ts';
import {
  type Expected,
  type Progress,
  type Said,
  type SendHours,
  UPDATE_STATES,
  type Update,
  type UpdateText,
} from './update.ts';

/** Updates on petitions. Few: at most one a week reaches a person. */
export function createUpdateStore(connection: Connection) {
  const updates = openUpdates(connection);

  const insertUpdate = (update: Update) => insertOnce(updates, update);
  const findUpdate = async (id: string) => updates.findOne({ _id: id }).lean<Update>();
  /** The last approved or written first. */
  const listUpdates = async () =>
    updates.find().sort({ 'approved.at': -1, 'written.at': -1 }).lean<Update[]>();
  const listSending = async () => updates.find({ state: 'sending' }).lean<Update[]>();

  /** Makes the one of the other; false when it is no more the one that was read. */
  async function changeUpdate(read: Update, next: Omit<Update, 'revision'>): Promise<boolean> {
    const { _id, revision } = read;
    const change = changeOf(read, { ...next, revision: revision + 1 });
    const { matchedCount } = await updates.updateOne({ _id, revision }, change);
    return matchedCount === 1;
  }

  /** Of one that nobody has approved. */
  async function deleteUpdate({ _id, revision }: Update): Promise<boolean> {
    const { deletedCount } = await updates.deleteOne({
      _id,
      revision,
      state: { $in: ['draft', 'proposed'] },
    });
    return deletedCount === 1;
  }

  return { insertUpdate, findUpdate, listUpdates, listSending, changeUpdate, deleteUpdate };
}
export type UpdateStore = ReturnType<typeof createUpdateStore>;

function openUpdates(connection: Connection) {
  const said = part<Said>({ by: text, at: date });
  return openModel<Update>(connection, 'updates', {
    _id: text,
    petitionId: text,
    state: oneOf(UPDATE_STATES),
    texts: localized(part<UpdateText>({ title: text, body: text })),
    hours: part<SendHours>({ from: number, until: number }),
    revision: count,
    written: said,
    proposed: said,
    approved: said,
    expected: part<Expected>({ count, isExact: flag }),
    progress: part<Progress>({ through: text, rows: count }),
    changed: said,
    withdrawn: said,
  });
}
