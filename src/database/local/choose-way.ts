import { AppError } from '../../lib/errors.ts';
import { type EngineRecord, readEngineRecord } from './data-dir.ts';
import { WAYS, type Way } from './ways.ts';

export type Choice = { ways: readonly Way[]; isOwned: boolean };

/**
 * The ways to try, in order. Where data are, only the engine that made them will do, first by the way that it came by
 * then: an empty database of another engine would look like a loss.
 * @throws DATABASE_NOT_FOUND when that engine is not among the wanted ways
 */
export async function chooseWays(dataDir: string, wantedNames: readonly string[]): Promise<Choice> {
  const wanted = wantedNames.flatMap((name) => WAYS.filter((way) => way.name === name));
  const owner = await findOwner(dataDir);
  if (!owner) return { ways: wanted, isOwned: false };
  const fit = wanted.filter(({ engine }) => engine === owner.engine);
  if (fit.length === 0) {
    const names = WAYS.filter(({ engine }) => engine === owner.engine).map(({ name }) => name);
    throw notFound(
      `The data in ${dataDir} were made by ${owner.engine}, and nothing else opens them. LOCAL_DATABASE asks for ${wantedNames.join(', ')}: add ${names.join(' or ')}, or give another DATA_DIR.`,
    );
  }
  const ways = [
    ...fit.filter(({ name }) => name === owner.record.way),
    ...fit.filter(({ name }) => name !== owner.record.way),
  ];
  return { ways, isOwned: true };
}

async function findOwner(dataDir: string): Promise<{ engine: string; record: EngineRecord } | undefined> {
  for (const engine of new Set(WAYS.map((way) => way.engine))) {
    const record = await readEngineRecord(dataDir, engine);
    if (record) return { engine, record };
  }
  return undefined;
}

/** The error of a machine without a database: what was tried, and the four ways out. */
export function noDatabase(options: {
  faults: readonly string[];
  dataDir: string;
  isOwned: boolean;
}): AppError {
  const { faults, dataDir, isOwned } = options;
  return notFound(
    [
      isOwned
        ? `The database that made the data in ${dataDir} could not be started.`
        : 'No database could be found, fetched or started.',
      ...faults.map((fault) => `  - ${fault}`),
      'Any one of these will do:',
      '  1. mongod on the PATH (MongoDB Community Server);',
      '  2. secantusd-rs on the PATH (cargo install secantus-mdb);',
      '  3. internet access, so that mongod can be fetched once;',
      '  4. Python 3.10 to 3.13 on the PATH (Debian, Ubuntu: apt install python3) and access to PyPI, so that SecantusDB can be fetched once.',
      'Or set MONGODB_URI to a MongoDB replica set.',
    ].join('\n'),
  );
}

function notFound(message: string): AppError {
  return new AppError('DATABASE_NOT_FOUND', { message });
}
