import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Infra } from '../../infra.ts';
import { AppError, isAppError } from '../../lib/errors.ts';
import { joinPieces } from '../../lib/pieces.ts';
import { addresseeOf } from './addressee.ts';
import { MAX_MESSAGE_BYTES } from './envelope.ts';
import type { IncomingService } from './incoming.service.ts';
import type { Own } from './loop.ts';

/** Messages under way are 10 MB each at most; a mail server that finds no place comes again. */
const MAX_CLIENTS = 20;
const MAX_RECIPIENTS = 100;
/** Mail servers wait for five minutes and more; an honest "later" comes before. */
const DEADLINE_MS = 90_000;
const SOCKET_MS = 5 * 60_000;
const CLOSE_MS = 5_000;

/**
 * The way in for mail (RFC 2033), on loopback: a reply for each recipient, and 250 only once the message is stored
 * (law 1). 5xx is for what can never be taken, 4xx for whatever is our own trouble.
 */
export function createLmtp(
  deps: Pick<Infra, 'logger'> &
    Pick<IncomingService, 'receiveForAll'> & { port: number; own: Own; deadlineMs?: number },
) {
  const { port, receiveForAll, own, logger, deadlineMs = DEADLINE_MS } = deps;

  const server = new SMTPServer({
    lmtp: true,
    banner: 'Safe Passage',
    size: MAX_MESSAGE_BYTES,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    // RFC 2033 asks for them; the library leaves them out unless told.
    hideENHANCEDSTATUSCODES: false,
    // Whoever may write so badly is for the mail server to say: what it took must not end here.
    lenientAddressParsing: true,
    maxClients: MAX_CLIENTS,
    maxRecipients: MAX_RECIPIENTS,
    socketTimeout: SOCKET_MS,
    closeTimeout: CLOSE_MS,
    logger: false,
    onRcptTo({ address }, session, callback) {
      callback(refusalOf(address, session) ?? null);
    },
    onData(stream, session, callback) {
      void answer(stream, session).then((replies) => callback(null, replies as never));
    },
  });
  // A connection that breaks off is the mail server's to bring again.
  server.on('error', (error) => logger.debug({ err: error }, 'lmtp.connection-failed'));

  function refusalOf(address: string, { envelope }: SMTPServerSession): Error | undefined {
    const addressee = addresseeOf(address, own);
    if (addressee === 'foreign') return reply(550, 'This domain is not ours');
    if (addressee === 'nobody') return reply(550, 'There is no such address');
    // The library takes it for the same recipient, and would give one reply where the client waits for two.
    const isTwice = envelope.rcptTo.some((other) => other.address.toLowerCase() === address.toLowerCase());
    return isTwice ? reply(452, 'This recipient was named before') : undefined;
  }

  /** One reply for each recipient, in their order: an error, or what the message was. */
  async function answer(
    stream: SMTPServerDataStream,
    { envelope }: SMTPServerSession,
  ): Promise<(Error | string)[]> {
    const recipients = envelope.rcptTo.map(({ address }) => address);
    const sender = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
    try {
      const raw = await readWhole(stream);
      const late = pause(deadlineMs, undefined, { ref: false }).then(() => {
        throw new AppError('MESSAGE_BUSY', { message: 'It took too long. Bring it again.' });
      });
      const outcomes = await Promise.race([receiveForAll(raw, { sender, recipients }), late]);
      return outcomes.map((outcome) =>
        outcome.status === 'fulfilled' ? `taken as ${outcome.value.kind}` : replyTo(outcome.reason),
      );
    } catch (error) {
      return recipients.map(() => replyTo(error));
    }
  }

  function replyTo(error: unknown): Error {
    if (isAppError(error, 'BODY_TOO_LARGE')) return reply(552, error.message);
    if (isAppError(error, 'MESSAGE_UNREADABLE')) return reply(554, error.message);
    if (isAppError(error, 'MESSAGE_BUSY')) return reply(451, error.message);
    logger.error({ err: error }, 'lmtp.not-taken');
    return reply(451, 'It cannot be taken now. Bring it again.');
  }

  return {
    /** The port that it listens on. @throws CONFIG_INVALID when the port cannot be had */
    async listen(): Promise<number> {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => resolve());
      }).catch((cause) => {
        const message = `LMTP_PORT ${port} cannot be listened on: ${cause.message}`;
        throw new AppError('CONFIG_INVALID', { message }, { cause });
      });
      return (server.server.address() as AddressInfo).port;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
export type Lmtp = ReturnType<typeof createLmtp>;

/** An error with the reply that the server gives. */
function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** To the end; no more is kept than shows that it is too large. @throws BODY_TOO_LARGE */
async function readWhole(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    if (!stream.sizeExceeded) chunks.push(chunk);
  }
  // The declared SIZE is refused by the library; what is larger than it says is seen here.
  if (stream.sizeExceeded)
    throw new AppError('BODY_TOO_LARGE', { message: 'The message is larger than 10 MB.' });
  return joinPieces(chunks);
}
