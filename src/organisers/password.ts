import { randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '../lib/errors.ts';
import { withoutMarks } from '../lib/text/fold.ts';
import { createHashWorker } from './hash-worker.ts';

const MIN_LENGTH = 12;
const MAX_LENGTH = 200;
/** zxcvbn's time grows with the length: 120 characters were measured at half a second. */
const WEIGHED = 60;
const LEAST_SCORE = 3;

/** OWASP's first choice for Argon2id: 19 MiB, two passes. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const SALT_BYTES = 16;
/** So many wait for the one that is computed; who comes then is asked to come again, so that a flood of guesses cannot fill the memory. */
const WAITING = 6;

export type PasswordFault = 'required' | 'tooShort' | 'tooLong' | 'tooEasy';

/**
 * What is wrong with a password that somebody wants.
 * @param about their name and address: they make a password easy to guess, also without their accents
 */
export async function passwordFault(
  password: string,
  about: readonly string[],
): Promise<PasswordFault | undefined> {
  const length = [...password].length;
  if (length === 0) return 'required';
  if (length < MIN_LENGTH) return 'tooShort';
  if (length > MAX_LENGTH) return 'tooLong';
  const words = about.flatMap((text) => text.split(/[\s@.]+/)).filter((word) => word.length > 2);
  const known = [...about, ...words, ...words.map(withoutMarks), 'safe', 'passage', 'paso', 'seguro'];
  const score = (await weigh())(password.normalize('NFC').slice(0, WEIGHED), known);
  return score < LEAST_SCORE ? 'tooEasy' : undefined;
}

let weighing: Promise<(password: string, known: string[]) => number> | undefined;

/** The dictionaries take tens of megabytes: they are read when somebody chooses a password, and not before. */
function weigh() {
  weighing ??= (async () => {
    const [{ ZxcvbnFactory }, common, en, es] = await Promise.all([
      import('@zxcvbn-ts/core'),
      import('@zxcvbn-ts/language-common'),
      import('@zxcvbn-ts/language-en'),
      import('@zxcvbn-ts/language-es-es'),
    ]);
    const factory = new ZxcvbnFactory({
      graphs: common.adjacencyGraphs,
      dictionary: { ...common.dictionary, ...en.dictionary, ...es.dictionary },
    });
    return (password: string, known: string[]) => factory.check(password, known).score;
  })();
  return weighing;
}

/**
 * Argon2id (RFC 9106) as PHC strings, of the NFC form. One is computed at a time, behind everything else that the machine
 * does.
 */
export function createHasher() {
  const { compute } = createHashWorker();
  let asked = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** Before anything is read for it. @throws RATE_LIMITED when too many wait already */
  function refuseWhenFull(): void {
    if (asked > WAITING) throw new AppError('RATE_LIMITED', { retryAfterSeconds: 2 });
  }

  /** @throws RATE_LIMITED */
  async function inTurn(...given: Parameters<typeof compute>): Promise<Buffer> {
    refuseWhenFull();
    asked += 1;
    const turn = last.then(() => compute(...given));
    last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      asked -= 1;
    }
  }

  async function hash(password: string): Promise<string> {
    const nonce = randomBytes(SALT_BYTES);
    const tag = await inTurn({ ...COST, message: toBytes(password), nonce });
    const { memory, passes, parallelism } = COST;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${toText(nonce)}$${toText(tag)}`;
  }

  /** Without a stored one it takes as long, so that nobody learns by the time who has an account. */
  async function verify(password: string, stored: string = NOBODY): Promise<boolean> {
    const read = readPhc(stored);
    if (!read || [...password].length > MAX_LENGTH) return false;
    const tag = await inTurn({ ...read.parameters, message: toBytes(password) });
    return timingSafeEqual(tag, read.tag) && stored !== NOBODY;
  }

  return { hash, verify, refuseWhenFull };
}
export type Hasher = ReturnType<typeof createHasher>;

const toText = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
const toBytes = (password: string) => Buffer.from(password.normalize('NFC'));
const NOBODY = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

function readPhc(stored: string) {
  const [, memory, passes, parallelism, salt = '', hash = ''] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored) ?? [];
  if (!hash) return undefined;
  const tag = Buffer.from(hash, 'base64');
  return {
    tag,
    parameters: {
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
      tagLength: tag.length,
      nonce: Buffer.from(salt, 'base64'),
    },
  };
}
