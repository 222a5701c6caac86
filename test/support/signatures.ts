import { randomBytes } from 'node:crypto';
import type { Connection } from 'mongoose';
import { recomputeDueStages } from '../../src/signatures/counting.ts';
import {
  isCountable,
  type Signature,
  type SignedSignature,
  signatureId,
} from '../../src/signatures/signature.ts';

export const TEST_PETITION = 'end-unsafe-returns';

/** Inserts a signature, as `signatureAs` makes it. */
export async function buildSignature(
  connection: Connection,
  fields: Partial<Signature> = {},
): Promise<SignedSignature> {
  const signature = signatureAs(fields);
  await connection.collection<Signature>('signatures').insertOne(signature);
  return signature;
}

/** Inserts `count` signatures at once. */
export async function buildSignatures(
  connection: Connection,
  count: number,
  fields: Partial<Signature> = {},
): Promise<SignedSignature[]> {
  const built = Array.from({ length: count }, () => signatureAs(fields));
  if (count > 0) await connection.collection<Signature>('signatures').insertMany(built);
  return built;
}

/**
 * A signature as the rooms would have left it: confirmed and waiting to be counted unless `fields` says otherwise.
 * `sealed` is filler: seal a person and pass it where names are read.
 */
function signatureAs(fields: Partial<Signature>): SignedSignature {
  const petitionId = fields.petitionId ?? TEST_PETITION;
  const state = fields.state ?? 'confirmed';
  const createdAt = fields.createdAt ?? new Date('2026-11-24T11:00:00Z');
  const cell = { country: 'US', region: 'US-TX', source: 'direct', locale: 'en' } as const;
  const isWaiting = isCountable(state, fields.held ?? false) !== (fields.counted?.on ?? false);
  return {
    _id: signatureId(petitionId, randomBytes(16).toString('base64url')),
    petitionId,
    ref: randomBytes(16).toString('base64url'),
    state,
    held: false,
    consent: { showName: false, shareWords: false, updates: false },
    ...cell,
    linkVersion: 0,
    createdAt,
    ...(state === 'pending'
      ? { expiresAt: new Date('2026-12-24T11:00:00Z') }
      : { cell, confirmedAt: createdAt, consentVersion: '2026-11-24' }),
    ...(state === 'withdrawn' ? { withdrawnAt: createdAt } : { sealed: Buffer.from('sealed') }),
    ...(isWaiting ? { ledgerDue: createdAt } : {}),
    ...fields,
  };
}

/** A change of state as every room makes it: fields, then the stages that keep law 6. */
export async function changeSignature(
  connection: Connection,
  id: string,
  fields: Partial<Signature>,
  now: Date,
): Promise<void> {
  const gone = fields.state === 'withdrawn' ? [{ $unset: ['sealed'] }] : [];
  await connection
    .collection<Signature>('signatures')
    .updateOne({ _id: id }, [{ $set: fields }, ...gone, ...recomputeDueStages(now)]);
}

export async function readSignature(connection: Connection, id: string): Promise<Signature | null> {
  return connection.collection<Signature>('signatures').findOne({ _id: id });
}
