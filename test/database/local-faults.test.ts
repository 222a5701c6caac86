import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import { connectDatabase } from '../../src/database/connect.ts';
import { isUnavailable } from '../../src/database/errors.ts';
import { insertUnordered } from '../../src/database/insert.ts';
import { claimDataDir } from '../../src/database/local/data-dir.ts';
import type { LocalDatabase } from '../../src/database/local/local.ts';
import { openModel, text } from '../../src/database/model.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { insert, isRunning, listKept, test, untilGone } from './local-room.ts';

async function untilRestarted(database: LocalDatabase, former: number): Promise<void> {
  await vi.waitFor(() => expect(database.pid).not.toBe(former), { timeout: 20_000, interval: 20 });
}

// Each starts a server or two, which a busy machine takes seconds for.
describe('the local database under faults', { timeout: 60_000 }, () => {
  test('killed alone under load it is started again on the same port, and nothing acknowledged is lost', async ({
    room,
  }) => {
    const database = await room.start();
    const connection = await connectDatabase({ uri: database.uri, logger: silentLogger });
    const rows = openModel<{ _id: string }>(connection, 'rows', { _id: text });
    const acknowledged: string[] = [];
    const failures: unknown[] = [];
    let next = 0;
    let isOver = false;
    async function write(): Promise<void> {
      while (!isOver) {
        const ids = Array.from({ length: 5 }, () => String(next++));
        try {
          await insertUnordered(
            rows,
            ids.map((_id) => ({ _id })),
          );
          acknowledged.push(...ids);
        } catch (error) {
          failures.push(error);
          await pause(20);
        }
      }
    }
    const writers = Array.from({ length: 5 }, write);
    for (let round = 0; round < 2; round += 1) {
      const { pid } = database;
      await pause(500);
      process.kill(pid, 'SIGKILL');
      await untilRestarted(database, pid);
      const before = acknowledged.length;
      await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(before + 50), { timeout: 10_000 });
    }
    isOver = true;
    await Promise.all(writers);

    const stored = new Set((await rows.find().lean<{ _id: string }[]>()).map(({ _id }) => _id));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    expect(failures.filter((error) => !isUnavailable(error))).toEqual([]);
    await connection.close();
    await database.stop();
  });

  test('when it has given up, as after a full disk, it is ended and started again', async ({ room }) => {
    const database = await room.start();
    await insert(database.uri, 1);
    const { pid } = database;
    // Nothing may be concluded from what the log said of a former one.
    await appendFile(join(room.dataDir, 'database.log'), 'WiredTiger error: WT_PANIC: library panic\n');
    await untilRestarted(database, pid);
    expect(await isRunning(pid)).toBe(false);
    expect(await listKept(database.uri)).toEqual([1]);
    const { pid: second } = database;
    await pause(3_000);
    expect(database.pid).toBe(second);
    await database.stop();
  });

  test('when its watchdog is killed it is ended and started again, and no second one is left behind', async ({
    room,
  }) => {
    const database = await room.start();
    await insert(database.uri, 1);
    const { pid } = database;
    process.kill((await room.running())?.watchdog.pid ?? 0, 'SIGKILL');
    await untilRestarted(database, pid);
    expect(await isRunning(pid)).toBe(false);
    expect(await listKept(database.uri)).toEqual([1]);
    await database.stop();
    expect(await isRunning(database.pid)).toBe(false);
  });

  test('a stop that comes while it is being started again leaves nothing behind', async ({ room }) => {
    const database = await room.start();
    const { pid } = database;
    process.kill(pid, 'SIGKILL');
    // Longer than the first pause, shorter than a start.
    await pause(400);
    await database.stop();
    expect(await isRunning(pid)).toBe(false);
    expect(await room.running()).toBeUndefined();
    const again = await room.start();
    await again.stop();
  });

  test('kill -9 of the program leaves no orphan, and a new start finds all that was acknowledged', async ({
    room,
  }) => {
    const parent = await room.startParent();
    await insert(parent.database.uri, 1);
    process.kill(parent.pid, 'SIGKILL');
    const database = await room.start();
    expect(await isRunning(parent.database.pid)).toBe(false);
    expect(await listKept(database.uri)).toEqual([1]);
    await database.stop();
  });

  test('kill -9 of the program leaves no orphan though nobody starts again', async ({ room }) => {
    const parent = await room.startParent();
    const watchdog = (await room.running())?.watchdog.pid ?? 0;
    expect(await isRunning(watchdog)).toBe(true);
    process.kill(parent.pid, 'SIGKILL');
    await untilGone(parent.database.pid);
    await untilGone(watchdog);
  });

  test('kill -9 of program, watchdog and database together is survived', async ({ room }) => {
    const parent = await room.startParent();
    await insert(parent.database.uri, 1);
    const watchdog = (await room.running())?.watchdog.pid ?? 0;
    for (const pid of [parent.pid, watchdog, parent.database.pid]) process.kill(pid, 'SIGKILL');
    const database = await room.start();
    expect(await listKept(database.uri)).toEqual([1]);
    await database.stop();
  });

  test('a database whose program and watchdog were both killed is ended by the next start', async ({
    room,
  }) => {
    const parent = await room.startParent();
    await insert(parent.database.uri, 1);
    const watchdog = (await room.running())?.watchdog.pid ?? 0;
    process.kill(watchdog, 'SIGSTOP');
    process.kill(parent.pid, 'SIGKILL');
    process.kill(watchdog, 'SIGKILL');
    const database = await room.start();
    expect(await isRunning(parent.database.pid)).toBe(false);
    expect(await listKept(database.uri)).toEqual([1]);
    await database.stop();
  });

  test('Ctrl-C in the terminal lets the program drain before the database goes', async ({ room }) => {
    const parent = await room.startParent();
    process.kill(-parent.pid, 'SIGINT');
    await insert(parent.database.uri, 7);
    expect(await isRunning(parent.database.pid)).toBe(true);
    await once(parent.process, 'exit');
    expect(parent.output()).toContain('drained');
    expect(await isRunning(parent.database.pid)).toBe(false);
  });

  test('a signal to the watchdog, as a service manager sends to all, does not take the database', async ({
    room,
  }) => {
    const database = await room.start();
    const { pid } = database;
    process.kill((await room.running())?.watchdog.pid ?? 0, 'SIGTERM');
    await insert(database.uri, 1);
    await pause(300);
    expect(database.pid).toBe(pid);
    expect(await isRunning(pid)).toBe(true);
    await database.stop();
  });

  test('a second server on the same directory is refused while the first lives, and not after', async ({
    room,
  }) => {
    const parent = await room.startParent();
    const refused = { code: 'DATA_DIR_IN_USE', details: { pid: parent.pid } };
    await expect(claimDataDir(room.dataDir)).rejects.toMatchObject(refused);
    await expect(room.start()).rejects.toMatchObject(refused);
    expect(await isRunning(parent.database.pid)).toBe(true);
    process.kill(parent.pid, 'SIGKILL');
    await once(parent.process, 'exit');
    const letGo = await claimDataDir(room.dataDir);
    await letGo();
  });
});
