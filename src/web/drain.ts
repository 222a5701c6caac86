import { Server } from 'node:net';
import { setImmediate as afterPoll, setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Longer than a request is on its way between a browser and here, shorter than anybody at the terminal waits. */
const GRACE_MS = 300;
/** A crowd that never lets the queue run empty is not waited for longer. */
const QUEUE_MS = 2_000;

/**
 * What happens between the wish to stop and the end: nobody new is let in, and whoever has a connection open is still
 * answered, with the word that this was the last answer on it. Node's own close hangs up on every idle connection
 * at once, also on one whose request is on its way. Needs `return503OnClosing: false`.
 */
export function registerDrain(app: FastifyInstance): void {
  app.addHook('preClose', async () => {
    const { server } = app;
    if (!server.listening) return;
    await emptyQueue(server);
    Server.prototype.close.call(server);
    await pause(GRACE_MS);
  });
}

/** Connections that the system has made, and Node not yet taken (it takes one a turn), would be reset: waits for a turn without. */
async function emptyQueue(server: Server): Promise<void> {
  let hasCome = false;
  const note = () => {
    hasCome = true;
  };
  server.on('connection', note);
  const end = performance.now() + QUEUE_MS;
  do {
    hasCome = false;
    // The first of the two may belong to the turn that has looked already.
    await afterPoll();
    await afterPoll();
  } while (hasCome && performance.now() < end);
  server.off('connection', note);
}
