import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { describe, expect } from 'vitest';
import { findRunningDatabase } from '../../src/database/local/running.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { insert, isRunning, type LocalRoom, listKept, test } from './local-room.ts';

/** A program of this name that does not start, as mongod on a processor that it was not built for. */
async function breakProgram(room: LocalRoom, name: string): Promise<string> {
  const folder = join(room.dataDir, 'bin');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), '#!/bin/sh\necho "Illegal instruction" >&2\nexit 132\n');
  await chmod(join(folder, name), 0o755);
  return folder;
}

// Each starts a server or two, which a busy machine takes seconds for.
const PATIENT = { timeout: 60_000 };

describe.concurrent('the local database', PATIENT, () => {
  test('what was written is there after a stop and a new start', async ({ room }) => {
    const first = await room.start();
    await insert(first.uri, 1);
    await first.stop();
    expect(await isRunning(first.pid)).toBe(false);
    const second = await room.start();
    expect(await listKept(second.uri)).toEqual([1]);
    await second.stop();
  });

  test('one log line says which it is and where the data lie, and none holds its password', async ({
    room,
  }) => {
    const lines: { event: string; fields: Record<string, unknown> }[] = [];
    const info = (fields: Record<string, unknown>, event: string) => lines.push({ event, fields });
    const database = await room.start({ logger: { ...silentLogger, info } });
    expect(lines).toHaveLength(1);
    const [line] = lines;
    expect(line).toMatchObject({
      event: 'database.started',
      fields: { way: database.way, port: database.port },
    });
    expect(line?.fields.folder).toContain(join(room.dataDir, 'database-'));
    expect(JSON.stringify(lines)).not.toContain(new URL(database.uri).password);
    await database.stop();
  });

  test('whoever does not know the password gets nothing', async ({ room }) => {
    const database = await room.start();
    expect(new URL(database.uri).password.length).toBeGreaterThan(30);
    const stranger = await mongoose
      .createConnection(`mongodb://127.0.0.1:${database.port}/safe-passage?directConnection=true`)
      .asPromise();
    await expect(stranger.collection('kept').find().toArray()).rejects.toThrow(/authentication/i);
    await stranger.close();
    const { mode } = await stat(join(room.dataDir, 'database.json'));
    expect(mode & 0o077).toBe(0);
    await database.stop();
  });

  test('the operator commands find it while it runs, and nothing when it does not', async ({ room }) => {
    const database = await room.start();
    expect(await findRunningDatabase(room.dataDir)).toBe(database.uri);
    await database.stop();
    expect(await findRunningDatabase(room.dataDir)).toBeUndefined();
  });

  test('files that come without their record, from a copy, open all the same', async ({ room }) => {
    const first = await room.start();
    await insert(first.uri, 1);
    await first.stop();
    const [record] = await recordFiles(room);
    await writeFile(record ?? '', JSON.stringify({ way: first.way, password: 'another', hasUser: true }));
    const second = await room.start();
    expect(await listKept(second.uri)).toEqual([1]);
    await second.stop();
  });
});

describe.concurrent('the ways to a local database', PATIENT, () => {
  test('where there is none to be had, the error names every way and what was tried', async ({ room }) => {
    const attempt = room.start({ ways: ['mongod', 'secantusd-rs'], path: '/nowhere' });
    await expect(attempt).rejects.toMatchObject({ code: 'DATABASE_NOT_FOUND' });
    const message = await attempt.catch((error: Error) => error.message);
    expect(message).toMatch(/mongod: is not on the PATH[\s\S]*secantusd-rs: is not on the PATH/);
    expect(message).toMatch(
      /mongod on the PATH[\s\S]*secantusd-rs on the PATH[\s\S]*internet[\s\S]*PyPI[\s\S]*MONGODB_URI/,
    );
  });

  test('one that does not start gives way to the next', async ({ room }) => {
    const path = `${await breakProgram(room, 'mongod')}:${process.env.PATH}`;
    const failed: string[] = [];
    const warn = (fields: Record<string, unknown>) => failed.push(String(fields.way));
    const database = await room.start({
      path,
      ways: ['mongod', 'secantusd-rs', 'pypi'],
      logger: { ...silentLogger, warn },
    });
    expect(failed).toEqual(['mongod']);
    expect(database.way).not.toBe('mongod');
    await database.stop();
  });

  test('the error of one that does not start has its last words', async ({ room }) => {
    const path = await breakProgram(room, 'mongod');
    await expect(room.start({ path, ways: ['mongod'] })).rejects.toThrow(
      /mongod: it did not start|Illegal instruction/,
    );
  });

  test('data stay with the engine that made them, though another is found first', async ({ room }) => {
    const first = await room.start();
    await insert(first.uri, 1);
    await first.stop();
    const path = `${await breakProgram(room, 'mongod')}:${process.env.PATH}`;
    const second = await room.start({ path, ways: ['mongod', 'secantusd-rs', 'pypi'] });
    expect(second.way).toBe(first.way);
    expect(await listKept(second.uri)).toEqual([1]);
    await second.stop();
  });

  test('when the engine that made the data is not among the wanted ones, nothing starts and the error says so', async ({
    room,
  }) => {
    const first = await room.start();
    await first.stop();
    const others = ['mongod', 'secantusd-rs', 'pypi'].filter((name) => name !== first.way);
    await expect(room.start({ ways: others })).rejects.toThrow(
      /were made by .* add .*, or give another DATA_DIR/s,
    );
    expect(await recordFiles(room)).toHaveLength(1);
  });
});

async function recordFiles(room: LocalRoom): Promise<string[]> {
  const engines = ['mongod', 'secantusd-rs', 'secantusd-py'];
  const found: string[] = [];
  for (const engine of engines) {
    const path = join(room.dataDir, `database-${engine}.json`);
    if (await stat(path).catch(() => undefined)) found.push(path);
  }
  return found;
}
