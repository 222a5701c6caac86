import { addMilliseconds, DAY, SECOND } from '../lib/clock.ts';
import type { Locale, Localized } from '../lib/locales.ts';

/** A figure lives once: value, unit, period and source; both languages render from it. */
export type Fact = {
  id: string;
  figures: readonly Figure[];
  period: Localized<string>;
  sourceId: string;
  /** ICU message; `{figureId}` stands where a figure goes */
  text: Localized<string>;
  /** when it was last put right */
  correctedAt?: Date;
};
export type Figure = {
  id: string;
  value: number;
  unit: (typeof FIGURE_UNITS)[number];
  bound: (typeof FIGURE_BOUNDS)[number];
};
export const FIGURE_UNITS = ['children', 'percent', 'people'] as const;
export const FIGURE_BOUNDS = ['exactly', 'over', 'nearly'] as const;

type Source = {
  id: string;
  author: Localized<string>;
  /** absent where only the publisher and the month are known */
  title?: Localized<string>;
  publisher: string;
  date: string;
};

/** A figure that was wrong: what it said, what is true, and the fact that takes its place. Shown on a page of its own. */
export type Correction = {
  /** the fact that was withdrawn; its id is not used again */
  factId: string;
  /** absent where nothing takes its place */
  replacedBy?: string;
  /** since when, YYYY-MM-DD */
  on: string;
  title: Localized<string>;
  wrong: Localized<string>;
  right: Localized<string>;
};

export type Demand = {
  id: string;
  officeIds: readonly string[];
  /** those of its offices of whom the source makes no separate demand: to them it follows from the others, and says so */
  followsFor: readonly string[];
  text: Localized<string>;
};

/** A rule that the page cites, and what it asks of a state in one sentence. */
export type Law = {
  id: string;
  jurisdiction: 'US' | 'MX' | 'international';
  name: Localized<string>;
  text: Localized<string>;
};

/** What petitions refer to by id. Demands, laws and sources ship with the program; facts and corrections are on record. */
export type Catalog = {
  facts: ReadonlyMap<string, Fact>;
  demands: ReadonlyMap<string, Demand>;
  laws: ReadonlyMap<string, Law>;
  sources: ReadonlyMap<string, Source>;
  /** the newest first */
  corrections: readonly Correction[];
};

export type PetitionText = {
  title: string;
  /** one or two sentences, for the home page and share cards */
  summary: string;
  /** paragraphs */
  body: readonly string[];
};

/** By what way words reach an office: many in one mail, single letters, or what a supporter sends by their own hand. */
export const WAYS = ['digest', 'letters', 'hand'] as const;
export type Way = (typeof WAYS)[number];
/** Single letters are few and read before they go: an organiser turns them on. */
const DEFAULT_WAYS: readonly Way[] = ['digest', 'hand'];

/** `open` says only that it was put before the public: whether it can be signed now is for `phaseOf` to say, by the clock. */
export const PETITION_STATES = ['draft', 'open', 'paused', 'closed'] as const;
type PetitionState = (typeof PETITION_STATES)[number];

export type Petition = {
  /** slug */
  _id: string;
  /** small and permanent: stands in sealed links for the slug */
  number: number;
  state: PetitionState;
  order: number;
  texts: Localized<PetitionText>;
  demandIds: readonly string[];
  /** which of the demands' addressees this petition writes to */
  officeIds: readonly string[];
  factIds: readonly string[];
  lawIds: readonly string[];
  /** by office, where they are not the default */
  ways?: Readonly<Record<string, readonly Way[]>>;
  opensAt: Date;
  closesAt?: Date;
  /** when a withdrawn fact was last taken from it: what was rendered before is not sent as it is */
  correctedAt?: Date;
  /** who closed it by hand, and what the public reads of why */
  closing?: { by: string; reason?: Localized<string> };
  /** nothing of it is shown while this is there; why is for colleagues alone */
  takenDown?: { at: Date; by: string; reason: string };
  /** of its content, and raised by each save; absent is 1 */
  version?: number;
  /** what supporters send on beside the link, where it is not the site's own sentence */
  shareTexts?: Partial<Localized<string>>;
  /** changes of the text since it opened, as its page names them, the oldest first */
  edits?: readonly PetitionEdit[];
};

/** `version`: the one that the change made. */
export type PetitionEdit = { version: number; at: Date; note: Localized<string> };

/** What a save may change. */
export type PetitionContent = Pick<Petition, 'texts' | 'demandIds' | 'officeIds' | 'factIds' | 'lawIds'>;

/** An earlier version, as it was until a save made the next. */
export type PetitionVersion = PetitionContent & {
  /** petition:version */
  _id: string;
  petitionId: string;
  version: number;
  /** when it was replaced, and by whom */
  until: Date;
  by: string;
};

export function versionOf({ version = 1 }: Pick<Petition, 'version'>): number {
  return version;
}

export function contentOf(petition: PetitionContent): PetitionContent {
  const { texts, demandIds, officeIds, factIds, lawIds } = petition;
  return { texts, demandIds, officeIds, factIds, lawIds };
}

/**
 * Where a petition is in its life: not public yet, before it opens, open for signatures, at rest for a while, or closed for
 * good; or taken down, whatever it was before.
 */
export type PetitionPhase = 'draft' | 'upcoming' | 'open' | 'paused' | 'closed' | 'takenDown';

export function phaseOf(petition: Petition, now: Date): PetitionPhase {
  const { state, opensAt, takenDown } = petition;
  if (takenDown) return 'takenDown';
  if (state === 'draft') return 'draft';
  if (hasEnded(petition, now)) return 'closed';
  if (opensAt > now) return 'upcoming';
  return state === 'paused' ? 'paused' : 'open';
}

/** Whether everybody may read it. */
export function isShown({ state, takenDown }: Petition): boolean {
  return state !== 'draft' && takenDown === undefined;
}

export function isOpen(petition: Petition, now: Date): boolean {
  return phaseOf(petition, now) === 'open';
}

/** Nobody signs any more; what they left is still carried to the offices. */
export function hasEnded(petition: Petition, now: Date): boolean {
  return petition.state === 'closed' || (petition.closesAt !== undefined && petition.closesAt <= now);
}

export function endOf({ closesAt, opensAt }: Petition): Date {
  return closesAt ?? opensAt;
}

/** Whoever signed before the end has so long after it to confirm. */
const CONFIRMED_WITHIN = DAY;
/** A web process learns of an end that was set by hand within a second; what it took until then was signed in time. */
const LEARNT_WITHIN = 5 * SECOND;

/** Whether what was signed at `signedAt` may be confirmed now. */
export function isConfirmable(petition: Petition, signedAt: Date, now: Date): boolean {
  const { closesAt } = petition;
  const phase = phaseOf(petition, now);
  // Whoever signed before a pause keeps their 30 days.
  if (phase === 'open' || phase === 'paused') return true;
  if (!closesAt || phase === 'takenDown') return false;
  // Closed, or signed, while the clock was ahead: nobody could sign after the end.
  if (closesAt > now) return petition.state === 'closed';
  const isInTime = signedAt < addMilliseconds(closesAt, LEARNT_WITHIN) || signedAt > now;
  return isInTime && now < addMilliseconds(closesAt, CONFIRMED_WITHIN);
}

export function petitionText(petition: Petition, locale: Locale): PetitionText {
  return petition.texts[locale];
}

/** The demands of a petition that are put to this office, in their order: it may answer these and no other. */
export function demandsTo(
  officeId: string,
  petition: Pick<Petition, 'demandIds' | 'officeIds'>,
  catalog: Pick<Catalog, 'demands'>,
): Demand[] {
  if (!petition.officeIds.includes(officeId)) return [];
  return pick(petition.demandIds, catalog.demands).filter(({ officeIds }) => officeIds.includes(officeId));
}

/** What it cites that binds a country: the country's own law, and what binds all. */
export function lawsFor(
  country: Law['jurisdiction'],
  petition: Pick<Petition, 'lawIds'>,
  catalog: Pick<Catalog, 'laws'>,
): Law[] {
  return pick(petition.lawIds, catalog.laws).filter(
    ({ jurisdiction }) => jurisdiction === country || jurisdiction === 'international',
  );
}

/** What these ids name in the catalog, in their order. */
export function pick<T>(ids: readonly string[], all: ReadonlyMap<string, T>): T[] {
  return ids.flatMap((id) => all.get(id) ?? []);
}

/** The ways from this petition to an office; none when it does not write to it. */
export function waysOf(petition: Petition, officeId: string): readonly Way[] {
  if (!petition.officeIds.includes(officeId)) return [];
  return petition.ways?.[officeId] ?? DEFAULT_WAYS;
}

/** All that the source demands, by its first and its last name: D1 to D5. */
export type DemandRange = { count: number; first: string; last: string };

export function demandRange({ demands }: Pick<Catalog, 'demands'>): DemandRange {
  const ids = [...demands.keys()];
  return { count: ids.length, first: ids[0] ?? '', last: ids.at(-1) ?? '' };
}
