import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { date, oneOf, openModel, text } from '../database/model.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { LOCALES } from '../lib/locales.ts';
import type { ShortAddress } from './short-address.ts';

export const shortAddressIndexes: IndexDeclaration[] = [
  { collection: 'short-addresses', key: { petitionId: 1 }, options: { name: 'petitionId' } },
];

export function createShortAddressStore(connection: Connection) {
  const addresses = openModel<ShortAddress>(connection, 'short-addresses', {
    _id: text,
    petitionId: text,
    locale: oneOf(LOCALES),
    by: text,
    at: date,
  });

  const listAddresses = async () => addresses.find().sort({ _id: 1 }).lean<ShortAddress[]>();

  /** False when it is in use: the word is the key. */
  const insertAddress = (address: ShortAddress) => insertOnce(addresses, address);

  async function removeAddress(petitionId: string, word: string): Promise<boolean> {
    return (await addresses.deleteOne({ _id: word, petitionId })).deletedCount === 1;
  }

  return { listAddresses, insertAddress, removeAddress };
}
export type ShortAddressStore = ReturnType<typeof createShortAddressStore>;
