import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from 'mongoose';

const CALLS = [
  'insertOne',
  'insertMany',
  'bulkWrite',
  'updateOne',
  'updateMany',
  'deleteOne',
  'deleteMany',
  'findOne',
  'countDocuments',
] as const;
/** An act that comes to no gate within this waits for another one. */
const STUCK_MS = 40;

type Actor = { waiting: (() => void)[]; over: boolean; calls: number; wake: () => void };
export type Act = () => Promise<unknown>;
export type Outcome = { value?: unknown; error?: unknown };

/**
 * A gate before each database call of every act, so that a test says in which order the calls of several acts come. Put it
 * on a connection before any store asks for its collections.
 */
export function createScheduler(connection: Connection, tick: () => void) {
  const who = new AsyncLocalStorage<Actor>();
  const { db } = connection;
  if (!db) throw new Error('not connected');
  const collectionOf = db.collection.bind(db);
  Object.assign(db, { collection: (...args: [string]) => gated(collectionOf(...args)) });

  function gated(collection: object): object {
    const own = collection as Record<string, (...args: unknown[]) => unknown>;
    const wrapped = Object.create(collection) as Record<string, unknown>;
    for (const name of CALLS) {
      wrapped[name] = async (...args: unknown[]) => {
        await gate();
        return own[name]?.apply(collection, args);
      };
    }
    for (const name of ['find', 'aggregate']) {
      wrapped[name] = (...args: unknown[]) => {
        const cursor = own[name]?.apply(collection, args) as { toArray(): Promise<unknown> };
        const toArray = cursor.toArray.bind(cursor);
        const gatedToArray = async () => {
          await gate();
          return toArray();
        };
        return Object.assign(cursor, { toArray: gatedToArray });
      };
    }
    return wrapped;
  }

  async function gate(): Promise<void> {
    const actor = who.getStore();
    if (!actor || actor.over) return;
    tick();
    await new Promise<void>((resolve) => {
      actor.waiting.push(resolve);
      actor.wake();
    });
  }

  /** Runs the acts; `turns` says whose call is next. When it is used up each goes to its end, in their order. */
  async function run(
    acts: readonly Act[],
    turns: readonly number[],
  ): Promise<{ outcomes: Outcome[]; calls: number[] }> {
    const outcomes: Outcome[] = acts.map(() => ({}));
    const actors = acts.map((act, index) => start(act, (outcome) => (outcomes[index] = outcome)));
    for (const actor of actors) await settled(actor);
    for (const turn of turns) {
      const actor = actors[turn];
      if (actor) await next(actor);
    }
    while (actors.some(({ over }) => !over))
      for (const actor of actors) while (!actor.over && (await next(actor)));
    return { outcomes, calls: actors.map(({ calls }) => calls) };
  }

  function start(act: Act, note: (outcome: Outcome) => void): Actor {
    const actor: Actor = { waiting: [], over: false, calls: 0, wake: () => undefined };
    void who
      .run(actor, act)
      .then(
        (value) => note({ value }),
        (error: unknown) => note({ error }),
      )
      .finally(() => {
        actor.over = true;
        actor.wake();
      });
    return actor;
  }

  /** One call of this act; false when it waits for another. */
  async function next(actor: Actor): Promise<boolean> {
    await settled(actor);
    const go = actor.waiting.shift();
    if (!go) return actor.over;
    actor.calls += 1;
    go();
    await settled(actor);
    return true;
  }

  async function settled(actor: Actor): Promise<void> {
    if (actor.waiting.length > 0 || actor.over) return;
    const arrival = new Promise<void>((resolve) => {
      actor.wake = resolve;
    });
    await Promise.race([arrival, pause(STUCK_MS)]);
  }

  return { run };
}

/** Every order in which one act is interrupted once, by the whole of the other: whose call is next. */
export function interruptions([ofFirst, ofSecond]: readonly [number, number]): number[][] {
  return [
    ...Array.from({ length: ofFirst + 1 }, (_, i) => [...turns(0, i), ...turns(1, ofSecond + AGAIN)]),
    ...Array.from({ length: ofSecond + 1 }, (_, i) => [...turns(1, i), ...turns(0, ofFirst + AGAIN)]),
  ];
}

/** Every order in which the first act is interrupted twice by the other, whose first part goes in between. */
export function doubleInterruptions([ofFirst, ofSecond]: readonly [number, number]): number[][] {
  const orders: number[][] = [];
  for (let begin = 1; begin <= ofFirst; begin += 1)
    for (let part = 1; part < ofSecond; part += 1)
      for (let more = 1; more <= ofFirst - begin; more += 1)
        orders.push([
          ...turns(0, begin),
          ...turns(1, part),
          ...turns(0, more),
          ...turns(1, ofSecond + AGAIN),
        ]);
  return orders;
}

/** Every order in which the first of three acts is interrupted by the second, and that one by the whole of the third. */
export function nestedInterruptions([ofFirst, ofSecond, ofThird]: readonly [
  number,
  number,
  number,
]): number[][] {
  const orders: number[][] = [];
  for (let begin = 0; begin <= ofFirst; begin += 1)
    for (let part = 0; part <= ofSecond; part += 1)
      orders.push([
        ...turns(0, begin),
        ...turns(1, part),
        ...turns(2, ofThird + AGAIN),
        ...turns(1, ofSecond + AGAIN),
      ]);
  return orders;
}

/** A few more than the calls it made alone, for what it does again. */
const AGAIN = 3;
const turns = (who: number, count: number) => Array.from({ length: count }, () => who);
