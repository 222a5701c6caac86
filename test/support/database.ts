import { randomBytes } from 'node:crypto';
import mongoose, { type Connection } from 'mongoose';
import { inject } from 'vitest';

export type TestDatabase = { connection: Connection; uri: string; drop(): Promise<void> };

/** A fresh, empty database of the run's server. Call `drop` in afterAll. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const uri = inject('databaseUri').replace(/\/[^/?]*\?/, `/${name}?`);
  const connection = await mongoose
    .createConnection(uri, { autoIndex: false, autoCreate: false, serverSelectionTimeoutMS: 20_000 })
    .asPromise();
  return {
    connection,
    uri,
    async drop() {
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
