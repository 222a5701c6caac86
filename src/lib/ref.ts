import { randomBytes } from 'node:crypto';

/** A random public name for a record (128 bits, base64url): says nothing about the person. */
export function newRef(): string {
  return randomBytes(16).toString('base64url');
}

/** A random name that survives mail servers which fold case: 96 bits in hex, part of an address or a Message-ID. */
export function newMailToken(): string {
  return randomBytes(12).toString('hex');
}
