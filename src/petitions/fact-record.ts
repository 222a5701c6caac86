import type { Localized } from '../lib/locales.ts';
import { renderFact } from './fact-text.ts';
import type { Correction, Fact } from './petition.ts';

/** What a fact says. */
export type FactBody = Pick<Fact, 'figures' | 'period' | 'sourceId' | 'text'>;

export const FACT_CHANGES = ['published', 'corrected', 'withdrawn'] as const;
type FactChangeKind = (typeof FACT_CHANGES)[number];

/** `was`: what it said until then. */
export type FactChange = {
  change: FactChangeKind;
  at: Date;
  by: string;
  reason?: Localized<string>;
  was?: FactBody;
};

/** A fact on record: what it says now, and all that was done to it, the oldest first. */
export type FactRecord = FactBody & {
  /** F1; not used again once it is withdrawn */
  _id: string;
  order: number;
  /** raised by each change */
  version: number;
  history: readonly FactChange[];
};

export function isWithdrawn({ history }: Pick<FactRecord, 'history'>): boolean {
  return history.at(-1)?.change === 'withdrawn';
}

export function toFact(record: FactRecord): Fact {
  const { _id: id, figures, period, sourceId, text } = record;
  const correctedOn = history(record).at(-1)?.at;
  return { id, figures, period, sourceId, text, ...(correctedOn && { correctedAt: correctedOn }) };
}

/** What was put right since it was published. */
function history(record: FactRecord): FactChange[] {
  return record.history.filter(({ change }) => change === 'corrected');
}

export function bodyOf({ figures, period, sourceId, text }: FactBody): FactBody {
  return { figures, period, sourceId, text };
}

/** Each change as the public reads it, the newest first. */
export function correctionsOf(records: readonly FactRecord[]): Correction[] {
  return records.flatMap((record) =>
    record.history.flatMap(({ change, at, reason, was }, index): Correction[] => {
      if (change === 'published' || !was || !reason) return [];
      const fact: Fact = { id: record._id, ...was };
      return [
        {
          factId: `${record._id}-${index}`,
          // What took its place is the fact itself; nothing takes the place of one that is gone.
          ...(!isWithdrawn(record) && { replacedBy: record._id }),
          on: at.toISOString().slice(0, 10),
          title: was.period,
          wrong: { en: renderFact(fact, 'en'), es: renderFact(fact, 'es') },
          right: reason,
        },
      ];
    }),
  );
}

/** When one of these facts was last put right or withdrawn: what was rendered before says what was wrong. */
export function changedAt(records: readonly FactRecord[], ids: readonly string[]): Date | undefined {
  return records
    .filter(({ _id }) => ids.includes(_id))
    .flatMap((one) => one.history.filter(({ change }) => change !== 'published').map(({ at }) => at))
    .sort((a, b) => b.getTime() - a.getTime())[0];
}
