import { type ChildProcess, fork } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Role } from '../config.ts';
import type { Logger } from '../lib/logger.ts';
import { EX_CONFIG, type FromPart, type ToPart } from './part-words.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A part that ran this long was sound: the next pause is short again. */
const SOUND_MS = 30_000;
const PROGRAM = join(import.meta.dirname, '../server-part.ts');

type End = { code: number | null; signal: NodeJS.Signals | null };

/**
 * Runs a part of the server in a process of its own, which loads its code at once and begins with `open`. When it dies
 * this is said, and it is started again after a pause that grows.
 * @param giveUp called once when starting it again would not help: it has said why
 */
export function keepPart(options: {
  part: string;
  roles: readonly Role[];
  logger: Logger;
  giveUp: () => void;
  /** of Node, beside those of this process, whose place they take */
  flags?: readonly string[];
  /** how far it lets other processes go first, from 0 to 19 */
  nice?: number;
}) {
  const { part, roles, logger, giveUp, flags = [], nice = 0 } = options;
  const stopping = new AbortController();
  const ready = Promise.withResolvers<FromPart>();
  let wasReady = false;
  let data: ToPart | undefined;
  let child = start();
  const running = run();

  function start(): ChildProcess {
    const started = fork(PROGRAM, [part], {
      env: { ...process.env, ROLES: roles.join(','), NODE_COMPILE_CACHE: getCompileCacheDir() },
      // When the settings file changes meanwhile, both parts keep the settings that they started with.
      execArgv: [...process.execArgv.filter((flag) => !flag.startsWith('--env-file')), ...flags],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    if (nice > 0 && started.pid !== undefined) letOthersGoFirst(started.pid, nice);
    started.on('message', (words: FromPart) => {
      if (wasReady) logger.info({ part, pid: started.pid }, 'part.restarted');
      wasReady = true;
      ready.resolve(words);
    });
    if (data) say(started, data);
    return started;
  }

  async function run(): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      const since = Date.now();
      const { code, signal } = await endOf(child);
      if (stopping.signal.aborted) return;
      // Whoever kills it means it to start again; what ends by itself before it was ever ready does so each time.
      if (code === EX_CONFIG || (code !== null && !wasReady)) return giveUp();
      if (Date.now() - since > SOUND_MS) failures = 0;
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
      logger.error({ part, how: signal ?? `code ${code}`, pauseMs }, 'part.died');
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      child = start();
    }
  }

  return {
    /** Tells it where the data are, also each time that it is started again. Answers once it is ready. */
    open(uri: string): Promise<FromPart> {
      data = { uri };
      say(child, data);
      return ready.promise;
    },
    /** Answers when it has drained and is gone. */
    async stop(): Promise<void> {
      stopping.abort();
      say(child, 'stop');
      await running;
    },
    /** For the last moment of this process. */
    kill: () => child.kill('SIGKILL'),
  };
}

/** Where the system refuses, it runs as the others do. */
function letOthersGoFirst(pid: number, nice: number): void {
  try {
    setPriority(pid, nice);
  } catch {
    // It may have ended already.
  }
}

/** Nobody may be there any more: then its end tells. */
function say(child: ChildProcess, words: ToPart): void {
  if (child.connected) child.send(words, () => undefined);
}

function endOf(child: ChildProcess): Promise<End> {
  if (child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve({ code: child.exitCode, signal: child.signalCode });
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    // It could not be started at all.
    child.once('error', () => resolve({ code: child.exitCode, signal: child.signalCode ?? 'SIGABRT' }));
  });
}
