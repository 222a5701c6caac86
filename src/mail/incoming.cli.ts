import { defineCommand } from 'citty';
import { isAppError } from '../lib/errors.ts';
import { formatTable } from '../lib/table.ts';
import type { Operate } from '../operator.ts';
import type { Concern } from './incoming.store.ts';
import { MAX_MESSAGE_BYTES } from './incoming-message.ts';

const SHOWN = 50;
/** sysexits.h, which mail servers go by: taken; never to be taken; bring it again. */
const EX_OK = 0;
const EX_DATAERR = 65;
const EX_TEMPFAIL = 75;

const CONCERNS: Record<Concern, string> = {
  delivery: '',
  person: 'a person',
  organisers: 'written to the organisers',
  nobody: '',
  refused: 'refused: no token of ours',
};

export function receiveCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'receive', description: 'take one message on standard input, from a mail server’s pipe' },
    args: {
      recipient: { type: 'string', description: 'whom the envelope names; else the headers say' },
      sender: { type: 'string', description: 'whom the envelope names; empty for the null sender' },
    },
    run: async ({ args }) => {
      const { recipient, sender } = args;
      const envelope = { ...(recipient && { recipient }), ...(sender !== undefined && { sender }) };
      process.exitCode = await receive(operate, await readAll(process.stdin), envelope);
    },
  });
}

/** Whatever is wrong here is no fault of the message: the mail server keeps it, and brings it again. */
async function receive(
  operate: Operate,
  raw: Buffer,
  envelope: { recipient?: string; sender?: string },
): Promise<number> {
  try {
    await operate(async ({ incoming }) => {
      const { kind, isReplay } = await incoming.receive(raw, envelope);
      console.log(isReplay ? `${kind}, which came before` : kind);
    });
    return EX_OK;
  } catch (error) {
    // A mail server may write this into its own report.
    console.error(error instanceof Error ? error.message : 'It cannot be taken now.');
    return isAppError(error, 'BODY_TOO_LARGE') || isAppError(error, 'MESSAGE_UNREADABLE')
      ? EX_DATAERR
      : EX_TEMPFAIL;
  }
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

export function incomingCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'incoming', description: 'what came lately, without anybody’s address' },
    args: { json: { type: 'boolean', description: 'as JSON' } },
    run: ({ args }) =>
      operate(async ({ incoming }) => {
        const records = await incoming.listLatest(SHOWN);
        const shown = records.map(({ at, kind, detail, code, concern, deliveryId }) => ({
          at,
          kind,
          detail,
          code,
          concern,
          deliveryId,
        }));
        if (args.json) return console.log(JSON.stringify(shown, null, 2));
        if (shown.length === 0) return console.log('Nothing has come.');
        const rows = shown.map(
          ({ at, kind = '', detail = '', code = '', concern = 'nobody', deliveryId }) => [
            at.toISOString(),
            kind,
            [detail, code].filter(Boolean).join(' '),
            deliveryId ?? CONCERNS[concern],
          ],
        );
        console.log(formatTable(['at', 'kind', 'which', 'of'], rows));
      }),
  });
}
