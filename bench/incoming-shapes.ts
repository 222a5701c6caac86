import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import fastify from 'fastify';
import { silentLogger } from '../src/lib/logger.ts';
import { mailWebhook } from '../src/mail/incoming/incoming.routes.ts';
import { createLmtp } from '../src/mail/incoming/lmtp.ts';
import type { Bringing } from './bring-thread.ts';
import { messageShapes } from './message-shapes.ts';
import { attach } from './seed.ts';
import type { Row } from './table.ts';

const RECIPIENT = 'hello@safe-passage.example';
const OWN = { mailDomain: 'safe-passage.example', mailFrom: RECIPIENT };
const SECRET = 'a secret between the relay and the bench';
const WAYS = ['lmtp', 'webhook', 'webhook-json'] as const;

type Delay = ReturnType<typeof monitorEventLoopDelay>;
type Attached = Awaited<ReturnType<typeof attach>>['services'];
type Cost = { name: string; seconds: number; ms: number; turnMs: number; kind: string };

/** In this process, beside the program: its thread reads, and its loop must stay free. */
export async function benchShapes(dataDir: string): Promise<Row[]> {
  const { services, close } = await attach(dataDir);
  try {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    await services.incoming.receive(messageShapes['an attachment']?.() ?? Buffer.alloc(0), {
      recipient: RECIPIENT,
    });
    const shapes: Cost[] = [];
    for (const [name, make] of Object.entries(messageShapes)) {
      const raw = make();
      shapes.push(
        await costOf(
          name,
          delay,
          async () => (await services.incoming.receive(raw, { recipient: RECIPIENT })).kind,
        ),
      );
    }
    const ways: Cost[] = [];
    for (const way of WAYS) ways.push(await costOfWay(way, services, delay));
    return rowsOf(shapes, ways);
  } finally {
    await close();
  }
}

function rowsOf(shapes: readonly Cost[], ways: readonly Cost[]): Row[] {
  const slowest = shapes.toSorted((one, other) => other.seconds - one.seconds)[0];
  const once = (value = 0) => ({ median: value, min: value, max: value });
  return [
    {
      what: `processor for 10 MB, the worst of ${shapes.length} shapes (${slowest?.name})`,
      ...once(slowest?.seconds),
      unit: 's',
      atMost: 2,
    },
    ...heldRows('meanwhile', shapes),
    ...ways.flatMap((way) => heldRows('by 10 MB that come in', [way])),
    {
      what: 'shapes that reached the time limit',
      ...once(shapes.filter(({ kind }) => kind === 'unread').length),
      unit: '',
      atMost: 0,
    },
  ];
}

/** By the clock, in which whatever else runs on the machine counts; and by the processor that a turn took. */
function heldRows(what: string, costs: readonly Cost[]): Row[] {
  return (['ms', 'turnMs'] as const).map((measure) => {
    const worst = costs.toSorted((one, other) => other[measure] - one[measure])[0];
    const value = worst?.[measure] ?? 0;
    return {
      what: `the loop held ${what}, ${measure === 'ms' ? 'by the clock' : 'of the processor'} (${worst?.name})`,
      median: value,
      min: value,
      max: value,
      unit: 'ms',
      atMost: 50,
    };
  });
}

async function costOf(name: string, delay: Delay, act: () => Promise<string>): Promise<Cost> {
  global.gc?.();
  await pause(50);
  delay.enable();
  delay.reset();
  const before = process.cpuUsage();
  const stopLooking = lookAtTurns();
  const kind = await act();
  const turnMs = stopLooking();
  const used = process.cpuUsage(before);
  const cost = { name, seconds: (used.user + used.system) / 1e6, ms: delay.max / 1e6, turnMs, kind };
  delay.disable();
  if (process.env.VERBOSE) {
    const figures = [`${cost.seconds.toFixed(2)} s`, `${cost.ms.toFixed(0)} ms`, `${turnMs.toFixed(0)} ms`];
    console.log(name.padEnd(30), ...figures.map((figure) => figure.padStart(8)), kind);
  }
  return cost;
}

/** The most that one turn of the loop took of the processor: what it is held for, however busy the machine is besides. */
function lookAtTurns(): () => number {
  const used = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let [last, most] = [used(), 0];
  const look = () => {
    const now = used();
    most = Math.max(most, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return () => {
    clearInterval(timer);
    look();
    return most;
  };
}

/** As it comes through a connection; whoever brings it has a thread of its own. */
async function costOfWay(way: (typeof WAYS)[number], services: Attached, delay: Delay): Promise<Cost> {
  const app = fastify();
  const { receive, receiveForAll } = services.incoming;
  await app.register(mailWebhook, {
    prefix: '/webhooks',
    receive,
    ...services.stores.incoming,
    secret: SECRET,
    clock: services.clock,
  });
  const lmtp = createLmtp({ receiveForAll, port: 0, own: OWN, logger: silentLogger });
  const port = await (way === 'lmtp' ? lmtp.listen() : listen(app));
  const raw = messageShapes['an attachment']?.() ?? Buffer.alloc(0);
  const workerData: Bringing = { way, port, secret: SECRET, recipient: RECIPIENT, raw };
  const worker = new Worker(new URL('./bring-thread.ts', import.meta.url), { workerData });
  try {
    await said(worker);
    return await costOf(way, delay, async () => {
      worker.postMessage('bring');
      return said(worker);
    });
  } finally {
    await worker.terminate();
    await (way === 'lmtp' ? lmtp.close() : app.close());
  }
}

async function listen(app: ReturnType<typeof fastify>): Promise<number> {
  return Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
}

function said(worker: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
