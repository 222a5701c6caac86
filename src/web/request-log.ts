import type { FastifyInstance } from 'fastify';

/** The route, never the URL: that may be a sealed link. */
export function registerRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    request.log.debug(
      {
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request.answered',
    );
    done();
  });
}
