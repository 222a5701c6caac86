import type { Person, Signature } from '../signatures/signature.ts';

/** What signatures that were once confirmed are selected by; domain and network are keyed. */
export type Selection = {
  petitionId?: string;
  domain?: string;
  network?: string;
  source?: string;
  country?: string;
  region?: string;
  /** confirmed at or after */
  from?: Date;
  /** confirmed before */
  to?: Date;
};

/** counted: confirmed and not held. */
export const STANDINGS = ['counted', 'held', 'invalidated', 'withdrawn'] as const;
export type Standing = (typeof STANDINGS)[number];

/** Where a page of results goes on: at this moment, behind so many confirmed at the same one. */
export type PageCursor = { at: Date; skip: number };

/** A signature as the desk shows it. */
export type DeskSignature = {
  /** its ref; of one that has none, a sealed name */
  handle: string;
  signature: Signature;
  /** absent once it was withdrawn */
  person?: Person;
};

/** What nothing but a petition names would be everybody: no rule is made of it. */
export function isNarrow(selection: Selection): boolean {
  return Object.keys(selection).some((field) => field !== 'petitionId');
}

export function standingOf({ state, held }: Pick<Signature, 'state' | 'held'>): Standing | 'pending' {
  if (state === 'confirmed') return held ? 'held' : 'counted';
  return state;
}

/** What a moderator may do to one signature, and what only an editor may. */
export const LIGHT_ACTS = ['hold', 'release', 'resend', 'endNews'] as const;
export const GRAVE_ACTS = ['invalidate', 'restore', 'withdraw'] as const;
export type DeskAct = (typeof LIGHT_ACTS)[number] | (typeof GRAVE_ACTS)[number];

export function actsOn({ state, held, consent }: Signature): readonly DeskAct[] {
  if (state === 'withdrawn') return [];
  if (state === 'invalidated') return ['restore'];
  return [
    held ? 'release' : 'hold',
    'resend',
    ...(consent.updates ? (['endNews'] as const) : []),
    ...(state === 'confirmed' ? (['invalidate'] as const) : []),
    'withdraw',
  ];
}
