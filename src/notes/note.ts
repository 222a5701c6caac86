/** What colleagues write each other about; the id is as its page has it, never an address. */
const NOTE_KINDS = ['petition', 'office', 'delivery', 'signature', 'answer'] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];
export type NoteOf = { kind: NoteKind; id: string };

/** A private note for colleagues: shown in the console alone, never to an office, a supporter or the public. */
export type Note = {
  /** a random ref */
  _id: string;
  /** `kind:id` */
  of: string;
  /** as `byOf` an actor gives it */
  by: string;
  at: Date;
  /** its text: a note about a person may name them */
  sealed: Buffer;
};
export type ReadNote = Omit<Note, 'sealed'> & { text: string };

export function noteKey({ kind, id }: NoteOf): string {
  return `${kind}:${id}`;
}

export function noteContext(id: string): string {
  return `note:${id}`;
}

/** What a form names; undefined for what notes are not written on. */
export function noteOf(key: string): NoteOf | undefined {
  const [name = ''] = key.split(':', 1);
  const kind = NOTE_KINDS.find((one) => one === name);
  const id = key.slice(name.length + 1);
  return kind && id ? { kind, id } : undefined;
}
