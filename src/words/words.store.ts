import type { Connection, QueryFilter } from 'mongoose';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { similarity } from '../lib/text/minhash.ts';
import type { Signature, SignedSignature, WordsState } from '../signatures/signature.ts';
import { openSignatures } from '../signatures/signature-schema.store.ts';
import { WORDS_FIELDS, type WordsFields } from '../signatures/words-fields.ts';

export const wordsIndexes: IndexDeclaration[] = [
  { collection: 'signatures', key: { wordsState: 1 }, options: { name: 'wordsState', sparse: true } },
  { collection: 'signatures', key: { wordsBands: 1 }, options: { name: 'wordsBands', sparse: true } },
];

/** Far more than ever share a band, as of a form letter only the first few stand in the index. */
const COMPARED = 2_000;
const NEARLY_THE_SAME = 0.75;

/** As somebody read it before they decided. */
export type Decidable = Pick<SignedSignature, 'ref' | 'sealed' | 'wordsState' | 'wordsFirst'>;
export type Decided = { wordsState: WordsState; sealed?: Buffer } & Pick<
  Signature,
  'wordsDecision' | 'wordsFirst'
>;

/** Own words that their writers let offices read, and what an organiser decided on them. */
export function createWordsStore(connection: Connection) {
  const signatures = openSignatures(connection);
  const shared = { state: 'confirmed', 'consent.shareWords': true } as const;
  const approved = { wordsState: 'approved', held: false, ...shared } as const;

  async function list(
    filter: QueryFilter<Signature>,
    limit: number,
    sort: Record<string, 1> = { confirmedAt: 1 },
  ): Promise<SignedSignature[]> {
    return signatures.find(filter).sort(sort).limit(limit).lean<SignedSignature[]>();
  }
  /** The longest confirmed first. */
  const listWaiting = (limit: number, petitionId?: string) =>
    list({ wordsState: 'waiting', ...shared, ...(petitionId && { petitionId }) }, limit);
  /** A first yes of one's own is no work left. */
  async function findNextWaiting({
    skip,
    by,
  }: {
    skip: number;
    by: string;
  }): Promise<SignedSignature | null> {
    return signatures
      .findOne({ wordsState: 'waiting', ...shared, 'wordsFirst.by': { $ne: by } })
      .sort({ confirmedAt: 1 })
      .skip(skip)
      .lean<SignedSignature>();
  }
  /** Since when the longest confirmed of them waits. */
  async function findOldestSince(): Promise<Date | undefined> {
    const oldest = await signatures
      .findOne({ wordsState: 'waiting', ...shared }, { confirmedAt: 1 })
      .sort({ confirmedAt: 1 })
      .lean<Signature>();
    return oldest?.confirmedAt;
  }
  const countWaiting = async (petitionId?: string) =>
    signatures.countDocuments({ wordsState: 'waiting', ...shared, ...(petitionId && { petitionId }) });
  const listApproved = (petitionId: string, options: { without: ReadonlySet<string>; limit: number }) =>
    list({ ...approved, petitionId, ref: { $nin: [...options.without] } }, options.limit);
  /** In the order of their refs, so that one can go on after the last. */
  const listApprovedAfter = (petitionId: string, after: string, limit: number) =>
    list({ ...approved, petitionId, ref: { $gt: after } }, limit, { ref: 1 });
  /** Those of them that may be quoted at this moment. The local database takes the index of a filter's first field. */
  const listApprovedOf = async (refs: readonly string[]) =>
    refs.length === 0 ? [] : list({ ref: { $in: [...refs] }, ...approved }, refs.length);

  async function findDecidable(ref: string): Promise<SignedSignature | null> {
    const [found] = await list({ ref, wordsState: { $exists: true }, ...shared }, 1);
    return found ?? null;
  }

  /**
   * False when the words, anything else that is sealed with them, or what was decided on them, is another than in `before`.
   * What `decided` leaves out of decision and first yes goes.
   */
  async function decide(before: Decidable, decided: Decided): Promise<boolean> {
    const { ref, sealed, wordsState, wordsFirst } = before;
    const absent = (['wordsDecision', 'wordsFirst'] as const).filter((field) => !decided[field]);
    const first = wordsFirst ? { 'wordsFirst.at': wordsFirst.at } : { wordsFirst: { $exists: false } };
    const { matchedCount } = await signatures.updateOne(
      { ref, sealed: sealed ?? null, wordsState: wordsState ?? null, ...first, ...shared },
      { $set: decided, $unset: Object.fromEntries(absent.map((field) => [field, 1])) },
    );
    return matchedCount === 1;
  }

  /**
   * The writer's own change: what is given stands, the other fields of the words go. False when the signature is no more
   * confirmed, or has changed since `before` was read.
   */
  async function saveWords(
    id: string,
    before: Buffer,
    fields: WordsFields & { sealed?: Buffer; 'consent.shareWords'?: boolean; consentVersion?: string },
  ): Promise<boolean> {
    const absent = WORDS_FIELDS.filter((field) => fields[field] === undefined);
    const { matchedCount } = await signatures.updateOne(
      { _id: id, state: 'confirmed', sealed: before },
      {
        $set: fields,
        $unset: Object.fromEntries(absent.map((field) => [field, 1])),
      },
    );
    return matchedCount === 1;
  }

  /**
   * The highest similarity to any other shared and rated text of the petition, 0 when no other has a band in common; and
   * how many are nearly the same.
   */
  async function findNearest(
    id: string,
    sketch: Buffer,
    bands: readonly number[],
  ): Promise<{ nearest: number; copies: number }> {
    const near = await signatures
      .find({ wordsBands: { $in: [...bands] }, _id: { $ne: id }, ...shared }, { wordsSketch: 1 })
      .limit(COMPARED)
      .lean<Signature[]>();
    const likeness = near.map(({ wordsSketch }) => (wordsSketch ? similarity(sketch, wordsSketch) : 0));
    return {
      nearest: Math.max(0, ...likeness),
      copies: likeness.filter((value) => value >= NEARLY_THE_SAME).length,
    };
  }

  /** On this very text, and on no later one. */
  async function noteOriginality(
    id: string,
    sealed: Buffer,
    fields: Required<Pick<Signature, 'wordsSketch' | 'wordsBands' | 'wordsOriginality'>>,
  ): Promise<void> {
    await signatures.updateOne({ _id: id, sealed, wordsState: { $exists: true } }, { $set: fields });
  }

  return {
    listWaiting,
    findNextWaiting,
    findOldestSince,
    countWaiting,
    listApproved,
    listApprovedAfter,
    listApprovedOf,
    findDecidable,
    decide,
    saveWords,
    findNearest,
    noteOriginality,
  };
}
export type WordsStore = ReturnType<typeof createWordsStore>;
