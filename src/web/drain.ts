import { closeSync, openSync, readSync } from 'node:fs';
import { Server } from 'node:net';
import { setImmediate as afterPoll, setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Longer than a request is on its way between a browser and here, shorter than anybody at the terminal waits. */
const GRACE_MS = 300;
/** The longest wait for the queue to run empty: a crowd may never let it, and a busy processor may give no turn. */
const QUEUE_MS = 12_000;
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
 * Connections that the system has made, and Node not yet taken (it takes one a turn), would be reset: waits until there
 * are none. Where the system tells how many wait, the door is shut in the turn in which it has told of none; elsewhere a
 * short turn without any must do. What comes in the instant that is left is reset before it could send its request.
 */
async function emptyQueue(server: Server): Promise<void> {
  let hasCome = false;
  const note = () => {
    hasCome = true;
  };
  server.on('connection', note);
  const end = performance.now() + QUEUE_MS;
  let isEmpty: boolean;
  do {
    hasCome = false;
    // The first of the two may belong to the turn that has looked already.
    await afterPoll();
    const began = performance.now();
    await afterPoll();
    const turnMs = performance.now() - began;
    const waiting = hasCome ? undefined : countWaiting(server);
    isEmpty = !hasCome && (waiting === undefined ? turnMs <= SHORT_TURN_MS : waiting === 0);
  } while (!isEmpty && performance.now() < end);
  server.off('connection', note);
}

/**
 * How many connections wait to be taken, from /proc/net/tcp (proc(5)): for a socket that listens the second of the two
 * queues is their number. Undefined where there is no such file.
 *
 * The table is read in small pieces: sockets that listen come first. To read all of it takes milliseconds (50
 * microseconds so), and whoever connects meanwhile would be counted as nobody and then be reset.
 */
function countWaiting(server: Server): number | undefined {
  const address = server.address();
  if (typeof address !== 'object' || address === null) return undefined;
  const port = address.port.toString(16).toUpperCase().padStart(4, '0');
  const pattern = new RegExp(`^ *\\d+: [0-9A-F]+:${port} [0-9A-F]+:0000 0A [0-9A-F]+:([0-9A-F]+) `, 'm');
  const queue = findListener(address.family === 'IPv6' ? 'tcp6' : 'tcp', pattern);
  return queue === undefined ? undefined : Number.parseInt(queue, 16);
}

/** What `pattern` captures where the table first fits it. */
function findListener(table: 'tcp' | 'tcp6', pattern: RegExp): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(`/proc/self/net/${table}`, 'r');
    const piece = Buffer.alloc(100);
    for (let text = '', length = 1; length > 0; ) {
      length = readSync(file, piece);
      text += piece.toString('latin1', 0, length);
      const found = pattern.exec(text)?.[1];
      if (found) return found;
    }
  } catch {
    // A system without the table.
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return undefined;
}
