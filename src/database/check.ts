import { Error as MongooseError, type Schema, type SchemaType } from 'mongoose';

/** What a schema says of a document, or of a document in it: its fields, and those that must be there. */
export type Group = { fields: Map<string, Rule>; required: readonly string[] };
/** Of one path: a value, a list, a map, or a document in the document. */
export type Rule =
  | { kind: 'value'; type: SchemaType; isValid: (value: unknown) => boolean }
  | { kind: 'list' | 'map'; of: Rule }
  | { kind: 'group'; group: Group };

type Compiled = SchemaType & { schema?: Schema; getEmbeddedSchemaType(): SchemaType | undefined };

const groups = new WeakMap<Schema, Group>();

/**
 * The rules of a schema, for the writes that go to the driver as they are: mongoose itself checks no update pipeline, and
 * of an unordered batch it drops what is wrong without a word.
 */
export function rulesOf(schema: Schema): Group {
  const known = groups.get(schema);
  if (known) return known;
  const top: Group & { required: string[] } = { fields: new Map(), required: [] };
  groups.set(schema, top);
  schema.eachPath((path, type) => {
    if (path.includes('$*')) return;
    const names = path.split('.');
    const name = names.pop() ?? '';
    let group: Group = top;
    for (const outer of names) group = groupIn(group, outer);
    group.fields.set(name, ruleOf(type as Compiled));
    if ((type.options as { required?: unknown }).required) (group.required as string[]).push(name);
  });
  return top;
}

function groupIn({ fields }: Group, name: string): Group {
  const known = fields.get(name);
  if (known?.kind === 'group') return known.group;
  const group: Group = { fields: new Map(), required: [] };
  fields.set(name, { kind: 'group', group });
  return group;
}

function ruleOf(type: Compiled): Rule {
  if (type.instance === 'Array' || type.instance === 'Map') {
    const kind = type.instance === 'Map' ? 'map' : 'list';
    if (type.schema) return { kind, of: { kind: 'group', group: rulesOf(type.schema) } };
    return { kind, of: ruleOf(type.getEmbeddedSchemaType() as Compiled) };
  }
  if (type.schema) return { kind: 'group', group: rulesOf(type.schema) };
  const validators = type.validators.filter((one) => one.type !== 'required');
  const isOfType = TYPES[type.instance] ?? (() => false);
  return {
    kind: 'value',
    type,
    isValid: (value) =>
      isOfType(value) && validators.every(({ validator }) => Boolean(validator?.call(undefined, value))),
  };
}

/** Nothing is cast: a number in the place of a text is a fault of the program. */
const TYPES: Record<string, (value: unknown) => boolean> = {
  String: (value) => typeof value === 'string',
  Number: (value) => typeof value === 'number' && !Number.isNaN(value),
  Boolean: (value) => typeof value === 'boolean',
  Date: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  Buffer: (value) => Buffer.isBuffer(value),
};

/** The rule of a path such as `counted.seq`. @throws when the schema has no such path */
export function ruleAt(group: Group, path: string): Rule {
  let rule: Rule = { kind: 'group', group };
  for (const name of path.split('.')) {
    while (rule.kind === 'list') rule = rule.of;
    const next: Rule | undefined =
      rule.kind === 'map' ? rule.of : rule.kind === 'group' ? rule.group.fields.get(name) : undefined;
    if (!next) throw unknownPath(path);
    rule = next;
  }
  return rule;
}

/** A document as it may be stored: `undefined` is left out. @throws on a path, a type or a value that is not the schema's */
export function checkDocument(group: Group, document: object, path = ''): Record<string, unknown> {
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(document)) {
    const rule = group.fields.get(name);
    if (!rule) throw unknownPath(path + name);
    if (value !== undefined) checked[name] = checkValue(rule, value, path + name);
  }
  for (const name of group.required)
    if (checked[name] === undefined) throw new MongooseError(`"${path + name}" must be there.`);
  return checked;
}

export function checkValue(rule: Rule, value: unknown, path: string): unknown {
  if (rule.kind === 'value') {
    if (rule.isValid(value)) return value;
    throw new MongooseError(`"${path}" takes no such ${rule.type.instance}.`);
  }
  if (rule.kind === 'list') {
    if (!Array.isArray(value)) throw new MongooseError(`"${path}" is a list.`);
    return value.map((one, index) => checkValue(rule.of, one, `${path}.${index}`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date)
    throw new MongooseError(`"${path}" is a document.`);
  if (rule.kind === 'group') return checkDocument(rule.group, value, `${path}.`);
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      mapKey(key, path),
      checkValue(rule.of, one, `${path}.${key}`),
    ]),
  );
}

function mapKey(key: string, path: string): string {
  if (/^\$|\./.test(key)) throw new MongooseError(`"${path}" takes no such key.`);
  return key;
}

export function unknownPath(path: string): Error {
  return new MongooseError.StrictModeError(path);
}
