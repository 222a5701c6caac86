import { isDeepStrictEqual } from 'node:util';
import type { IndexDeclaration } from '../lib/indexes.ts';

/** An index as a server lists it: with numbers, orders and defaults of its own. */
export type FoundIndex = { name?: string; key: Record<string, unknown> } & Record<string, unknown>;

/** What an index means, whatever it is called and in whatever order it is told. The order of its key is part of that. */
function meaningOf(key: Record<string, unknown>, options: Record<string, unknown>) {
  return {
    key: Object.entries(key).map(([field, order]) => [field, Number(order)]),
    unique: Boolean(options.unique),
    sparse: Boolean(options.sparse),
    filter: sorted(options.partialFilterExpression ?? null),
    expires: options.expireAfterSeconds === undefined ? null : Number(options.expireAfterSeconds),
    collation: sorted(options.collation ?? null),
  };
}

export function hasSameMeaning(found: FoundIndex, { key, options }: IndexDeclaration): boolean {
  return isDeepStrictEqual(meaningOf(found.key, found), meaningOf(key, options));
}

/** Of the same name, or over the same key: a server makes no second one beside it. */
export function standsInTheWay(found: FoundIndex, { key, options }: IndexDeclaration): boolean {
  if (hasSameMeaning(found, { collection: '', key, options })) return false;
  return (
    found.name === options.name || isDeepStrictEqual(meaningOf(found.key, {}).key, meaningOf(key, {}).key)
  );
}

/** Numbers and documents as JSON has them, whatever BSON type a server gives them back in. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const plain = value instanceof Date ? value.toISOString() : (value as Record<string, unknown>);
  if (typeof plain === 'string' || '_bsontype' in plain) return String(plain);
  const entries = Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, one]) => [name, sorted(one)]));
}
