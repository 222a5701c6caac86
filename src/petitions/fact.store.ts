import type { Connection } from 'mongoose';
import { insertMissing } from '../database/insert.ts';
import { count, date, localized, number, oneOf, openModel, part, text } from '../database/model.ts';
import { FACT_CHANGES, type FactBody, type FactChange, type FactRecord } from './fact-record.ts';
import { FIGURE_BOUNDS, FIGURE_UNITS, type Figure } from './petition.ts';

export function createFactStore(connection: Connection) {
  const facts = openModel<FactRecord>(connection, 'facts', {
    _id: text,
    order: number,
    version: { ...count, min: 1 },
    ...bodyPaths(),
    history: [
      part<FactChange>({
        change: oneOf(FACT_CHANGES),
        at: date,
        by: text,
        reason: part({ en: text, es: text }),
        was: part<FactBody>(bodyPaths()),
      }),
    ],
  });

  const listFacts = async () => facts.find().sort({ order: 1 }).lean<FactRecord[]>();

  /** False when somebody else has changed it since: the version is another. */
  async function changeFact(
    { _id, version }: Pick<FactRecord, '_id' | 'version'>,
    body: FactBody,
    change: FactChange,
  ): Promise<boolean> {
    const { matchedCount } = await facts.updateOne(
      { _id, version },
      { $set: { ...body, version: version + 1 }, $push: { history: change } },
    );
    return matchedCount === 1;
  }

  return {
    insertMissing: (missing: readonly FactRecord[]) => insertMissing(facts, missing),
    listFacts,
    changeFact,
  };
}
export type FactStore = ReturnType<typeof createFactStore>;

function bodyPaths() {
  const figure = part<Figure>({
    id: text,
    value: number,
    unit: oneOf(FIGURE_UNITS),
    bound: oneOf(FIGURE_BOUNDS),
  });
  return { figures: [figure], period: localized(text), sourceId: text, text: localized(text) };
}
