import * as z from 'zod';
import { type FieldErrors, type FormResult, readForm } from '../lib/form-faults.ts';
import { cleanLine, cleanText } from '../lib/text/text.ts';
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

const text = (max: number, clean = cleanText) =>
  z
    .string({ error: 'unreadable' })
    .default('')
    .transform(clean)
    .refine((value) => !UNREADABLE.test(value), { error: 'unreadable', abort: true })
    .refine((value) => [...value].length <= max, { error: 'tooLong' });
const choice = <const T extends readonly string[]>(options: T) =>
  z
    .union([z.literal(''), z.enum(options)], { error: 'unknown' })
    .default('')
    .transform((value) => value || undefined);

/** Of one demand: a refusal needs its reason, and a reason its state. */
const Stated = z
  .object({ status: choice(DEMAND_STATUSES), reason: text(REASON_MAX) })
  .refine(({ status, reason }) => status || reason === '', { error: 'required', path: ['status'] })
  .refine(({ status, reason }) => status !== 'refused' || reason !== '', {
    error: 'required',
    path: ['reason'],
  });
const Rest = z.object({
  text: text(TEXT_MAX),
  pace: choice(PACE_CHOICES),
  address: text(ADDRESS_MAX, cleanLine),
});

/**
 * What an office sends through its link: `status-D1` and `reason-D1` for each demand, `text`, `pace`, `address`. All may
 * be empty, but not all at once.
 */
export function readAnswerForm(body: unknown, demandIds: readonly string[]): FormResult<AnswerForm> {
  const fields = typeof body === 'object' && body !== null ? { ...body } : {};
  const sent = (name: string) => (fields as Record<string, unknown>)[name];
  const errors: FieldErrors = {};
  const statements: Statement[] = [];
  const reasons: Reason[] = [];
  for (const demandId of demandIds) {
    const read = readForm(Stated, { status: sent(`status-${demandId}`), reason: sent(`reason-${demandId}`) });
    if (!read.ok) {
      for (const [field, fault] of Object.entries(read.errors)) errors[`${field}-${demandId}`] = fault;
      continue;
    }
    const { status, reason } = read.value;
    if (status) statements.push({ demandId, status });
    if (status && reason !== '') reasons.push({ demandId, text: reason });
  }
  const rest = readForm(Rest, fields);
  if (!rest.ok) return { ok: false, errors: { ...errors, ...rest.errors } };
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const { text: said, pace, address: proposedAddress } = rest.value;
  const isEmpty = statements.length === 0 && said === '' && !pace && proposedAddress === '';
  if (isEmpty) return { ok: false, errors: { text: 'nothing' } };
  const asked = { ...(pace && { pace }), ...(proposedAddress && { proposedAddress }) };
  return { ok: true, value: { statements, reasons, text: said, ...asked } };
}
