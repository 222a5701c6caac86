import type { Locale } from '../lib/locales.ts';

export const ROLES = ['owner', 'editor', 'moderator', 'analyst'] as const;
export type Role = (typeof ROLES)[number];

/** `joining` has no second factor yet and sees nothing; `closed` is a stub without anything personal. */
export const ORGANISER_STATES = ['joining', 'active', 'closed'] as const;
export type OrganiserState = (typeof ORGANISER_STATES)[number];

/** When somebody is written that something waits: an answer, a complaint, a failure. */
export const NOTICE_CHOICES = ['at-once', 'daily', 'never'] as const;
export type NoticeChoice = (typeof NOTICE_CHOICES)[number];

export type Passkey = {
  /** of the credential, base64url */
  id: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  createdAt: Date;
};

export type Organiser = {
  /** a random ref: how records name them */
  _id: string;
  /** keyed name of the address, unique; gone with the account */
  addressKey?: string;
  /** Profile */
  sealed?: Buffer;
  role: Role;
  locale: Locale;
  state: OrganiserState;
  /** until when somebody who is joining may go on */
  joinBy?: Date;
  /** PHC string of Argon2id */
  password?: string;
  /** sealed secret of the authenticator app */
  totp?: Buffer;
  /** the time step of the last code that was taken: each is taken once */
  totpStep?: number;
  passkeys?: Passkey[];
  /** hashes of the recovery codes that are left */
  codes?: string[];
  /** absent is at once */
  notices?: NoticeChoice;
  createdAt: Date;
  changedAt: Date;
};

/** What is sealed of an organiser. */
export type Profile = { name: string; email: string };
/** An organiser as their colleagues see them. */
export type Colleague = {
  ref: string;
  role: Role;
  state: OrganiserState;
  createdAt: Date;
} & Partial<Profile>;

export function organiserContext(ref: string): string {
  return `organiser:${ref}`;
}

export function hasSecondFactor({ totp, passkeys }: Pick<Organiser, 'totp' | 'passkeys'>): boolean {
  return totp !== undefined || (passkeys?.length ?? 0) > 0;
}
