import type { FastifyInstance } from 'fastify';

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
      return { status: 'ok', ...(await deps.checkReady()) };
    } catch (error) {
      request.log.warn({ err: error }, 'readiness.failed');
      return reply.code(503).send({ status: 'unavailable' });
    }
  });
}
