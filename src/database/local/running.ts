import { readRunningDatabase } from './data-dir.ts';
import { isListening } from './free-port.ts';

/** The address of the database that a live server of this DATA_DIR holds: what the operator commands connect to. */
export async function findRunningDatabase(dataDir: string): Promise<string | undefined> {
  const running = await readRunningDatabase(dataDir);
  return running && (await isListening(running.port)) ? running.uri : undefined;
}
