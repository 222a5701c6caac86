import type { Connection, mongo } from 'mongoose';
import { AppError } from '../lib/errors.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { Logger } from '../lib/logger.ts';
import { type FoundIndex, hasSameMeaning, standsInTheWay } from './index-meaning.ts';

/** IndexOptionsConflict, IndexKeySpecsConflict */
const CONFLICT_CODES = new Set<unknown>([85, 86]);
/** NamespaceNotFound, IndexNotFound */
const MISSING_CODES = new Set<unknown>([26, 27]);
/** the data themselves break a unique index while it is built */
const DUPLICATE_KEY = 11_000;

export type IndexState = {
  declaration: IndexDeclaration;
  state: 'there' | 'missing' | 'differs';
  /** names of the stored indexes that conflict with it */
  others: string[];
};

/**
 * Makes the declared indexes, and the collections that they stand on; those that mean the same stay, whatever they are
 * called. One that differs is made anew, unless it is unique or should be. Safe with many processes at once.
 * @throws INDEX_CONFLICT when a unique one differs, or the data break it
 */
export async function ensureIndexes(
  connection: Connection,
  declarations: readonly IndexDeclaration[],
  logger: Logger,
): Promise<void> {
  for (const { declaration, state, others, hasUnique } of await compareIndexes(connection, declarations)) {
    const { collection, options, replaces } = declaration;
    if (replaces) await dropIndex(connection, collection, replaces);
    if (state === 'there') continue;
    if (hasUnique) throw conflict(declaration);
    if (state === 'differs') await rebuild(connection, declaration, others, logger);
    else await makeIndex(connection, declaration);
    logger.debug({ collection, index: options.name }, 'index.made');
  }
}

/** Makes every declared index as it is declared, unique ones too: for an operator, while nothing else writes. */
export async function rebuildIndexes(
  connection: Connection,
  declarations: readonly IndexDeclaration[],
  logger: Logger,
): Promise<IndexState[]> {
  const states = await compareIndexes(connection, declarations);
  const wrong = states.filter(({ state }) => state !== 'there');
  // Before anything is dropped: what cannot be made again is kept.
  for (const { declaration } of wrong) await refuseDoubles(connection, declaration);
  for (const { declaration, others } of wrong) await rebuild(connection, declaration, others, logger);
  return wrong;
}

export async function compareIndexes(
  connection: Connection,
  declarations: readonly IndexDeclaration[],
): Promise<(IndexState & { hasUnique: boolean })[]> {
  const found = new Map<string, FoundIndex[]>();
  for (const collection of new Set(declarations.map((one) => one.collection)))
    found.set(collection, await listIndexes(connection, collection));
  return declarations.map((declaration) => {
    const there = (found.get(declaration.collection) ?? []).filter(
      ({ name }) => name !== declaration.replaces,
    );
    const others = there.filter((one) => standsInTheWay(one, declaration));
    const isThere = there.some((one) => hasSameMeaning(one, declaration));
    const state = isThere ? 'there' : others.length > 0 ? 'differs' : 'missing';
    const hasUnique =
      others.length > 0 && [declaration.options, ...others].some(({ unique }) => unique === true);
    return { declaration, state, others: others.flatMap(({ name }) => name ?? []), hasUnique };
  });
}

async function listIndexes(connection: Connection, collection: string): Promise<FoundIndex[]> {
  try {
    return (await connection.collection(collection).indexes()) as FoundIndex[];
  } catch (error) {
    if (MISSING_CODES.has((error as { code?: unknown }).code)) return [];
    throw error;
  }
}

async function rebuild(
  connection: Connection,
  declaration: IndexDeclaration,
  others: readonly string[],
  logger: Logger,
): Promise<void> {
  for (const name of others) await dropIndex(connection, declaration.collection, name);
  await makeIndex(connection, declaration);
  const { collection, options } = declaration;
  if (others.length > 0) logger.warn({ collection, index: options.name, dropped: others }, 'index.rebuilt');
}

async function makeIndex(connection: Connection, declaration: IndexDeclaration): Promise<void> {
  const { collection, key, options } = declaration;
  try {
    await connection.collection(collection).createIndex(key, options);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === DUPLICATE_KEY) throw doubles(declaration, error);
    if (!CONFLICT_CODES.has(code)) throw error;
    // Another process was first with it; a server that compares the order of options calls the same a conflict.
    const there = await listIndexes(connection, collection);
    if (!there.some((one) => hasSameMeaning(one, declaration))) throw conflict(declaration, error);
  }
}

async function refuseDoubles(connection: Connection, declaration: IndexDeclaration): Promise<void> {
  const { collection, key, options } = declaration;
  if (!options.unique) return;
  const fields = Object.keys(key);
  const has = Object.fromEntries(fields.map((field) => [field, { $exists: true }]));
  const _id = Object.fromEntries(fields.map((field, index) => [`k${index}`, `$${field}`]));
  const stages: mongo.Document[] = [
    { $match: { ...options.partialFilterExpression, ...(options.sparse && has) } },
    { $group: { _id, times: { $sum: 1 } } },
    { $match: { times: { $gt: 1 } } },
    { $limit: 1 },
  ];
  const found = await connection.collection(collection).aggregate(stages).toArray();
  if (found.length > 0) throw doubles(declaration);
}

async function dropIndex(connection: Connection, collection: string, name: string): Promise<void> {
  await connection
    .collection(collection)
    .dropIndex(name)
    .catch((error) => {
      if (!MISSING_CODES.has(error.code)) throw error;
    });
}

function conflict({ collection, options: { name } }: IndexDeclaration, cause?: unknown): AppError {
  const message = `The index ${name} on ${collection} differs from what this version declares, and a unique one is not made anew by itself. Stop the server and run: npm run cli -- database indexes --rebuild`;
  return new AppError('INDEX_CONFLICT', { message, collection, index: name }, { cause });
}

function doubles({ collection, options: { name } }: IndexDeclaration, cause?: unknown): AppError {
  const message = `The index ${name} on ${collection} cannot be made: documents share a key that has to be unique.`;
  return new AppError('INDEX_CONFLICT', { message, collection, index: name }, { cause });
}
