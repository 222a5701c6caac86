import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { bytes, date, openModel, text } from '../database/model.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { Note } from './note.ts';

export const noteIndexes: IndexDeclaration[] = [
  { collection: 'notes', key: { of: 1, at: 1 }, options: { name: 'of' } },
];

export function createNoteStore(connection: Connection) {
  const notes = openModel<Note>(connection, 'notes', {
    _id: text,
    of: text,
    by: text,
    at: date,
    sealed: bytes,
  });

  const insertNote = (note: Note) => insertOnce(notes, note);
  /** The oldest first. */
  const listNotes = async (of: string) => notes.find({ of }).sort({ at: 1 }).lean<Note[]>();
  const findNote = async (id: string) => notes.findOne({ _id: id }).lean<Note>();
  const deleteNote = async (id: string): Promise<boolean> =>
    (await notes.deleteOne({ _id: id })).deletedCount === 1;
  /** Also of a signature that is deleted. */
  const deleteNotesOf = async (of: string): Promise<number> => (await notes.deleteMany({ of })).deletedCount;

  return { insertNote, listNotes, findNote, deleteNote, deleteNotesOf };
}
export type NoteStore = ReturnType<typeof createNoteStore>;
