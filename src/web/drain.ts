import { Server } from 'node:net';
import { setImmediate as afterPoll, setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Longer than a request is on its way between a browser and here, shorter than anybody at the terminal waits. */
const GRACE_MS = 300;
/** A crowd that never lets the queue run empty is not waited for longer. */
const QUEUE_MS = 2_000;
/** A turn of the loop this short leaves hardly a moment between its look at the queue and the closing of the door. */
const SHORT_TURN_MS = 0.2;

/**
 * Ends the app so that nobody is hung up on. First the door: nobody new is let in. Then whoever has a connection open
 * is still answered, with the word that this was the last answer on it; said before the door is shut, that word would
 * only send the crowd round to it again. Node's own close hangs up on every idle connection at once, also on one
 * whose request is on its way. Needs `return503OnClosing: false`.
 */
export async function closeGently(app: FastifyInstance): Promise<void> {
  if (app.server.listening) {
    await emptyQueue(app.server);
    Server.prototype.close.call(app.server);
  }
  await app.close();
}

/** The time in which the last answers go out; see closeGently. */
export function registerDrain(app: FastifyInstance): void {
  let hasListened = false;
  app.addHook('onListen', async () => {
    hasListened = true;
  });
  app.addHook('preClose', async () => {
    if (!hasListened) return;
    await pause(GRACE_MS);
    // On a busy machine requests may have come and not been read: their connections would pass for idle ones.
    await afterPoll();
    await afterPoll();
  });
}

/**
 * Connections that the system has made, and Node not yet taken (it takes one a turn), would be reset: waits for a
 * short turn without any. What comes in the instant that is left is reset before it could send its request.
 */
async function emptyQueue(server: Server): Promise<void> {
  let hasCome = false;
  const note = () => {
    hasCome = true;
  };
  server.on('connection', note);
  const end = performance.now() + QUEUE_MS;
  let turnMs: number;
  do {
    hasCome = false;
    // The first of the two may belong to the turn that has looked already.
    await afterPoll();
    const began = performance.now();
    await afterPoll();
    turnMs = performance.now() - began;
  } while ((hasCome || turnMs > SHORT_TURN_MS) && performance.now() < end);
  server.off('connection', note);
}
