import type { Model, QueryFilter } from 'mongoose';
import { checkValue, type Group, type Rule, ruleAt, rulesOf, unknownPath } from './check.ts';

/** A stage of an update pipeline. */
export type Stage = { $set: Record<string, unknown> } | { $unset: readonly string[] };
export type Changed = { matchedCount: number; modifiedCount: number };

type Options = {
  upsert?: boolean;
  /** fields that one stage writes for the next ones, and the last takes away */
  passing?: readonly string[];
};

/**
 * One update by a pipeline. mongoose hands pipelines on as they are, so their paths and the values that they write are
 * held against the schema here.
 */
export async function updateByPipeline<T>(
  model: Model<T>,
  filter: QueryFilter<T>,
  stages: readonly Stage[],
  { upsert = false, passing = [] }: Options = {},
): Promise<Changed> {
  const pipeline = checkPipeline(model, stages, passing);
  return model.updateOne(filter, pipeline, { updatePipeline: true, runValidators: false, upsert });
}

export async function updateManyByPipeline<T>(
  model: Model<T>,
  filter: QueryFilter<T>,
  stages: readonly Stage[],
): Promise<Changed> {
  return model.updateMany(filter, checkPipeline(model, stages), {
    updatePipeline: true,
    runValidators: false,
  });
}

/** @throws on a path that the schema lacks, read or written, and on a value that it does not take there */
export function checkPipeline<T>(model: Model<T>, stages: readonly Stage[], passing: readonly string[] = []) {
  const group = rulesOf(model.schema);
  const taken = new Set(stages.flatMap((stage) => ('$unset' in stage ? stage.$unset : [])));
  for (const name of passing) if (!taken.has(name)) throw unknownPath(name);
  for (const stage of stages) {
    if ('$unset' in stage) for (const path of stage.$unset) passing.includes(path) || ruleAt(group, path);
    else
      for (const [path, value] of Object.entries(stage.$set))
        checkResult(passing.includes(path) ? undefined : ruleAt(group, path), value, {
          group,
          passing,
          path,
        });
  }
  return stages.map((stage) => ('$unset' in stage ? { $unset: [...stage.$unset] } : { $set: stage.$set }));
}

type Place = { group: Group; passing: readonly string[]; path: string };
type Operands = readonly unknown[];

/** What of an operator's operands may be its result; the others are only read. */
const RESULTS: Record<string, (operands: Operands) => Operands> = {
  $cond: (operands) => operands.slice(1),
  $ifNull: (operands) => operands,
  $min: (operands) => operands,
  $max: (operands) => operands,
  $concatArrays: (operands) => operands,
};

/** `rule` is of the path that is written; absent for what is only passed on. */
function checkResult(rule: Rule | undefined, value: unknown, place: Place): void {
  const expression = expressionOf(value);
  if (!expression) {
    if (typeof value === 'string' && value.startsWith('$')) checkRead(value, place);
    else if (Array.isArray(value))
      for (const one of value) checkResult(rule?.kind === 'list' ? rule.of : refuse(rule, place), one, place);
    else if (rule?.kind === 'group' && isPlain(value)) checkFields(rule.group, value, place);
    else if (rule) checkValue(rule, value, place.path);
    return;
  }
  const [operator, operand] = expression;
  if (operator === '$literal') {
    if (rule) checkValue(rule, operand, place.path);
    return;
  }
  checkRead(operand, place);
  for (const one of RESULTS[operator]?.([operand].flat()) ?? []) checkResult(rule, one, place);
}

/** A document that is put together from expressions. */
function checkFields(group: Group, value: object, place: Place): void {
  for (const [name, one] of Object.entries(value))
    checkResult(ruleAt(group, name), one, { ...place, path: `${place.path}.${name}` });
}

function refuse(rule: Rule | undefined, { path }: Place): undefined {
  if (rule) throw unknownPath(path);
}

/** Each field that an expression reads is one of the schema's. */
function checkRead(expression: unknown, place: Place): void {
  if (typeof expression === 'string') {
    if (!expression.startsWith('$') || expression.startsWith('$$')) return;
    const path = expression.slice(1);
    if (!place.passing.includes(path)) ruleAt(place.group, path);
  } else if (Array.isArray(expression)) {
    for (const one of expression) checkRead(one, place);
  } else if (isPlain(expression)) {
    for (const [name, one] of Object.entries(expression)) if (name !== '$literal') checkRead(one, place);
  }
}

function expressionOf(value: unknown): [string, unknown] | undefined {
  if (!isPlain(value)) return undefined;
  const [first] = Object.entries(value);
  return first?.[0].startsWith('$') ? first : undefined;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
