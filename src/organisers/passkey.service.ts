import { isIP } from 'node:net';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { type Clock, MINUTE } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { OrganiserStore } from './organiser.store.ts';
import type { Organiser, Passkey } from './organiser.ts';
import type { SlowDown } from './slow-down.service.ts';
import type { Tickets } from './ticket.service.ts';
import { hashToken } from './tokens.ts';

const NAME = 'Safe Passage';
const TICKET_MS = 10 * MINUTE;
/** ES256, RS256, EdDSA: what authenticators have. Not given, the package offers ML-DSA first, and warns. */
const ALGORITHMS = [-7, -257, -8];

/** Read with the first passkey: it is half of all the code that a server would load, and 40 MB in each process. */
const webAuthn = () => import('@simplewebauthn/server');

/** What a page asks the browser with, as JSON, and the ticket by which its answer is read. */
export type Ceremony = { options: string; ticket: string };
export type Credential = { credential: string; ticket: string };

/**
 * Passkeys (WebAuthn Level 3): a device and the finger or PIN that opens it, two factors in one. A challenge is sealed in
 * the page, and used once.
 */
export function createPasskeys(deps: {
  publicUrl: string;
  store: Pick<OrganiserStore, 'findOrganiser' | 'noteCounter'>;
  tickets: Tickets;
  slowDown: Pick<SlowDown, 'useOnce'>;
  clock: Clock;
}) {
  const { publicUrl, store, tickets, slowDown, clock } = deps;
  const { hostname, origin } = new URL(publicUrl);
  /** A passkey belongs to a name: there is none for a bare address. */
  const areThere = isIP(hostname.replace(/^\[|\]$/g, '')) === 0;

  function ceremony(purpose: string, options: { challenge: string }): Ceremony {
    return { options: JSON.stringify(options), ticket: tickets.mint(purpose, options.challenge) };
  }

  /** To make a passkey for this organiser. */
  async function askToRegister(
    { _id, passkeys = [] }: Organiser,
    name: string,
  ): Promise<Ceremony | undefined> {
    if (!areThere) return undefined;
    const { generateRegistrationOptions } = await webAuthn();
    const options = await generateRegistrationOptions({
      rpName: NAME,
      rpID: hostname,
      userName: name,
      userDisplayName: name,
      userID: new Uint8Array(Buffer.from(_id)),
      attestationType: 'none',
      supportedAlgorithmIDs: ALGORITHMS,
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: passkeys.map(({ id }) => ({ id })),
    });
    return ceremony(`register:${_id}`, options);
  }

  /** @throws PASSKEY_REFUSED */
  async function readRegistered({ _id }: Organiser, given: Credential): Promise<Passkey> {
    const expectedChallenge = await challengeOf(`register:${_id}`, given.ticket);
    const response = readJson<RegistrationResponseJSON>(given.credential);
    const { verifyRegistrationResponse } = await webAuthn();
    const verified = await verifyRegistrationResponse({
      response,
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: hostname,
      supportedAlgorithmIDs: ALGORITHMS,
    }).catch(refuse);
    if (!verified.verified) throw refused();
    const { id, publicKey, counter, transports = [] } = verified.registrationInfo.credential;
    return { id, publicKey: Buffer.from(publicKey), counter, transports, createdAt: clock.now() };
  }

  /** To prove who it is: of one organiser, or of whoever has a passkey for this site. */
  async function askToProve(organiser?: Pick<Organiser, '_id' | 'passkeys'>): Promise<Ceremony | undefined> {
    if (!areThere || (organiser && !organiser.passkeys?.length)) return undefined;
    const { generateAuthenticationOptions } = await webAuthn();
    const options = await generateAuthenticationOptions({
      rpID: hostname,
      userVerification: 'required',
      ...(organiser && { allowCredentials: (organiser.passkeys ?? []).map(({ id }) => ({ id })) }),
    });
    return ceremony(purposeOf(organiser?._id), options);
  }

  /** Whose passkey it is. @throws PASSKEY_REFUSED */
  async function prove(given: Credential, ref?: string): Promise<Organiser> {
    const expectedChallenge = await challengeOf(purposeOf(ref), given.ticket);
    const response = readJson<AuthenticationResponseJSON>(given.credential);
    const handle = response.response?.userHandle;
    const named = ref ?? (handle ? Buffer.from(handle, 'base64url').toString() : '');
    const organiser = await store.findOrganiser(named);
    const passkey = organiser?.passkeys?.find(({ id }) => id === response.id);
    if (organiser?.state !== 'active' || !passkey) throw refused();
    const { id, publicKey, counter } = passkey;
    const { verifyAuthenticationResponse } = await webAuthn();
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: hostname,
      credential: { id, publicKey: new Uint8Array(publicKey), counter },
    }).catch(refuse);
    if (!verified) throw refused();
    await store.noteCounter(organiser._id, id, authenticationInfo.newCounter);
    return organiser;
  }

  async function challengeOf(purpose: string, ticket: string): Promise<string> {
    const challenge = tickets.read<string>(purpose, ticket, TICKET_MS);
    if (!challenge || !(await slowDown.useOnce(hashToken(challenge), TICKET_MS))) throw refused();
    return challenge;
  }

  return { areThere, askToRegister, readRegistered, askToProve, prove };
}
export type Passkeys = ReturnType<typeof createPasskeys>;

const purposeOf = (ref = '') => `prove:${ref}`;
const refused = (cause?: unknown) => new AppError('PASSKEY_REFUSED', {}, { cause });

/** The package throws on whatever does not fit. */
function refuse(cause: unknown): never {
  throw refused(cause);
}

function readJson<T>(text: string): T {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === 'object' && read !== null) return read as T;
  } catch {
    // Refused below.
  }
  throw refused();
}
