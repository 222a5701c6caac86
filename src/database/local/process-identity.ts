import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** A process, told apart from a later one that got its number: `startedAt` is opaque, absent where there is no /proc. */
export type ProcessIdentity = { pid: number; startedAt?: string };

const POLL_MS = 50;
const GONE = 'gone';

export async function identify(pid: number): Promise<ProcessIdentity> {
  const startedAt = await readStart(pid);
  return startedAt === undefined ? { pid } : { pid, startedAt };
}

export async function isAlive({ pid, startedAt }: ProcessIdentity): Promise<boolean> {
  // 0 and negative numbers name groups of processes.
  if (!Number.isInteger(pid) || pid <= 0 || !canSignal(pid)) return false;
  const now = await readStart(pid);
  return now !== GONE && (startedAt === undefined || startedAt === now);
}

/** Waits for the end of a process. @returns whether it came in time */
export async function awaitEnd(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (await isAlive(identity)) {
    if (Date.now() >= end) return false;
    await pause(POLL_MS);
  }
  return true;
}

/** Asks a process to stop, and kills it when it has not stopped after `graceMs`. */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  if (!(await isAlive(identity))) return;
  signal(identity.pid, 'SIGTERM');
  if (await awaitEnd(identity, graceMs)) return;
  signal(identity.pid, 'SIGKILL');
  await awaitEnd(identity, graceMs);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended a moment ago.
  }
}

function canSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Boot id and field 22 of /proc/PID/stat (proc(5)), which counts from the boot. A zombie counts as gone. */
async function readStart(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return GONE;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return `${boot.trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}
