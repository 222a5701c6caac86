import { addMilliseconds, type Clock, HOUR, MINUTE } from '../lib/clock.ts';
import { type EmailAddress, parseEmailAddress } from '../lib/email-address.ts';
import { AppError } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import { newRef } from '../lib/ref.ts';
import type { Sealer } from '../lib/sealed.ts';
import type { AccountService } from './account.service.ts';
import type { InvitationStore } from './invitation.store.ts';
import { type Invitation, type InvitationKind, invitationContext } from './invitation.ts';
import type { OrganiserStore } from './organiser.store.ts';
import type { Organiser, Role } from './organiser.ts';
import { hashToken, newToken } from './tokens.ts';

export const LASTS_MS: Record<InvitationKind, number> = {
  first: HOUR,
  join: 72 * HOUR,
  recover: 30 * MINUTE,
  address: 24 * HOUR,
};
/** So often may anybody have a mail sent to somebody who has forgotten their password. */
const RECOVER_EVERY_MS = 10 * MINUTE;

const PAGES: Record<InvitationKind, string> = {
  first: 'first',
  join: 'invitation',
  recover: 'recover',
  address: 'address',
};
const linkPath = (kind: InvitationKind, token: string) => `/organise/${PAGES[kind]}/${token}`;

/** An invitation that may be taken up, and the address that it was sent to. */
export type OpenInvitation = Invitation & { email?: string };

/** Links that make somebody an organiser, or give them back what they have lost. Each is used once. */
export function createInvitationService(deps: {
  store: InvitationStore;
  organisers: Pick<OrganiserStore, 'findByAddress'>;
  accounts: AccountService;
  sealer: Sealer;
  clock: Clock;
}) {
  const { store, organisers, accounts, sealer, clock } = deps;

  type About = { role?: Role; organiser?: string; email?: EmailAddress };

  async function make(kind: InvitationKind, { role, organiser, email }: About) {
    const token = newToken();
    const ref = newRef();
    const now = clock.now();
    await store.deleteExpired(now);
    await store.insertInvitation({
      _id: hashToken(token),
      ref,
      kind,
      ...(role && { role }),
      ...(organiser && { organiser }),
      ...(email && {
        sealed: sealer.seal({ email: email.mailTo }, invitationContext(ref)),
        addressKey: accounts.keyOf(email),
      }),
      createdAt: now,
      expiresAt: addMilliseconds(now, LASTS_MS[kind]),
    });
    return { token, ref, path: linkPath(kind, token) };
  }

  /** The path that makes the first owner, or undefined where there is one. Only its hash is kept. */
  async function offerFirst(): Promise<string | undefined> {
    if (await accounts.hasOwner()) return undefined;
    return (await make('first', { role: 'owner' })).path;
  }

  /** The path for somebody at the shell, who hands it on. @throws ORGANISER_EXISTS */
  async function offerJoin(email: EmailAddress, role: Role): Promise<string> {
    if (await accounts.isTaken(email))
      throw new AppError('ORGANISER_EXISTS', { message: 'There is an account with this address.' });
    return (await make('join', { role, email })).path;
  }

  /** By mail; the ref is its name in the list of those that wait. @throws ORGANISER_EXISTS */
  async function invite(email: EmailAddress, role: Role, locale: Locale): Promise<string> {
    if (await accounts.isTaken(email)) throw new AppError('ORGANISER_EXISTS');
    const { ref, path } = await make('join', { role, email });
    await accounts.write(ref, ref, { kind: 'invited', to: email.mailTo, locale, path });
    return ref;
  }

  /** The same is answered whether there is such an account or not; only the mailbox learns it. */
  async function recover(email: EmailAddress): Promise<void> {
    const organiser = await organisers.findByAddress(accounts.keyOf(email));
    const profile = organiser?.state === 'active' && accounts.profileOf(organiser);
    if (!organiser || !profile) return;
    const slot = Math.floor(clock.now().getTime() / RECOVER_EVERY_MS);
    const { path } = await make('recover', { organiser: organiser._id });
    const mail = { kind: 'recover', to: profile.email, locale: organiser.locale, path } as const;
    await accounts.write(`${organiser._id}:${slot}`, organiser._id, mail);
  }

  /** To the new address; nothing is changed before it has answered. */
  async function askAddress({ _id, locale }: Organiser, email: EmailAddress): Promise<void> {
    await store.deleteOf(_id, 'address');
    const { ref, path } = await make('address', { organiser: _id, email });
    await accounts.write(ref, _id, { kind: 'address', to: email.mailTo, locale, path });
  }

  /** @throws INVITATION_INVALID when it was used, is over, or never was */
  async function getOpen(kind: InvitationKind, token: string): Promise<OpenInvitation> {
    const found = await store.findInvitation(hashToken(token), kind, clock.now());
    if (!found || (kind === 'first' && (await accounts.hasOwner()))) throw new AppError('INVITATION_INVALID');
    return { ...found, ...open(found) };
  }

  function open({ ref, sealed }: Invitation): { email?: string } {
    return sealed ? sealer.open<{ email: string }>(sealed, invitationContext(ref)) : {};
  }

  /** Takes it, once. @throws INVITATION_INVALID when somebody was first */
  async function use({ _id }: Invitation): Promise<void> {
    if (!(await store.useInvitation(_id, clock.now()))) throw new AppError('INVITATION_INVALID');
  }

  /** Those who have not answered yet. */
  async function listWaiting() {
    const found = await store.listInvitations('join', clock.now());
    return found.map((one) => ({ ref: one.ref, role: one.role, expiresAt: one.expiresAt, ...open(one) }));
  }

  const addressOf = ({ email = '' }: OpenInvitation) => {
    const address = parseEmailAddress(email);
    if (!address) throw new AppError('INVITATION_INVALID');
    return address;
  };

  return {
    offerFirst,
    offerJoin,
    invite,
    recover,
    askAddress,
    getOpen,
    use,
    listWaiting,
    addressOf,
    withdraw: store.deleteByRef,
    endFirst: () => store.deleteKind('first'),
  };
}
export type InvitationService = ReturnType<typeof createInvitationService>;
