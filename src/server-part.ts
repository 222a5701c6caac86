import { setTimeout as pause } from 'node:timers/promises';
import { ROLES, readConfig } from './config.ts';
import { isAppError } from './lib/errors.ts';
import { createLog } from './process/log.ts';
import { EX_CONFIG, type FromPart, type ToPart } from './process/part-words.ts';
import { checkDoor } from './process/startup-checks.ts';
import { onStopSignal } from './process/stop-signals.ts';
import { isMendable, wordsOn } from './process/words-on.ts';
import { type Running, runRoles } from './run-roles.ts';

/**
 * A part of the server that `npm start` runs: a process that does the work of ROLES. It waits until it is told where
 * the data are, and stops when it is told to, or when the process that started it is gone.
 */
process.umask(0o077);
// The terminal sends Ctrl-C to every process; the one that started this says whose turn it is to stop.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

const config = readConfig(process.env);
const log = createLog({ level: config.logLevel, isTerminal: process.stdout.isTTY === true });
let running: Promise<Running> | undefined;
const stop = onStopSignal(async () => (await running?.catch(() => undefined))?.stop(), log, ['SIGTERM']);

process.on('disconnect', () => void stop(1));
process.on('message', (words: ToPart) => {
  if (words === 'stop') void stop(0);
  else running ??= open(words.uri);
});
// It may have gone while this process was still loading its code.
if (!process.connected) void stop(1);

async function open(uri: string): Promise<Running> {
  try {
    await checkDoor(config);
    const served = await runRoles({ config, uri, log, serverRoles: ROLES });
    tell({ publicUrl: served.publicUrl, firstOrganiser: served.firstOrganiser });
    return served;
  } catch (error) {
    process.stderr.write(`${wordsOn(error)}\n`);
    // A database that is away comes back by itself.
    const isFinal = isMendable(error) && !isAppError(error, 'DATABASE_UNAVAILABLE');
    // A log that is drawn by a thread of its own is still on its way.
    await pause(100);
    process.exit(isFinal ? EX_CONFIG : 1);
  }
}

function tell(words: FromPart): void {
  // It is gone: `disconnect` says so too.
  process.send?.(words, undefined, undefined, () => undefined);
}
