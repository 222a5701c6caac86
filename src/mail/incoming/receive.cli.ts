import { parseArgs } from 'node:util';
import { AppError, isAppError } from '../../lib/errors.ts';
import type { Operate } from '../../operator.ts';
import { addresseeOf } from './addressee.ts';
import { MAX_MESSAGE_BYTES } from './envelope.ts';
import type { Received } from './incoming.service.ts';
import { selfTest } from './self-test.cli.ts';

/** sysexits.h, which mail servers go by: taken; never to be taken; nobody's; bring it again. */
const EX_OK = 0;
const EX_DATAERR = 65;
const EX_NOUSER = 67;
export const EX_TEMPFAIL = 75;

export const RECEIVE_ARGS = {
  recipient: {
    type: 'string',
    default: '',
    description: 'whom the envelope names, once for each; without it the headers say',
  },
  sender: { type: 'string', default: '', description: 'whom the envelope names; empty is the null sender' },
  'env-file': { type: 'string', description: 'a file with the server’s variables' },
  exim: { type: 'boolean', description: 'the envelope stands in SENDER and RECIPIENT, where Exim writes it' },
  'self-test': { type: 'boolean', description: 'take nothing; say what would happen, and with what' },
} as const;

type Given = { recipients: string[]; sender?: string; envFile?: string; isTest: boolean };

/**
 * One message on standard input, from a mail server's pipe. Nothing that is a matter of set-up ends a mail: it exits
 * with 75, and the server brings the message again.
 * @returns the exit code
 */
export async function receiveByPipe(rawArgs: readonly string[], operate: Operate): Promise<number> {
  try {
    const given = readGiven(rawArgs);
    if (given.envFile !== undefined) loadVariables(given.envFile);
    if (given.isTest) {
      await operate(selfTest);
      return EX_OK;
    }
    return await receive(given, operate);
  } catch (error) {
    console.error(sentenceOf(error));
    const isHopeless = isAppError(error, 'BODY_TOO_LARGE') || isAppError(error, 'MESSAGE_UNREADABLE');
    return isHopeless ? EX_DATAERR : EX_TEMPFAIL;
  }
}

/** @throws INPUT_INVALID for whatever it does not know */
function readGiven(rawArgs: readonly string[]): Given {
  try {
    const { values } = parseArgs({
      args: [...rawArgs],
      options: {
        recipient: { type: 'string', multiple: true },
        sender: { type: 'string' },
        'env-file': { type: 'string' },
        exim: { type: 'boolean' },
        'self-test': { type: 'boolean' },
      },
    });
    const { 'env-file': envFile, 'self-test': isTest = false } = values;
    // Exim refuses a command line on which a word of the envelope stands, and the mail with it.
    const { SENDER = '', RECIPIENT = '' } = process.env;
    const envelope = values.exim ? { sender: SENDER, recipient: [RECIPIENT] } : values;
    const { recipient = [], sender } = envelope;
    return {
      recipients: [...new Set(recipient.filter((address) => address !== ''))],
      isTest,
      ...(sender !== undefined && { sender }),
      ...(envFile !== undefined && { envFile }),
    };
  } catch (cause) {
    const words = cause instanceof Error ? cause.message.split('. ')[0] : '';
    throw new AppError('INPUT_INVALID', { message: `The command is mistyped: ${words}.` }, { cause });
  }
}

/** A mail server clears the environment, and what stands on the command line everybody reads in `ps`. */
function loadVariables(path: string): void {
  try {
    process.loadEnvFile(path);
  } catch (cause) {
    const message = `The file of --env-file, ${path}, cannot be read by this user.`;
    throw new AppError('CONFIG_INVALID', { message }, { cause });
  }
}

async function receive({ recipients, sender }: Given, operate: Operate): Promise<number> {
  const raw = await readAll(process.stdin);
  let code = EX_OK;
  await operate(async ({ incoming, config }) => {
    const addressees = recipients.map((address) => addresseeOf(address, config));
    if (addressees.includes('foreign')) {
      const message = `The recipient’s domain is not this installation’s (MAIL_DOMAIN is ${config.mailDomain}).`;
      throw new AppError('CONFIG_INVALID', { message });
    }
    const ours = recipients.filter((_, index) => addressees[index] !== 'nobody');
    if (recipients.length > 0 && ours.length === 0) {
      console.error('There is no such address.');
      code = EX_NOUSER;
      return;
    }
    const outcomes = await incoming.receiveForAll(raw, {
      recipients: recipients.length === 0 ? [undefined] : ours,
      ...(sender !== undefined && { sender }),
    });
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    // All of them come again; who has it already is not given it twice.
    if (failed) throw failed.reason;
    const taken = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [inWords(outcome.value)] : [],
    );
    console.log(taken.join('; '));
  });
  return code;
}

function inWords({ kind, isReplay }: Received): string {
  return isReplay ? `${kind}, which came before` : kind;
}

/** A mail server writes it into its log, and may into a report: one line, and of strange errors only their name. */
function sentenceOf(error: unknown): string {
  if (isAppError(error)) return error.message.replace(/\s+/g, ' ').slice(0, 500);
  return `It cannot be taken now (${error instanceof Error ? error.name : 'no error'}).`;
}

/** To the end, lest the mail server is hung up on; no more is kept than shows that it is too large. */
async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    if (size <= MAX_MESSAGE_BYTES) chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks);
}
