import type { Connection, UpdateQuery } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { bytes, count, date, maybeOneOf, oneOf, openModel, part, text } from '../database/model.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { LOCALES, type Locale } from '../lib/locales.ts';
import {
  NOTICE_CHOICES,
  type NoticeChoice,
  ORGANISER_STATES,
  type Organiser,
  type Passkey,
  ROLES,
  type Role,
} from './organiser.ts';

export const organiserIndexes: IndexDeclaration[] = [
  {
    collection: 'organisers',
    key: { addressKey: 1 },
    options: { name: 'addressKey', unique: true, sparse: true },
  },
];

/** Staff. Few: everything but the look-up by address is by ref. */
export function createOrganiserStore(connection: Connection) {
  const organisers = openModel<Organiser>(connection, 'organisers', {
    _id: text,
    addressKey: String,
    sealed: Buffer,
    role: oneOf(ROLES),
    locale: oneOf(LOCALES),
    state: oneOf(ORGANISER_STATES),
    joinBy: Date,
    password: String,
    totp: Buffer,
    totpStep: Number,
    passkeys: [
      part<Passkey>({ id: text, publicKey: bytes, counter: count, transports: [text], createdAt: date }),
    ],
    codes: [text],
    notices: maybeOneOf(NOTICE_CHOICES),
    createdAt: date,
    changedAt: date,
  });

  /** False when the address has an account already. */
  const insertOrganiser = (organiser: Organiser) => insertOnce(organisers, organiser);

  const findOrganiser = async (ref: string) =>
    organisers.findOne({ _id: ref }).read('primary').lean<Organiser>();

  const findByAddress = async (addressKey: string) =>
    organisers.findOne({ addressKey }).read('primary').lean<Organiser>();

  const listOrganisers = async () =>
    organisers.find({}).sort({ createdAt: 1 }).read('primary').lean<Organiser[]>();

  const countOwners = async () => organisers.countDocuments({ role: 'owner', state: 'active' });

  /** Somebody who began to join with this address and did not end: the place is free again. */
  async function deleteJoining(addressKey: string): Promise<void> {
    await organisers.deleteOne({ addressKey, state: 'joining' });
  }

  async function change(ref: string, update: UpdateQuery<Organiser>, now: Date): Promise<boolean> {
    const { matchedCount } = await organisers.updateOne(
      { _id: ref, state: { $ne: 'closed' } },
      { ...update, $set: { ...update.$set, changedAt: now } },
    );
    return matchedCount === 1;
  }

  /** Ends the joining: from now on they are an organiser. False when they were one already. */
  async function activate(ref: string, codes: readonly string[], now: Date): Promise<boolean> {
    const { matchedCount } = await organisers.updateOne(
      { _id: ref, state: 'joining' },
      { $set: { state: 'active', codes: [...codes], changedAt: now }, $unset: { joinBy: 1 } },
    );
    return matchedCount === 1;
  }

  /** False when a code of this step, or of a later one, was taken already. */
  async function takeStep(ref: string, step: number): Promise<boolean> {
    const { matchedCount } = await organisers.updateOne(
      { _id: ref, totpStep: { $lt: step } },
      { $set: { totpStep: step } },
    );
    return matchedCount === 1;
  }

  /** False when it is none of those that are left. */
  async function takeCode(ref: string, hash: string): Promise<boolean> {
    const { modifiedCount } = await organisers.updateOne(
      { _id: ref, codes: hash },
      { $pull: { codes: hash } },
    );
    return modifiedCount === 1;
  }

  async function addPasskey(ref: string, passkey: Passkey, now: Date): Promise<boolean> {
    return change(ref, { $push: { passkeys: passkey } }, now);
  }

  const removePasskey = (ref: string, id: string, now: Date) =>
    change(ref, { $pull: { passkeys: { id } } }, now);

  async function noteCounter(ref: string, id: string, counter: number): Promise<void> {
    await organisers.updateOne(
      { _id: ref, 'passkeys.id': id },
      { $set: { 'passkeys.$[used].counter': counter } },
      { arrayFilters: [{ 'used.id': id }] },
    );
  }

  const setSecret = (ref: string, totp: Buffer, totpStep: number, now: Date) =>
    change(ref, { $set: { totp, totpStep } }, now);
  const setCodes = (ref: string, codes: readonly string[], now: Date) =>
    change(ref, { $set: { codes: [...codes] } }, now);
  const setPassword = (ref: string, password: string, now: Date) => change(ref, { $set: { password } }, now);
  const setRole = (ref: string, role: Role, now: Date) => change(ref, { $set: { role } }, now);
  const setNotices = (ref: string, notices: NoticeChoice, now: Date) =>
    change(ref, { $set: { notices } }, now);
  const setLocale = (ref: string, locale: Locale, now: Date) => change(ref, { $set: { locale } }, now);
  const setProfile = (ref: string, sealed: Buffer, now: Date) => change(ref, { $set: { sealed } }, now);
  const setAddress = (ref: string, addressKey: string, sealed: Buffer, now: Date) =>
    change(ref, { $set: { addressKey, sealed } }, now);

  /** What is left says only that there was somebody, and in which role. */
  const close = (ref: string, now: Date) =>
    change(
      ref,
      {
        $set: { state: 'closed' },
        $unset: {
          addressKey: 1,
          sealed: 1,
          password: 1,
          totp: 1,
          totpStep: 1,
          passkeys: 1,
          codes: 1,
          joinBy: 1,
        },
      },
      now,
    );

  return {
    insertOrganiser,
    findOrganiser,
    findByAddress,
    listOrganisers,
    countOwners,
    deleteJoining,
    activate,
    takeStep,
    takeCode,
    addPasskey,
    removePasskey,
    noteCounter,
    setSecret,
    setCodes,
    setPassword,
    setRole,
    setLocale,
    setNotices,
    setProfile,
    setAddress,
    close,
  };
}
export type OrganiserStore = ReturnType<typeof createOrganiserStore>;
