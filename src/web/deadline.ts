import type { FastifyInstance } from 'fastify';
import { beforeDeadline } from '../lib/deadline.ts';
import { AppError } from '../lib/errors.ts';

/** Five seconds are as long as anybody looks at a form that does nothing; some are left to say so. */
const ANSWER_MS = 4_300;
/** A relay's message may be large, a document takes the processor and not the database, and an export is sent as it is read. */
const SLOW = /^\/webhooks\/|\/packs\/:file$|\/exports\/:ref\/:file$/;

/**
 * No visitor waits longer for a database that hangs: whatever handler has not answered by then, a 503 does. What it was
 * doing may still be done. Before any route is registered.
 */
export function registerDeadline(app: FastifyInstance, answerMs = ANSWER_MS): void {
  const late = () => new AppError('DATABASE_UNAVAILABLE');
  app.addHook('onRoute', (route) => {
    if (SLOW.test(route.url)) return;
    const { handler } = route;
    route.handler = function answerInTime(request, reply) {
      const answer: unknown = handler.call(this, request, reply);
      // What comes from memory is sent by now.
      return answer instanceof Promise ? beforeDeadline(answer, answerMs, late) : answer;
    };
  });
}
