import type { Role } from './organiser.ts';

/**
 * A link that is used once. `first`: makes the first owner. `join`: makes an organiser. `recover`: sets a new password.
 * `address`: makes the address that it was sent to theirs.
 */
export const INVITATION_KINDS = ['first', 'join', 'recover', 'address'] as const;
export type InvitationKind = (typeof INVITATION_KINDS)[number];

export type Invitation = {
  /** hash of the link's token */
  _id: string;
  /** how lists name it */
  ref: string;
  kind: InvitationKind;
  role?: Role;
  /** whose, where there is an account already */
  organiser?: string;
  /** the address that it goes to; none for the first */
  sealed?: Buffer;
  addressKey?: string;
  createdAt: Date;
  expiresAt: Date;
};

export function invitationContext(ref: string): string {
  return `invitation:${ref}`;
}
