import { randomBytes } from 'node:crypto';

/** A random public name for a record (128 bits, base64url): says nothing about the person. */
export function newRef(): string {
  return randomBytes(16).toString('base64url');
}
