import type { DeliveryStore } from '../deliveries/delivery.store.ts';
import type { Infra } from '../infra.ts';
import { utcDay } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import {
  type Person,
  type RefusalReason,
  type SignedSignature,
  signatureContext,
} from '../signatures/signature.ts';
import { type TrimFault, trimFault } from './trim.ts';
import type { WordsStore } from './words.store.ts';
import { isLongEnough, notesOn, wordsVersion } from './words.ts';

export type DecisionWord = {
  by: string;
  /** although they seem to hold a name or a number: a second person says the same */
  anyway?: boolean;
  /** nobody else may decide here: the same person on another day stands for the second */
  isAlone?: boolean;
  /** only what waits is decided on; else an earlier decision is replaced */
  isFirst?: boolean;
  /** of an approval: the words with passages left out */
  trimmed?: string;
  /** of a refusal, for the writer to read */
  reason?: RefusalReason;
  note?: string;
};
/** `second`: the yes is noted, and another person's is needed. */
export type DecisionResult = 'decided' | 'second';

function noteContext(id: string): string {
  return `words-note:${id}`;
}

/** What an organiser decides on somebody's words, once, on the very text that was read. */
export function createWordsDecisions(
  deps: Pick<Infra, 'sealer' | 'clock' | 'logger'> &
    Pick<DeliveryStore, 'listSentTo'> & {
      store: Pick<WordsStore, 'findDecidable' | 'decide'>;
      rate(signature: SignedSignature): Promise<number | undefined>;
    },
) {
  const { store, sealer, rate, listSentTo, clock, logger } = deps;

  /**
   * `id` is that of the list, or a ref alone. Words that seem to hold the writer's name, a telephone or an identity
   * number are approved only with `anyway`, by two people (law 11).
   * @throws SIGNATURE_NOT_FOUND; WORDS_DECIDED where another was first, saying who; SECOND_PERSON where the second yes would
   * be the first one's; INPUT_INVALID when they changed since, need `anyway`, or are not only shortened
   */
  async function decide(
    id: string,
    state: 'approved' | 'refused',
    word: DecisionWord,
  ): Promise<DecisionResult> {
    const { signature, person } = await findWords(id);
    const { ref, sealed } = signature;
    if (word.isFirst && signature.wordsState !== 'waiting') throw decided(signature);
    const next = state === 'approved' ? approvedPerson(person, word) : person;
    const said = { by: word.by, at: clock.now() };
    const isSecondNeeded = state === 'approved' && needsSecond(next, signature, word);
    const changed = next === person ? {} : { sealed: sealer.seal(next, signatureContext(signature._id)) };
    const isMine = await store.decide(
      signature,
      isSecondNeeded
        ? { wordsState: 'waiting', wordsFirst: said, ...changed }
        : { wordsState: state, wordsDecision: { ...said, ...told(signature, state, word) }, ...changed },
    );
    // Somebody was first: what they decided, or that they said yes, is looked at anew.
    if (!isMine) return decideAgain(id, state, word);
    if (isSecondNeeded) {
      logger.info({ ref, by: word.by }, 'words.first-yes');
      return 'second';
    }
    if (state === 'approved') await rate({ ...signature, sealed: changed.sealed ?? sealed });
    logger.info({ ref, state, by: word.by }, 'words.decided');
    return 'decided';
  }

  async function decideAgain(id: string, state: 'approved' | 'refused', word: DecisionWord) {
    if (!id.includes('.')) throw changedSince(id);
    return decide(id, state, word);
  }

  /** @throws SIGNATURE_NOT_FOUND; INPUT_INVALID when they changed since `id` was listed */
  async function findWords(
    id: string,
  ): Promise<{ signature: SignedSignature & { sealed: Buffer }; person: Person }> {
    const [ref = '', version] = id.split('.').reverse();
    const signature = await store.findDecidable(ref);
    const { sealed } = signature ?? {};
    const person =
      signature && sealed ? sealer.open<Person>(sealed, signatureContext(signature._id)) : undefined;
    if (!signature || !sealed || !person?.words) {
      const message = `No words with the id "${id}" are there to decide on.`;
      throw new AppError('SIGNATURE_NOT_FOUND', { message });
    }
    if (version !== undefined && wordsVersion(sealed) !== version) throw changedSince(id);
    return { signature: { ...signature, sealed }, person };
  }

  function approvedPerson(person: Person, { trimmed }: DecisionWord): Person {
    if (trimmed === undefined || trimmed === (person.trimmed ?? person.words)) return person;
    const { trimmed: _, ...whole } = person;
    const fault = trimFault(person.words ?? '', trimmed);
    if (fault === 'unchanged') return person.trimmed ? whole : person;
    if (fault || !isLongEnough(trimmed)) throw notShortened(fault ?? 'tooShort');
    return { ...whole, trimmed: trimmed.trim() };
  }

  function needsSecond(person: Person, { wordsFirst }: SignedSignature, word: DecisionWord): boolean {
    const notes = notesOn({ name: person.name, words: quotedWords(person) });
    if (notes.length === 0) return false;
    if (!word.anyway)
      throw new AppError('INPUT_INVALID', {
        message: `They seem to hold: ${notes.join(', ')}. Refuse them, or approve them with --anyway if they do not.`,
        field: 'looked',
        fault: 'required',
      });
    if (!wordsFirst) return true;
    if (wordsFirst.by !== word.by) return false;
    const isAnotherDay = utcDay(wordsFirst.at) !== utcDay(clock.now());
    if (word.isAlone && isAnotherDay) return false;
    throw new AppError('SECOND_PERSON', {
      message: `${word.by} has said yes already. Another person must say so too${word.isAlone ? ', or the same on another day' : ''}.`,
    });
  }

  function told({ _id }: SignedSignature, state: 'approved' | 'refused', { reason, note }: DecisionWord) {
    if (state === 'approved') return {};
    return { ...(reason && { reason }), ...(note && { note: sealer.seal(note, noteContext(_id)) }) };
  }

  /**
   * They wait again, whole, as if nobody had decided. @throws SIGNATURE_NOT_FOUND; WORDS_SENT once an office has them, or may;
   * INPUT_INVALID when they have changed
   */
  async function undo(ref: string, by: string): Promise<void> {
    const { signature, person } = await findWords(ref);
    if (signature.wordsState === 'waiting') return;
    if ((await listSentTo(ref)).length > 0)
      throw new AppError('WORDS_SENT', { message: `An office has the words of ${ref}, or may have them.` });
    const { trimmed, ...whole } = person;
    const sealed = trimmed ? { sealed: sealer.seal(whole, signatureContext(signature._id)) } : {};
    if (!(await store.decide(signature, { wordsState: 'waiting', ...sealed }))) throw changedSince(ref);
    logger.info({ ref, by }, 'words.undecided');
  }

  /** What the organiser wrote to the writer of refused words. */
  function readNote({
    _id,
    wordsDecision,
  }: Pick<SignedSignature, '_id' | 'wordsDecision'>): string | undefined {
    return wordsDecision?.note && sealer.open<string>(wordsDecision.note, noteContext(_id));
  }

  return { decide, undo, readNote };
}
export type WordsDecisions = ReturnType<typeof createWordsDecisions>;

/** What may be quoted of them. */
export function quotedWords({ words = '', trimmed }: Pick<Person, 'words' | 'trimmed'>): string {
  return trimmed ?? words;
}

function changedSince(id: string): AppError {
  const message = `The words of "${id}" have changed since they were listed: list them again.`;
  return new AppError('INPUT_INVALID', { message, fault: 'changed' });
}

function decided({ wordsState, wordsDecision }: SignedSignature): AppError {
  const message = `They were ${wordsState} by ${wordsDecision?.by} before.`;
  return new AppError('WORDS_DECIDED', { message, state: wordsState, ...wordsDecision });
}

const TRIM_FAULTS: Record<Exclude<TrimFault, 'unchanged'> | 'tooShort', string> = {
  notOnlyCut:
    'Words are only shortened: put […] in the place of each passage that goes, and change nothing else.',
  tooShort: 'What is left is too short to be quoted: refuse them instead.',
};

function notShortened(fault: keyof typeof TRIM_FAULTS): AppError {
  return new AppError('INPUT_INVALID', { message: TRIM_FAULTS[fault], field: 'trimmed', fault });
}
