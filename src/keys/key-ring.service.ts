import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Fingerprints } from '../installation/installation.store.ts';
import type { Clock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { decrypt, encrypt, type Key, type KeySet } from '../lib/sealed.ts';
import { checkRing, fingerprintOf, foreign } from './fingerprint.service.ts';
import type { KeyStore, WrappedKey } from './key.store.ts';
import { createMasterKeyFile, readMasterKeyFile } from './master-key.ts';

/**
 * data: wraps per-field keys. link: seals links. session: signs what a browser keeps. emailKey: names people, never
 * rotated.
 */
const PURPOSES = ['data', 'link', 'session', 'emailKey'] as const;
type Purpose = (typeof PURPOSES)[number];

export type KeyRing = Record<'data' | 'link' | 'session', KeySet> & {
  /** HMAC-SHA-256 of a canonical address, 128 bits, base64url (law 2) */
  emailKeyOf(canonicalAddress: string): string;
  /** keyed name of a network, 96 bits, base64url: the address itself is not kept */
  networkKeyOf(network: string): string;
  /** keyed name of a mail domain, 96 bits, base64url */
  mailDomainKeyOf(domain: string): string;
  /** keyed name of an organiser's address: not the one that people who sign have */
  organiserKeyOf(canonicalAddress: string): string;
  /** what the lines of the audit are hashed under; as lasting as the emailKey secret that it comes from */
  audit: KeyObject;
  /** what an organiser's recovery codes are hashed under, as lasting too */
  recovery: KeyObject;
  /** of an emailKey: what mail that came is found by when its person asks for it to be deleted; it is the emailKey nowhere */
  mailKeyOf(emailKey: string): string;
  /** what own words on a petition are sketched under; as lasting as the emailKey secret that it comes from */
  wordsKeyOf(petitionId: string): Buffer;
};

/**
 * Opens the ring, or makes it on the very first start.
 * @throws KEY_RING_LOCKED when the master key is missing or another one, KEY_RING_FOREIGN when the data were sealed under
 * another ring; both before anything is written
 */
export async function openKeyRing(deps: {
  store: KeyStore;
  dataDir: string;
  masterKey: Buffer | undefined;
  /** false for what runs beside a server, which has made the ring */
  mayMake?: boolean;
  clock: Clock;
}): Promise<KeyRing> {
  const { store, dataDir, clock } = deps;
  const noted = await store.findFingerprints();
  let stored = await store.listKeys();
  let master = deps.masterKey ?? (await readMasterKeyFile(dataDir));
  const missing = PURPOSES.filter((purpose) => !stored.some((key) => key.purpose === purpose));
  // A part of the ring is one that another process is about to make, or that a crash left.
  if (missing.length > 0) {
    if (deps.mayMake === false)
      throw locked('the database that is named has no key ring, so that no server has run on it');
    if (await store.hasSealedData())
      throw locked('keys of the ring are gone from the database, but people sealed under it are there');
    const gone = missing.find((purpose) => noted?.[`${purpose}:1`] !== undefined);
    if (gone) throw foreign(`the ring has no ${gone} key`);
    if (stored.length === 0) master ??= await createMasterKeyFile(dataDir);
    const wrapWith = given(master);
    for (const key of stored) unwrapOne(key, wrapWith);
    await store.insertMissing(missing.map((purpose) => makeKey(purpose, wrapWith, clock)));
    stored = await store.listKeys();
  }
  const sets = unwrap(stored, given(master));
  const own = fingerprintsOf(stored, given(master));
  await checkRing(store, noted, own, setOf(sets, 'data'));
  const isNoted = Object.keys(own).every((id) => noted?.[id] !== undefined);
  // An installation from before the fingerprints adopts its own, once its people could be opened.
  if (!isNoted && deps.mayMake !== false) await store.noteFingerprints(own);
  return assemble(sets);
}

function fingerprintsOf(stored: readonly WrappedKey[], master: Buffer): Fingerprints {
  return Object.fromEntries(stored.map((key) => [key._id, fingerprintOf(key._id, unwrapOne(key, master))]));
}

function setOf(sets: Map<Purpose, KeySet>, purpose: Purpose): KeySet {
  const set = sets.get(purpose);
  if (!set) throw locked(`the ring has no ${purpose} key`);
  return set;
}

function given(master: Buffer | undefined): Buffer {
  if (!master) throw locked('no MASTER_KEY is given and DATA_DIR has no keys/master.key');
  return master;
}

function makeKey(purpose: Purpose, master: Buffer, clock: Clock): WrappedKey {
  const _id = `${purpose}:1`;
  return {
    _id,
    purpose,
    number: 1,
    wrapped: encrypt(master, randomBytes(32), `key:${_id}`),
    createdAt: clock.now(),
  };
}

function unwrap(stored: readonly WrappedKey[], master: Buffer): Map<Purpose, KeySet> {
  const sets = new Map<Purpose, KeySet>();
  for (const purpose of PURPOSES) {
    const keys = stored
      .filter((key) => key.purpose === purpose)
      .sort((a, b) => a.number - b.number)
      .map((key): Key => ({ id: key.number, secret: createSecretKey(unwrapOne(key, master)) }));
    const current = keys.at(-1);
    if (!current) throw locked(`the ring has no ${purpose} key`);
    sets.set(purpose, { current, all: new Map(keys.map((key) => [key.id, key])) });
  }
  return sets;
}

function unwrapOne(key: WrappedKey, master: Buffer): Buffer {
  try {
    return decrypt(master, Buffer.from(key.wrapped), `key:${key._id}`);
  } catch (cause) {
    throw locked('the master key is not the one that this database was made with', cause);
  }
}

function assemble(sets: Map<Purpose, KeySet>): KeyRing {
  const get = (purpose: Purpose): KeySet => setOf(sets, purpose);
  const emailSecret = get('emailKey').current.secret;
  const sessionSecret = get('session').current.secret;
  // No address holds a null byte, so nothing that names a person is ever one of these.
  const derive = (name: string) => createHmac('sha256', emailSecret).update(name).digest();
  return {
    data: get('data'),
    link: get('link'),
    session: get('session'),
    emailKeyOf: (address) =>
      createHmac('sha256', emailSecret).update(address).digest().subarray(0, 16).toString('base64url'),
    networkKeyOf: (network) =>
      createHmac('sha256', sessionSecret)
        .update(`network\0${network}`)
        .digest()
        .subarray(0, 12)
        .toString('base64url'),
    mailDomainKeyOf: (domain) => derive(`domain\0${domain}`).subarray(0, 12).toString('base64url'),
    organiserKeyOf: (address) => derive(`organiser\0${address}`).subarray(0, 16).toString('base64url'),
    audit: createSecretKey(derive('audit\0')),
    recovery: createSecretKey(derive('recovery\0')),
    mailKeyOf: (emailKey) => derive(`mail\0${emailKey}`).subarray(0, 16).toString('base64url'),
    wordsKeyOf: (petitionId) => derive(`words\0${petitionId}`),
  };
}

function locked(why: string, cause?: unknown): AppError {
  return new AppError(
    'KEY_RING_LOCKED',
    {
      message: `The keys do not open: ${why}. Give the MASTER_KEY (or the DATA_DIR) that belongs to this database.`,
    },
    { cause },
  );
}
