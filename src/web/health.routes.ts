import type { FastifyInstance } from 'fastify';
import { beforeDeadline } from '../lib/deadline.ts';
import { AppError } from '../lib/errors.ts';

/** Shorter than whoever asks waits, which is 5 s with most. */
const READY_MS = 3_000;
const late = () => new AppError('DATABASE_UNAVAILABLE');

/** `/healthz`: the process answers. `/readyz`: the database and the outbox do too. */
export function registerHealthRoutes(
  app: FastifyInstance,
  deps: { checkReady(): Promise<Record<string, unknown>> },
): void {
  app.get('/healthz', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' };
  });

  app.get('/readyz', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    try {
      return { status: 'ok', ...(await beforeDeadline(deps.checkReady(), READY_MS, late)) };
    } catch (error) {
      request.log.warn({ err: error }, 'readiness.failed');
      return reply.code(503).send({ status: 'unavailable' });
    }
  });
}
