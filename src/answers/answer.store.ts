import type { Connection, QueryFilter, UpdateQuery } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { bytes, count, date, flag, maybeOneOf, oneOf, openModel, part, text } from '../database/model.ts';
import { createPieceStore, pieceIndexes, wholeFields } from '../database/piece.store.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { LOCALES } from '../lib/locales.ts';
import type { SealedWhole } from '../lib/sealed-pieces.ts';
import {
  ANSWER_VIAS,
  type Answer,
  ASKS,
  DECISIONS,
  DEMAND_STATUSES,
  type Decision,
  type KeptAnswer,
  type PublicStatement,
  type Published,
  type Reason,
  type Statement,
  type Telling,
  type Translation,
} from './answer.ts';

export const answerIndexes: IndexDeclaration[] = [
  { collection: 'answers', key: { at: -1 }, options: { name: 'at' } },
  { collection: 'answers', key: { deliveryId: 1, at: -1 }, options: { name: 'delivery' } },
  ...pieceIndexes('answerMessagePieces'),
];

type Message = SealedWhole & { _id: string };

/** What offices answered. Few: one for each mail or visit of an office. */
export function createAnswerStore(connection: Connection) {
  const answers = openAnswers(connection);
  const messages = openModel<Message>(connection, 'answerMessages', { _id: text, ...wholeFields() });
  const findMessage = async (id: string) => messages.findOne({ _id: id }).lean<Message>();
  const pieces = createPieceStore(connection, 'answerMessagePieces', findMessage);

  /** False when it is there already: the first one stays. */
  const insertAnswer = (answer: Answer) => insertOnce(answers, answer);
  const findAnswer = async (id: string) => answers.findOne({ _id: id }).lean<Answer>();

  /** The message that an answer came in, sealed; the first one stays. Its pieces are there before it. */
  async function insertMessage(message: Message): Promise<void> {
    await pieces.settle(message, await insertOnce(messages, message));
  }

  /** The newest that came through the link of this delivery. */
  const findNewestByLink = async (deliveryId: string) =>
    answers.findOne({ deliveryId, via: 'link' }).sort({ at: -1 }).lean<Answer>();

  /** All but those set aside, the newest first, without what is sealed. */
  const listKept = async () =>
    answers
      .find({ setAside: { $exists: false } }, { sealed: 0 })
      .sort({ at: -1 })
      .lean<KeptAnswer[]>();

  async function decide(
    id: string,
    change: UpdateQuery<Answer>,
    decision: Decision,
    when: QueryFilter<Answer> = {},
  ): Promise<boolean> {
    const { matchedCount } = await answers.updateOne(
      { _id: id, ...when },
      { ...change, $push: { decisions: decision } },
    );
    return matchedCount === 1;
  }

  const publish = (id: string, published: Published) =>
    decide(
      id,
      { $set: { published }, $unset: { setAside: 1 } },
      { did: 'published', at: published.at, by: published.by },
    );
  /** False when what is published is no more what was translated. */
  const translate = (id: string, publishedAt: Date, translation: Translation) =>
    decide(
      id,
      { $set: { 'published.translation': translation } },
      { did: 'translated', at: translation.at, by: translation.by },
      { 'published.at': publishedAt },
    );
  const unpublish = (id: string, at: Date, by: string) =>
    decide(id, { $unset: { published: 1 } }, { did: 'unpublished', at, by });
  /** False while it is published. */
  const setAside = (id: string, at: Date, by: string) =>
    decide(
      id,
      { $set: { setAside: { at, by } } },
      { did: 'set-aside', at, by },
      { published: { $exists: false } },
    );

  /** Compare and set: false when another has told further meanwhile. */
  async function advanceTelling(id: string, from: string, told: Telling): Promise<boolean> {
    const through = from === '' ? { $in: ['', null] } : from;
    const { matchedCount } = await answers.updateOne(
      { _id: id, 'told.through': through },
      { $set: { told } },
    );
    return matchedCount === 1;
  }

  const { putPiece, findPiece, deleteLeftovers } = pieces;
  /** False when a correction of this text, or of a later one, was begun already. */
  async function beginCorrection(id: string, corrected: NonNullable<Answer['corrected']>): Promise<boolean> {
    const { matchedCount } = await answers.updateOne(
      { _id: id, $or: [{ corrected: { $exists: false } }, { 'corrected.of': { $lt: corrected.of } }] },
      { $set: { corrected } },
    );
    return matchedCount === 1;
  }

  /** Compare and set, as `advanceTelling`. */
  async function advanceCorrection(
    id: string,
    from: string,
    corrected: NonNullable<Answer['corrected']>,
  ): Promise<boolean> {
    const through = from === '' ? { $in: ['', null] } : from;
    const { matchedCount } = await answers.updateOne(
      { _id: id, 'corrected.of': corrected.of, 'corrected.through': through },
      { $set: { corrected } },
    );
    return matchedCount === 1;
  }

  return {
    insertAnswer,
    findAnswer,
    insertMessage,
    findMessage,
    putPiece,
    findPiece,
    deleteLeftovers,
    findNewestByLink,
    listKept,
    publish,
    translate,
    unpublish,
    setAside,
    advanceTelling,
    beginCorrection,
    advanceCorrection,
  };
}
export type AnswerStore = ReturnType<typeof createAnswerStore>;

const telling = { begunAt: date, at: date, through: text, rows: count, isDone: flag };
const statement = { demandId: text, status: oneOf(DEMAND_STATUSES) };

function openAnswers(connection: Connection) {
  return openModel<Answer>(connection, 'answers', {
    _id: text,
    petitionId: text,
    officeId: text,
    deliveryId: String,
    via: oneOf(ANSWER_VIAS),
    at: date,
    statements: [part<Statement>(statement)],
    sealed: bytes,
    published: part<Published>({
      at: date,
      by: text,
      locale: oneOf(LOCALES),
      text,
      statements: [part<PublicStatement>({ ...statement, reason: String })],
      translation: part<Translation>({
        at: date,
        by: text,
        text,
        reasons: [part<Reason>({ demandId: text, text })],
      }),
    }),
    setAside: part<NonNullable<Answer['setAside']>>({ at: date, by: text }),
    decisions: [part<Decision>({ did: oneOf(DECISIONS), at: date, by: text })],
    told: part<Telling>(telling),
    corrected: part<NonNullable<Answer['corrected']>>({ ...telling, of: date }),
    asks: [maybeOneOf(ASKS)],
    isMereRequest: Boolean,
  });
}
