import * as z from 'zod';
import { parseEmailAddress } from '../lib/email-address.ts';
import { cleanAddress, cleanLine } from '../lib/text/text.ts';
import { NOTICE_CHOICES, ROLES } from './organiser.ts';

const UNREADABLE = /\ufffd/;
const NAME_MAX = 120;

const text = z.string({ error: (issue) => (issue.input === undefined ? 'required' : 'unreadable') });
const filled = text.refine((value) => value.trim().length > 0, { error: 'required', abort: true });

const PersonName = filled
  .transform(cleanLine)
  .refine((value) => [...value].length <= NAME_MAX, { error: 'tooLong', abort: true })
  .refine((value) => !UNREADABLE.test(value) && /\p{L}/u.test(value), { error: 'unreadable' });

const Address = filled.transform(cleanAddress).transform((value, context) => {
  const address = parseEmailAddress(value);
  if (address) return address;
  context.addIssue({ code: 'custom', message: 'invalid' });
  return z.NEVER;
});

/** Nothing is taken off a password: also a blank at its end is its own. */
const Password = text.refine((value) => value.length > 0, { error: 'required' });
const Code = filled.refine((value) => value.length <= 40, { error: 'invalid' });
const RoleName = z.enum(ROLES, { error: 'required' });

export const SignInForm = z.object({ email: Address, password: Password, next: z.string().optional() });
export const CredentialForm = z.object({ code: Code });
export const PasskeyForm = z.object({ credential: z.string().max(20_000), ticket: z.string().max(2_000) });
export const FirstForm = z.object({ name: PersonName, email: Address, password: Password });
export const JoinForm = z.object({ name: PersonName, password: Password });
export const EmailForm = z.object({ email: Address });
export const NameForm = z.object({ name: PersonName });
export const RecoverForm = z.object({ code: Code, password: Password });
export const PasswordForm = z.object({ password: Password });
export const InviteForm = z.object({ email: Address, role: RoleName });
export const RoleForm = z.object({ role: RoleName });
export const TicketForm = z.object({ code: Code, ticket: z.string() });
export const RefForm = z.object({ ref: z.string().min(1) });

export const NoticesForm = z.object({ notices: z.enum(NOTICE_CHOICES, 'required') });
