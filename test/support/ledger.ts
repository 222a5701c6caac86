import { createRestoredDeliveries } from '../../src/deliveries/restored.store.ts';
import { createLedgerService } from '../../src/ledger/ledger.service.ts';
import { createLedgerStore, type LedgerStore } from '../../src/ledger/ledger.store.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import {
  type CountingStore,
  countingIndexes,
  createCountingStore,
} from '../../src/signatures/counting.store.ts';
import { createRestoredStore } from '../../src/signatures/restored.store.ts';
import type { SignedSignature } from '../../src/signatures/signature.ts';
import { createTestClock } from './clock.ts';
import { openTestDatabase } from './database.ts';
import { buildSignature, buildSignatures, changeSignature, readSignature } from './signatures.ts';

/** The ledger over a database of its own, and people who sign. `createService` takes stores that misbehave. */
export async function openLedgerRoom() {
  const { connection, drop } = await openTestDatabase();
  for (const { collection, key, options } of countingIndexes) {
    await connection.collection(collection).createIndex(key, options);
  }
  const clock = createTestClock();
  const ledger = createLedgerStore(connection);
  const counting = createCountingStore(connection);
  const restored = createRestoredStore(connection);

  function createService(
    odd: { ledger?: Partial<LedgerStore>; counting?: Partial<CountingStore> } = {},
    { time = clock, entryLimit }: { time?: Clock; entryLimit?: number } = {},
  ) {
    return createLedgerService({
      ledger: { ...ledger, ...odd.ledger },
      counting: { ...counting, ...odd.counting },
      restored,
      tellings: createRestoredDeliveries(connection),
      getZone: async () => 'America/Mexico_City',
      clock: time,
      logger: silentLogger,
      ...(entryLimit && { entryLimit }),
    });
  }
  const service = createService();

  return {
    connection,
    clock,
    ledger,
    counting,
    restored,
    service,
    createService,
    drop,
    signatures: connection.collection<SignedSignature>('signatures'),
    build: (fields: Partial<SignedSignature> = {}) => buildSignature(connection, fields),
    buildMany: (count: number, fields: Partial<SignedSignature> = {}) =>
      buildSignatures(connection, count, fields),
    read: (id: string) => readSignature(connection, id),
    change: (id: string, fields: Partial<SignedSignature>) =>
      changeSignature(connection, id, fields, clock.now()),
    withdraw: (id: string) => changeSignature(connection, id, { state: 'withdrawn' }, clock.now()),
    confirm: (id: string) =>
      changeSignature(connection, id, { state: 'confirmed', confirmedAt: clock.now() }, clock.now()),
    /** Steps until nothing waits. */
    async settle(one = service): Promise<void> {
      while (await one.step());
    },
    async clear(): Promise<void> {
      for (const name of ['signatures', 'ledger', 'tallies'])
        await connection.collection(name).deleteMany({});
    },
  };
}
export type LedgerRoom = Awaited<ReturnType<typeof openLedgerRoom>>;
