import { type Connection, Schema } from 'mongoose';
import { insertOnce } from '../database/bulk-insert.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { Answer, KeptAnswer, Published, Telling } from './answer.ts';

export const answerIndexes: IndexDeclaration[] = [
  { collection: 'answers', key: { at: -1 }, options: { name: 'at' } },
  { collection: 'answers', key: { deliveryId: 1, at: -1 }, options: { name: 'delivery' } },
];

const durable = { writeConcern: { w: 'majority', journal: true } } as const;
type Decision = NonNullable<Answer['decisions']>[number];

/** What offices answered. Few: one for each mail or visit of an office. */
export function createAnswerStore(connection: Connection) {
  const { collection } = connection.model<Answer>('Answer', answerSchema(), 'answers');
  const messages = connection.collection<{ _id: string; sealed: Buffer }>('answerMessages');
  const byId = (id: string) => ({ _id: id as never });

  /** False when it is there already: the first one stays. */
  const insertAnswer = (answer: Answer) => insertOnce(collection, answer);

  async function findAnswer(id: string): Promise<Answer | null> {
    return (await collection.findOne(byId(id), { promoteBuffers: true })) as unknown as Answer | null;
  }

  /** The message that an answer came in, sealed; the first one stays. */
  const insertMessage = (id: string, sealed: Buffer) => insertOnce(messages, { _id: id, sealed });

  async function findMessage(id: string): Promise<Buffer | null> {
    return (await messages.findOne({ _id: id }, { promoteBuffers: true }))?.sealed ?? null;
  }

  /** The newest that came through the link of this delivery. */
  async function findNewestByLink(deliveryId: string): Promise<Answer | null> {
    return (await collection.findOne(
      { deliveryId, via: 'link' },
      { promoteBuffers: true, sort: { at: -1 } },
    )) as unknown as Answer | null;
  }

  /** All but those set aside, the newest first, without what is sealed. */
  async function listKept(): Promise<KeptAnswer[]> {
    const found = await collection
      .find({ setAside: { $exists: false } }, { projection: { sealed: 0 } })
      .sort({ at: -1 })
      .toArray();
    return found as unknown as KeptAnswer[];
  }

  async function decide(
    id: string,
    change: { $set?: object; $unset?: object },
    decision: Decision,
    when: object = {},
  ): Promise<boolean> {
    const { matchedCount } = await collection.updateOne(
      { ...byId(id), ...when },
      { ...change, $push: { decisions: decision } } as never,
      durable,
    );
    return matchedCount === 1;
  }

  const publish = (id: string, published: Published) =>
    decide(
      id,
      { $set: { published }, $unset: { setAside: 1 } },
      { did: 'published', at: published.at, by: published.by },
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
    const { matchedCount } = await collection.updateOne(
      { ...byId(id), ...(from === '' ? { 'told.through': { $in: ['', null] } } : { 'told.through': from }) },
      { $set: { told } },
      durable,
    );
    return matchedCount === 1;
  }

  return {
    insertAnswer,
    findAnswer,
    insertMessage,
    findMessage,
    findNewestByLink,
    listKept,
    publish,
    unpublish,
    setAside,
    advanceTelling,
  };
}
export type AnswerStore = ReturnType<typeof createAnswerStore>;

function answerSchema(): Schema<Answer> {
  return new Schema<Answer>(
    {
      _id: String,
      petitionId: String,
      officeId: String,
      deliveryId: String,
      via: String,
      at: Date,
      statements: [Object],
      sealed: Buffer,
      published: Object,
      setAside: Object,
      decisions: [Object],
      told: Object,
      asks: [String],
      isMereRequest: Boolean,
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
