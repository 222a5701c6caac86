type Waiting<T> = { item: T; resolve(): void; reject(error: unknown): void };

/**
 * Group commit: items that arrive within `windowMs` go to `run` together, and each caller is answered for its own.
 * `run` answers with one entry per item, an error or undefined, or throws for all of them.
 */
export function createBatcher<T>(options: {
  windowMs: number;
  maxSize: number;
  run(items: readonly T[]): Promise<readonly (Error | undefined)[]>;
}) {
  const { windowMs, maxSize, run } = options;
  let waiting: Waiting<T>[] = [];
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    run(batch.map(({ item }) => item)).then(
      (errors) => {
        for (const [index, { resolve, reject }] of batch.entries()) {
          const error = errors[index];
          if (error) reject(error);
          else resolve();
        }
      },
      (error) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }

  function add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (waiting.length >= maxSize) flush();
      else timer ??= setTimeout(flush, windowMs);
    });
  }

  return { add };
}
export type Batcher<T> = ReturnType<typeof createBatcher<T>>;
