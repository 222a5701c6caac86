import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { createCached } from '../lib/cached.ts';
import { SECOND } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import { paths } from '../lib/urls.ts';
import type { PetitionService } from './petition.service.ts';
import { isShown } from './petition.ts';
import type { ShortAddressStore } from './short-address.store.ts';
import { faultOfWord, foldWord, type ShortAddress, wordOfUrl } from './short-address.ts';

/** Addresses as they stand on a poster. */
export function createShortAddresses(
  deps: Pick<Infra, 'clock'> &
    Pick<PetitionService, 'findPetition' | 'getPetition'> & { shortAddresses: ShortAddressStore },
) {
  const { shortAddresses: store, clock, findPetition, getPetition } = deps;
  const all = createCached({ load: store.listAddresses, freshMs: SECOND, clock });

  async function list(petitionId: string): Promise<ShortAddress[]> {
    return (await all.get()).filter((one) => one.petitionId === petitionId);
  }

  /** @throws INPUT_INVALID with what is wrong with the word; `taken` where it leads somewhere already */
  async function add(petitionId: string, typed: string, locale: Locale, actor: Actor): Promise<void> {
    await getPetition(petitionId);
    const word = foldWord(typed);
    const fault = faultOfWord(word);
    if (fault) throw new AppError('INPUT_INVALID', { field: 'shortWord', fault });
    const address = { _id: word, petitionId, locale, by: byOf(actor), at: clock.now() };
    const isNew = await store.insertAddress(address);
    all.forget();
    if (!isNew) throw new AppError('INPUT_INVALID', { field: 'shortWord', fault: 'taken' });
  }

  async function remove(petitionId: string, word: string): Promise<void> {
    await store.removeAddress(petitionId, word);
    all.forget();
  }

  /** Where an address leads at which there is no page; what came with it, such as its source, goes along. */
  async function resolve(url: string): Promise<string | undefined> {
    const asked = wordOfUrl(url);
    const found = asked && (await all.get()).find(({ _id }) => _id === asked.word);
    const petition = found && (await findPetition(found.petitionId));
    return petition && isShown(petition)
      ? paths.petition(found.locale, petition._id) + asked.query
      : undefined;
  }

  return { list, add, remove, resolve };
}
export type ShortAddresses = ReturnType<typeof createShortAddresses>;
