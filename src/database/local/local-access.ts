import mongoose from 'mongoose';

const USER = 'safe-passage';
const DATABASE_NAME = 'safe-passage';
const ALREADY_EXISTS = 51_003;
const AUTHENTICATION_FAILED = 18;
const PATIENCE_MS = 2_000;
/** One that takes the connection and says nothing must not hold up the start. */
const LIMITS = {
  serverSelectionTimeoutMS: PATIENCE_MS,
  connectTimeoutMS: PATIENCE_MS,
  socketTimeoutMS: 20_000,
};

/** The address with the password; without one, the address before there is a user. Never for a log. */
export function localUri(port: number, uriOptions: string, password?: string): string {
  const address = `127.0.0.1:${port}/${DATABASE_NAME}?${uriOptions}`;
  return password === undefined
    ? `mongodb://${address}`
    : `mongodb://${USER}:${password}@${address}&authSource=admin`;
}

export function isWrongPassword(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === AUTHENTICATION_FAILED;
}

/**
 * Whether a server answers there.
 * @throws the driver's error when it answers but does not take the password
 */
export async function canEnter(uri: string): Promise<boolean> {
  const client = new mongoose.mongo.MongoClient(uri, LIMITS);
  try {
    await client.db('admin').command({ ping: 1 });
    return true;
  } catch (error) {
    if (isWrongPassword(error)) throw error;
    return false;
  } finally {
    await client.close();
  }
}

/** Makes the one user, or gives it this password: for a server that does not ask for one yet. */
export async function setPassword(openUri: string, password: string): Promise<void> {
  const client = new mongoose.mongo.MongoClient(openUri, LIMITS);
  try {
    const admin = client.db('admin');
    try {
      await admin.command({ createUser: USER, pwd: password, roles: ['root'] });
    } catch (error) {
      if ((error as { code?: number }).code !== ALREADY_EXISTS) throw error;
      await admin.command({ updateUser: USER, pwd: password });
    }
  } finally {
    await client.close();
  }
}
