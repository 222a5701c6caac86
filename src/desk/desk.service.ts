import ipaddr from 'ipaddr.js';
import type { Audit } from '../audit/audit.service.ts';
import type { Infra } from '../infra.ts';
import type { Actor } from '../lib/actor.ts';
import { parseEmailAddress } from '../lib/email-address.ts';
import { AppError, isAppError } from '../lib/errors.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import {
  type Person,
  parseSignatureId,
  type Signature,
  signatureContext,
  signatureId,
} from '../signatures/signature.ts';
import type { SignaturesRoom } from '../signatures/signatures.room.ts';
import type { DeskStore } from './desk.store.ts';
import type { DeskSignature, PageCursor, Selection, Standing } from './desk.ts';

const REF = /^[\w-]{22}$/;
/** What a page of results holds. */
const PAGE = 25;
/** Says of a sealed name that it stands for an address, and for none of its signatures. */
const ANY_PETITION = 0;

/** What one box was taken for; `who` is sealed, domain and network are keyed. */
export type Box = { who: string } | { ref: string } | { domain: string } | { network: string };
export type DeskQuery = { selection: Selection; standing?: Standing; who?: string; after?: PageCursor };
export type DeskPage = { found: DeskSignature[]; next?: PageCursor };

/** Signatures as organisers find them. To read people is an act. */
export function createDesk(
  deps: Pick<Infra, 'sealer' | 'keys'> &
    Pick<PetitionService, 'listPetitions' | 'findPetitionByNumber'> &
    Pick<SignaturesRoom, 'links' | 'mailChoices'> & {
      signatures: Pick<SignaturesRoom['store'], 'findSignature'>;
      store: Pick<DeskStore, 'findByRef' | 'listSelected'>;
      networkOf(ip: string): string;
      audit: Pick<Audit, 'record'>;
    },
) {
  const { sealer, keys, links, mailChoices, signatures, store, audit, networkOf } = deps;
  const { listPetitions, findPetitionByNumber } = deps;

  const mint = (petitionNumber: number, emailKey: string) =>
    links.mint('desk', { petitionNumber, emailKey, linkVersion: 0 });

  /** Null when it is none of what can be looked for. */
  function readBox(typed: string): Box | null {
    const text = typed.trim();
    if (REF.test(text)) return { ref: text };
    const network = networkIn(text);
    if (network) return { network: keys.networkKeyOf(network) };
    const address = parseEmailAddress(text.startsWith('@') ? `any${text}` : text);
    if (!address) return null;
    const domain = address.mailTo.slice(address.mailTo.lastIndexOf('@') + 1);
    if (text.startsWith('@')) return { domain: keys.mailDomainKeyOf(domain) };
    return { who: mint(ANY_PETITION, keys.emailKeyOf(address.canonical)) };
  }

  function networkIn(text: string): string | undefined {
    const ip = text.replace(/\/64$/, '');
    return ipaddr.isValid(ip) && !/^\d+$/.test(ip) ? networkOf(ip) : undefined;
  }

  /** One page of them, for whoever may read people. @throws PAGE_NOT_FOUND where the sealed name was altered */
  async function list(actor: Actor, query: DeskQuery): Promise<DeskPage> {
    const { selection, standing, who, after } = query;
    const by = [...(who ? ['address'] : []), ...Object.keys(selection), ...(standing ? ['state'] : [])];
    const intent = {
      act: 'signatures find',
      of: selection.petitionId ? [selection.petitionId] : [],
      changes: [{ field: 'by', to: by.join(', ') || 'nothing' }],
    };
    const emailKey = who === undefined ? undefined : emailKeyOf(who);
    return audit.record(actor, intent, async () => {
      if (emailKey !== undefined) return { found: await listOfAddress(emailKey) };
      const all = await store.listSelected(selection, standing, { after, limit: PAGE + 1 });
      const found = await Promise.all(all.slice(0, PAGE).map(show));
      const last = all.length > PAGE ? all[PAGE - 1]?.confirmedAt : undefined;
      return { found, ...(last && { next: { at: last, skip: skipAt(all.slice(0, PAGE), last, after) } }) };
    });
  }

  function emailKeyOf(who: string): string {
    const link = readDesk(who);
    if (link.petitionNumber !== ANY_PETITION) throw new AppError('PAGE_NOT_FOUND');
    return link.emailKey;
  }

  function readDesk(token: string) {
    try {
      return links.read('desk', token);
    } catch (error) {
      throw isAppError(error, 'LINK_INVALID') ? new AppError('PAGE_NOT_FOUND') : error;
    }
  }

  async function listOfAddress(emailKey: string): Promise<DeskSignature[]> {
    const ids = await mailChoices.idsOfAddress(emailKey);
    const found = await Promise.all(ids.map((id) => signatures.findSignature(id)));
    return Promise.all(found.flatMap((one) => (one ? [show(one)] : [])));
  }

  async function show(signature: Signature): Promise<DeskSignature> {
    const { _id, ref, sealed } = signature;
    return {
      handle: ref ?? (await sealedName(_id)),
      signature,
      ...(sealed && { person: sealer.open<Person>(sealed, signatureContext(_id)) }),
    };
  }

  async function sealedName(id: string): Promise<string> {
    const { petitionId, emailKey } = parseSignatureId(id);
    const petition = (await listPetitions()).find(({ _id }) => _id === petitionId);
    return mint(petition?.number ?? ANY_PETITION, emailKey);
  }

  /** By its ref or sealed name. @throws PAGE_NOT_FOUND */
  async function getSignature(handle: string): Promise<Signature> {
    const found = REF.test(handle) ? await store.findByRef(handle) : await findNamed(handle);
    if (!found) throw new AppError('PAGE_NOT_FOUND');
    return found;
  }

  async function findNamed(handle: string): Promise<Signature | null> {
    const { petitionNumber, emailKey } = readDesk(handle);
    const petition = await findPetitionByNumber(petitionNumber);
    return petition ? signatures.findSignature(signatureId(petition._id, emailKey)) : null;
  }

  /** One with its person, and the others of the same address. @throws PAGE_NOT_FOUND */
  async function read(
    actor: Actor,
    handle: string,
  ): Promise<{ one: DeskSignature; others: DeskSignature[] }> {
    const signature = await getSignature(handle);
    return audit.record(actor, { act: 'signature read', of: namesOf(signature) }, async () => {
      const { emailKey } = parseSignatureId(signature._id);
      const all = await listOfAddress(emailKey);
      return {
        one: await show(signature),
        others: all.filter((other) => other.signature._id !== signature._id),
      };
    });
  }

  return { readBox, list, read, getSignature };
}
export type Desk = ReturnType<typeof createDesk>;

/** As the audit names one: its petition, and its ref once it has one. */
export function namesOf({ petitionId, ref }: Signature): string[] {
  return [petitionId, ref ?? 'pending'];
}

/** How many of the same moment as the last one were shown by now. */
function skipAt(shown: readonly Signature[], last: Date, after: PageCursor | undefined): number {
  const same = shown.filter(({ confirmedAt }) => confirmedAt?.getTime() === last.getTime()).length;
  return same + (after?.at.getTime() === last.getTime() ? after.skip : 0);
}
