import type { DeliveryStore } from '../deliveries/delivery.store.ts';
import type { Infra } from '../infra.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { SignaturesRoom } from '../signatures/signatures.room.ts';
import { createMyWordsService } from './my-words.service.ts';
import { createWordsService } from './words.service.ts';
import { createWordsStore } from './words.store.ts';

/** What supporters write themselves, from the writer's page to the organiser who decides on it. */
export function createWords(
  infra: Infra,
  rooms: { signatures: SignaturesRoom; offices: OfficesRoom; deliveries: DeliveryStore },
) {
  const store = createWordsStore(infra.connection);
  const { sketchWords, manage } = rooms.signatures;
  const words = createWordsService({ ...infra, ...rooms.deliveries, store, sketchWords });
  return {
    store,
    words,
    myWords: createMyWordsService({
      ...infra,
      ...rooms.offices,
      ...rooms.deliveries,
      ...manage,
      ...words,
      store,
      sketchWords,
    }),
  };
}
