import { isDeepStrictEqual } from 'node:util';
import {
  type Connection,
  type Model,
  Schema,
  type SchemaDefinition,
  type SchemaDefinitionProperty,
  type SchemaOptions,
} from 'mongoose';

/** A path of the schema for each field of the type, and no other. */
type Definition<T> = { [Path in keyof Required<T>]: SchemaDefinitionProperty };

/**
 * What no schema of ours leaves out. Indexes are made by ensureIndexes alone, which compares them by meaning, so there is
 * nothing for `Model.init()` to wait for.
 */
const OPTIONS = {
  strict: 'throw',
  // Never `true`: it strips an unknown field from a filter, which then matches everything.
  strictQuery: 'throw',
  versionKey: false,
  minimize: false,
  autoIndex: false,
  autoCreate: false,
} as const satisfies SchemaOptions;

export const text = { type: String, required: true } as const;
export const number = { type: Number, required: true } as const;
/** A count or a place in an order: nothing below 0. */
export const count = { type: Number, required: true, min: 0 } as const;
export const flag = { type: Boolean, required: true } as const;
export const date = { type: Date, required: true } as const;
export const bytes = { type: Buffer, required: true } as const;
/** One of these words. */
export const oneOf = (words: readonly string[]) => ({ type: String, required: true, enum: words }) as const;
/** Absent, or one of these words. */
export const maybeOneOf = (words: readonly string[]) => ({ type: String, enum: words }) as const;
/** The same in every language of the site. */
export const localized = (value: SchemaDefinitionProperty) => ({ en: value, es: value });

/** A document inside a document: as strict as the whole. */
export function part<T>(definition: Definition<T>): Schema {
  return ownSchema(definition, { ...OPTIONS, _id: false });
}

/** The model of a collection on this connection, made when it is first asked for; its schema is in force for every call. */
export function openModel<T extends { _id: string }>(
  connection: Connection,
  collection: string,
  definition: Definition<T>,
): Model<T> {
  const known = connection.models[collection];
  return (known ?? connection.model(collection, ownSchema(definition, OPTIONS), collection)) as Model<T>;
}

function ownSchema(definition: object, options: SchemaOptions): Schema {
  // '' is a text: mongoose takes it for none.
  Schema.Types.String.checkRequired((value) => typeof value === 'string');
  const schema = new Schema(definition as SchemaDefinition, options as object);
  // An absent list stays absent: mongoose would write an empty one.
  schema.eachPath((_, type) => {
    if (type.instance === 'Array') type.default(undefined);
  });
  return schema;
}

/** What makes the one document of the other; what neither changes, such as a field of a newer version, is not touched. */
export function changeOf(before: object, next: object) {
  const old = new Map<string, unknown>(Object.entries(before));
  const $set = Object.entries(next).filter(([name, value]) => !isDeepStrictEqual(old.get(name), value));
  const $unset = [...old.keys()].filter((name) => !(name in next)).map((name) => [name, 1]);
  return { $set: Object.fromEntries($set), $unset: Object.fromEntries($unset) };
}
