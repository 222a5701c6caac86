import { beforeDeadline } from './deadline.ts';

type Waiting<T> = { item: T; resolve(): void; reject(error: unknown): void };

/** At most so many writes run at once. What arrives meanwhile waits for one to end, so under load the groups grow. */
const AT_ONCE = 2;

/**
 * Group commit: items go to `run` together, and each caller is answered for its own. A group is closed by the first turn
 * of the event loop that brings nothing more, after `windowMs` at the latest, and when it is full.
 * `run` answers with one entry per item, an error or undefined, or throws for all of them. With `deadline` nobody waits
 * longer: whose turn has not come by then is taken out; what is under way may still be done.
 */
export function createBatcher<T>(options: {
  windowMs: number;
  maxSize: number;
  run(items: readonly T[]): Promise<readonly (Error | undefined)[]>;
  deadline?: { afterMs: number; late(): Error };
}) {
  const { windowMs, maxSize, run, deadline } = options;
  let waiting: Waiting<T>[] = [];
  let running = 0;
  let isGathering = false;

  function gather(): void {
    if (isGathering || running >= AT_ONCE || waiting.length === 0) return;
    isGathering = true;
    const end = performance.now() + windowMs;
    let seen = 0;
    function look(): void {
      if (waiting.length > seen && performance.now() < end) {
        seen = waiting.length;
        setImmediate(look);
      } else {
        // Not in this phase of the loop: what was just closed is told of after it, and a driver that writes to a connection
        // in between waits for ever (mongodb 7.5: writeCommand awaits 'drain' of a destroyed socket).
        setTimeout(() => {
          isGathering = false;
          void flush();
        }, 0);
      }
    }
    setImmediate(look);
  }

  async function flush(): Promise<void> {
    const batch = waiting;
    if (batch.length === 0) return;
    waiting = [];
    running += 1;
    try {
      const errors = await run(batch.map(({ item }) => item));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const error = errors[index];
        if (error) reject(error);
        else resolve();
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    running -= 1;
    gather();
  }

  function add(item: T): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const mine = { item, resolve, reject };
    waiting.push(mine);
    if (waiting.length >= maxSize) void flush();
    else gather();
    if (!deadline) return promise;
    return beforeDeadline(promise, deadline.afterMs, () => {
      waiting = waiting.filter((one) => one !== mine);
      return deadline.late();
    });
  }

  return { add };
}
export type Batcher<T> = ReturnType<typeof createBatcher<T>>;
