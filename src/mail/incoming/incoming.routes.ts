import { createHash, timingSafeEqual } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Clock, MINUTE } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { IncomingService } from './incoming.service.ts';
import { readHanded, readWhole, signBody } from './webhook-body.ts';

const TIMESTAMP_HEADER = 'x-webhook-timestamp';
const SIGNATURE_HEADER = 'x-webhook-signature';
const TOLERANCE_MS = 5 * MINUTE;
/** A message of 10 MB in base64, and the words around it. */
const BODY_LIMIT_BYTES = 15 * 1024 * 1024;

/**
 * Where a relay hands over what came: `POST /webhooks/mail`, the message itself or JSON, signed by
 * HMAC-SHA-256 over timestamp, a dot and the body. Without a secret there is no such page. A plugin: no other page takes
 * such bodies, or so large ones.
 */
export async function mailWebhook(
  scope: FastifyInstance,
  deps: {
    receive: IncomingService['receive'];
    takeSignature(hash: string, now: Date, keptMs: number): Promise<boolean>;
    releaseSignature(hash: string): Promise<void>;
    secret: string | undefined;
    clock: Clock;
  },
): Promise<void> {
  const { receive, takeSignature, releaseSignature, secret, clock } = deps;

  scope.removeAllContentTypeParsers();
  for (const type of ['message/rfc822', 'application/json']) {
    scope.addContentTypeParser(type, (_request: FastifyRequest, payload: Readable) =>
      readWhole(payload, BODY_LIMIT_BYTES),
    );
  }

  // Before the body is read: whoever signs nothing is not listened to.
  scope.addHook('onRequest', async (request) => {
    if (secret === undefined) throw new AppError('PAGE_NOT_FOUND');
    readSignature(request, clock.now());
  });

  scope.post('/mail', async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? (request.body as Buffer<ArrayBuffer>) : Buffer.alloc(0);
    const now = clock.now();
    const { timestamp, signature } = readSignature(request, now);
    if (!timingSafeEqual(signature, await signBody(secret ?? '', timestamp, body)))
      throw new AppError('WEBHOOK_SIGNATURE_INVALID');
    const { raw, envelope } = await readBody(request, body);
    const hash = createHash('sha256').update(signature).digest('base64url');
    // Older ones are refused by their time.
    if (!(await takeSignature(hash, now, 2 * TOLERANCE_MS))) throw new AppError('WEBHOOK_REPLAYED');
    try {
      const { kind, concern, isReplay } = await receive(raw, envelope);
      return reply.header('cache-control', 'no-store').send({ kind, concern, isReplay });
    } catch (error) {
      // The relay may bring it again as it is.
      await releaseSignature(hash).catch(() => undefined);
      throw error;
    }
  });
}

/** @throws WEBHOOK_SIGNATURE_INVALID when it lacks, is malformed, or more than 5 minutes off */
function readSignature({ headers }: FastifyRequest, now: Date): { timestamp: string; signature: Buffer } {
  const timestamp = String(headers[TIMESTAMP_HEADER] ?? '');
  const hex = String(headers[SIGNATURE_HEADER] ?? '').replace(/^sha256=/, '');
  const isFresh =
    /^\d{9,11}$/.test(timestamp) && Math.abs(Number(timestamp) * 1_000 - now.getTime()) <= TOLERANCE_MS;
  if (!isFresh || !/^[0-9a-f]{64}$/i.test(hex)) throw new AppError('WEBHOOK_SIGNATURE_INVALID');
  return { timestamp, signature: Buffer.from(hex, 'hex') };
}

/** @throws INPUT_INVALID */
async function readBody(request: FastifyRequest, body: Buffer<ArrayBuffer>) {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    return { raw: body, envelope: {} };
  const handed = await readHanded(body);
  if (!handed) throw new AppError('INPUT_INVALID');
  const { raw, ...envelope } = handed;
  return { raw: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), envelope };
}
