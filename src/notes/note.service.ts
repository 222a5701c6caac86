import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { AppError } from '../lib/errors.ts';
import { newRef } from '../lib/ref.ts';
import type { NoteStore } from './note.store.ts';
import { type Note, type NoteOf, noteContext, noteKey, type ReadNote } from './note.ts';

/** Private notes for colleagues. Their text is sealed, and goes with what it is about (`forget`). */
export function createNoteService(deps: Pick<Infra, 'sealer' | 'clock'> & { store: NoteStore }) {
  const { store, sealer, clock } = deps;

  async function add(actor: Actor, of: NoteOf, text: string): Promise<Note> {
    const _id = newRef();
    const sealed = sealer.seal(text, noteContext(_id));
    const note = { _id, of: noteKey(of), by: byOf(actor), at: clock.now(), sealed };
    await store.insertNote(note);
    return note;
  }

  /** The oldest first. */
  async function list(of: NoteOf): Promise<ReadNote[]> {
    const notes = await store.listNotes(noteKey(of));
    return notes.map(({ sealed, ...note }) => ({
      ...note,
      text: sealer.open<string>(sealed, noteContext(note._id)),
    }));
  }

  /** Only one's own. @throws PAGE_NOT_FOUND */
  async function remove(actor: Actor, id: string): Promise<Note> {
    const note = await store.findNote(id);
    if (note?.by !== byOf(actor)) throw new AppError('PAGE_NOT_FOUND');
    await store.deleteNote(id);
    return note;
  }

  const forget = (of: NoteOf): Promise<number> => store.deleteNotesOf(noteKey(of));

  return { add, list, remove, forget };
}
export type NoteService = ReturnType<typeof createNoteService>;
