import { addMilliseconds, type Clock } from '../lib/clock.ts';
import type { EmailAddress } from '../lib/email-address.ts';
import { AppError } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import { newRef } from '../lib/ref.ts';
import type { Sealer } from '../lib/sealed.ts';
import { dueRow, type OutboxRow } from '../mail/mail.ts';
import type { OrganiserStore } from './organiser.store.ts';
import {
  type Colleague,
  hasSecondFactor,
  type NoticeChoice,
  type Organiser,
  organiserContext,
  type Passkey,
  type Profile,
  type Role,
} from './organiser.ts';
import { type OrganiserMail, organiserMailContext } from './organiser-mail.ts';
import type { Hasher } from './password.ts';
import type { SessionService } from './session.service.ts';

export type Newcomer = {
  name: string;
  email: EmailAddress;
  password: string;
  role: Role;
  locale: Locale;
  /** how long they may take to set up a second factor */
  joinMs: number;
};

/** Accounts of organisers. Who acts, and that it is written down, is the business of those who call. */
export function createAccountService(deps: {
  store: OrganiserStore;
  sessions: Pick<SessionService, 'endAll'>;
  organiserKeyOf(canonicalAddress: string): string;
  insertRows(rows: readonly OutboxRow[]): Promise<readonly (Error | undefined)[]>;
  hasher: Hasher;
  sealer: Sealer;
  clock: Clock;
}) {
  const { store, sessions, organiserKeyOf, insertRows, hasher, sealer, clock } = deps;

  const keyOf = ({ canonical }: EmailAddress) => organiserKeyOf(canonical);

  function profileOf({ _id, sealed }: Organiser): Profile | undefined {
    return sealed && sealer.open<Profile>(sealed, organiserContext(_id));
  }

  const sealProfile = (ref: string, profile: Profile) => sealer.seal(profile, organiserContext(ref));

  /** @throws ORGANISER_NOT_FOUND also for one whose account was closed */
  async function getOrganiser(ref: string): Promise<Organiser & { profile: Profile }> {
    const organiser = await store.findOrganiser(ref);
    const profile = organiser && profileOf(organiser);
    if (!organiser || !profile || organiser.state === 'closed') throw new AppError('ORGANISER_NOT_FOUND');
    return { ...organiser, profile };
  }

  /** Everybody, also those who left: of these there is no name. */
  async function listColleagues(): Promise<Colleague[]> {
    const found = await store.listOrganisers();
    return found.map((organiser) => {
      const { _id, role, state, createdAt } = organiser;
      return { ref: _id, role, state, createdAt, ...profileOf(organiser) };
    });
  }

  /** A name for each ref that records hold. */
  async function namesByRef(): Promise<Map<string, string>> {
    const found = await listColleagues();
    return new Map(found.flatMap(({ ref, name }) => (name ? [[ref, name]] : [])));
  }

  const hasOwner = async () => (await store.countOwners()) > 0;

  /** Somebody who has set nothing but a password yet. @throws ORGANISER_EXISTS */
  async function begin({ name, email, password, role, locale, joinMs }: Newcomer): Promise<Organiser> {
    const _id = newRef();
    const now = clock.now();
    const addressKey = keyOf(email);
    const organiser: Organiser = {
      _id,
      addressKey,
      sealed: sealProfile(_id, { name, email: email.mailTo }),
      role,
      locale,
      state: 'joining',
      joinBy: addMilliseconds(now, joinMs),
      password: await hasher.hash(password),
      createdAt: now,
      changedAt: now,
    };
    await store.deleteJoining(addressKey);
    if (!(await store.insertOrganiser(organiser))) throw new AppError('ORGANISER_EXISTS');
    return organiser;
  }

  /**
   * Somebody who has a second factor and recovery codes: from now on an organiser.
   * @throws ORGANISER_NOT_FOUND where there is no factor, or nobody who joins
   */
  async function activate(ref: string, codes: readonly string[]): Promise<void> {
    const organiser = await getOrganiser(ref);
    const isDone = hasSecondFactor(organiser) && (await store.activate(ref, codes, clock.now()));
    if (!isDone) throw new AppError('ORGANISER_NOT_FOUND');
  }

  async function addPasskey(ref: string, passkey: Passkey): Promise<void> {
    await store.addPasskey(ref, passkey, clock.now());
  }

  /** Another way must stay. @throws INPUT_INVALID for the last second factor */
  async function removePasskey(ref: string, id: string): Promise<void> {
    const organiser = await getOrganiser(ref);
    const passkeys = organiser.passkeys?.filter((one) => one.id !== id) ?? [];
    if (!hasSecondFactor({ ...organiser, passkeys })) throw new AppError('INPUT_INVALID');
    await store.removePasskey(ref, id, clock.now());
    await tell(organiser, 'factor-changed');
  }

  async function setCodes(ref: string, codes: readonly string[]): Promise<void> {
    await store.setCodes(ref, codes, clock.now());
  }

  async function isTaken(email: EmailAddress): Promise<boolean> {
    const found = await store.findByAddress(keyOf(email));
    return found !== null && found.state !== 'joining';
  }

  /** Writes to an organiser about their own account, once for each reason. */
  async function write(reason: string, ref: string, mail: OrganiserMail): Promise<void> {
    const id = `organiser:${mail.kind}:${reason}`;
    const sealed = sealer.seal(mail, organiserMailContext(id));
    const row = { _id: id, kind: 'organiser', audience: 'organiser' as const, subjectId: ref, sealed };
    const [error] = await insertRows([dueRow(row, clock.now())]);
    if (error) throw error;
  }

  /** Tells somebody, at the address that they had, what was changed of their account. */
  async function tell(
    { _id, profile, locale }: Organiser & { profile: Profile },
    kind: OrganiserMail['kind'],
  ): Promise<void> {
    await write(newRef(), _id, { kind, to: profile.email, locale });
  }

  async function changeName(ref: string, name: string): Promise<void> {
    const { profile } = await getOrganiser(ref);
    await store.setProfile(ref, sealProfile(ref, { ...profile, name }), clock.now());
  }

  async function chooseNotices(ref: string, notices: NoticeChoice): Promise<void> {
    await store.setNotices(ref, notices, clock.now());
  }

  async function changeLanguage(ref: string, locale: Locale): Promise<void> {
    await store.setLocale(ref, locale, clock.now());
  }

  /** Once the new address has shown that it is theirs. @throws ORGANISER_EXISTS */
  async function changeAddress(ref: string, email: EmailAddress): Promise<void> {
    const before = await getOrganiser(ref);
    if (await isTaken(email)) throw new AppError('ORGANISER_EXISTS');
    await store.deleteJoining(keyOf(email));
    const sealed = sealProfile(ref, { ...before.profile, email: email.mailTo });
    await store.setAddress(ref, keyOf(email), sealed, clock.now());
    await tell(before, 'address-changed');
  }

  /** Ends every session but the one that it is changed in. */
  async function changePassword(
    ref: string,
    password: string,
    but?: Parameters<SessionService['endAll']>[1],
  ) {
    const organiser = await getOrganiser(ref);
    await store.setPassword(ref, await hasher.hash(password), clock.now());
    await sessions.endAll(ref, but);
    await tell(organiser, 'password-changed');
  }

  async function factorChanged(ref: string): Promise<void> {
    await tell(await getOrganiser(ref), 'factor-changed');
  }

  /** @throws LAST_OWNER, ORGANISER_NOT_FOUND */
  async function changeRole(ref: string, role: Role): Promise<void> {
    const organiser = await getOrganiser(ref);
    if (organiser.state !== 'active') throw new AppError('ORGANISER_NOT_FOUND');
    await keepAnOwner(organiser, role !== 'owner', () => store.setRole(ref, role, clock.now()));
    await tell(organiser, 'role-changed');
  }

  /** Ends an account: what is left names nobody. @throws LAST_OWNER, ORGANISER_NOT_FOUND */
  async function close(ref: string): Promise<void> {
    const organiser = await getOrganiser(ref);
    // Two owners who close each other at once are both let go only if a third one stays.
    await keepAnOwner(organiser, true, () => store.setRole(ref, 'analyst', clock.now()));
    await store.close(ref, clock.now());
    await sessions.endAll(ref);
    await tell(organiser, 'closed');
  }

  /** Does what takes an owner away, and takes it back where none would be left: also when two do so at once. */
  async function keepAnOwner(organiser: Organiser, takesAway: boolean, work: () => Promise<boolean>) {
    const isOwner = organiser.role === 'owner' && organiser.state === 'active';
    if (isOwner && takesAway && (await store.countOwners()) < 2) throw new AppError('LAST_OWNER');
    await work();
    if (!isOwner || !takesAway || (await hasOwner())) return;
    await store.setRole(organiser._id, 'owner', clock.now());
    throw new AppError('LAST_OWNER');
  }

  return {
    keyOf,
    profileOf,
    getOrganiser,
    listColleagues,
    namesByRef,
    hasOwner,
    begin,
    activate,
    addPasskey,
    removePasskey,
    setCodes,
    isTaken,
    write,
    changeName,
    changeLanguage,
    chooseNotices,
    changeAddress,
    changePassword,
    factorChanged,
    changeRole,
    close,
  };
}
export type AccountService = ReturnType<typeof createAccountService>;
