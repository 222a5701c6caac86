import { cleanLine, cleanText } from '../lib/text/text.ts';
import { repeatedFields, typedValues } from '../lib/typed.ts';
import { DEMAND_STATUSES, PACE_CHOICES, type PaceChoice, type Reason, type Statement } from './answer.ts';

const TEXT_MAX = 5_000;
const REASON_MAX = 1_000;
const ADDRESS_MAX = 500;

/** What stands for bytes that were no text. */
const UNREADABLE = /\ufffd/;

export type AnswerForm = {
  statements: Statement[];
  reasons: Reason[];
  text: string;
  pace?: PaceChoice;
  proposedAddress?: string;
};
/** A field's name to the code of what is wrong: `required`, `tooLong`, `unreadable`, `unknown`, `nothing`. */
export type AnswerErrors = Record<string, string>;

/**
 * What an office sends through its link: `status-D1` and `reason-D1` for each demand, `text`, `pace`, `address`. All may
 * be empty but not all at once; a refusal needs its reason, and a reason its state.
 */
export function readAnswerForm(
  body: unknown,
  demandIds: readonly string[],
): { ok: true; value: AnswerForm } | { ok: false; errors: AnswerErrors } {
  const typed = typedValues(body);
  const repeated = repeatedFields(body);
  const errors: AnswerErrors = {};
  const field = (name: string, max: number, clean = cleanText): string => {
    const value = clean(typed[name] ?? '');
    if (UNREADABLE.test(value) || repeated.includes(name)) errors[name] = 'unreadable';
    else if ([...value].length > max) errors[name] = 'tooLong';
    return value;
  };
  const statements: Statement[] = [];
  const reasons: Reason[] = [];
  for (const demandId of demandIds) {
    const given = typed[`status-${demandId}`] ?? '';
    const status = DEMAND_STATUSES.find((one) => one === given);
    const reason = field(`reason-${demandId}`, REASON_MAX);
    if (given !== '' && !status) errors[`status-${demandId}`] = 'unknown';
    if (!status && given === '' && reason !== '') errors[`status-${demandId}`] = 'required';
    if (status === 'refused' && reason === '') errors[`reason-${demandId}`] = 'required';
    if (status) statements.push({ demandId, status });
    if (status && reason !== '') reasons.push({ demandId, text: reason });
  }
  const text = field('text', TEXT_MAX);
  const pace = PACE_CHOICES.find((one) => one === typed.pace);
  if (typed.pace && !pace) errors.pace = 'unknown';
  const proposedAddress = field('address', ADDRESS_MAX, cleanLine);
  const isEmpty = statements.length === 0 && text === '' && !pace && proposedAddress === '';
  if (isEmpty && Object.keys(errors).length === 0) errors.text = 'nothing';
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    value: { statements, reasons, text, ...(pace && { pace }), ...(proposedAddress && { proposedAddress }) },
  };
}
