import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../src/database/local/free-port.ts';
import { makeDataDir, type Program, startProgram, until } from '../support/program.ts';
import { bringUntilTaken, expectAllKept } from './answers.ts';

/** 200 with `npm run test:faults`. */
const KILLS = 10 * Number(process.env.FAULT_ROUNDS ?? 0.6);
const SIZES = [200, 50_000, 2_000_000];
const OUR_PATIENCE_MS = 60_000;

let folder: Awaited<ReturnType<typeof makeDataDir>>;
let program: Program;
let port: number;
const start = async () => {
  program = await startProgram({ DATA_DIR: folder.path, LMTP_PORT: String(port) });
};

beforeEach(async () => {
  folder = await makeDataDir();
  port = await freePort();
  await start();
});
afterEach(async () => {
  await program.stop();
  await folder.remove();
});

const PATIENCE_MS = 4 * OUR_PATIENCE_MS + KILLS * 20_000;

describe('an answer of a person', () => {
  it('is kept or brought again, and never taken and lost, whenever the program or its database is killed', {
    timeout: PATIENCE_MS,
  }, async () => {
    const sizes = new Map<string, number>();
    const replies: string[] = [];
    const bringing: Promise<void>[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      for (const [index, size] of SIZES.entries()) {
        const name = `answer-${kill}-${index}`;
        sizes.set(name, size);
        bringing.push(bringUntilTaken({ port, patienceMs: PATIENCE_MS }, { name, size }, replies));
      }
      // From before the first byte to after the last reply.
      await pause((kill % 10) * 50);
      if (kill % 5 === 4) await program.killDatabase();
      else {
        await program.killProgram();
        await start();
      }
    }
    // Whose taker was killed is free after a minute.
    await Promise.all(bringing);
    expect(replies.filter((reply) => !/^(250|4\d\d) /.test(reply))).toEqual([]);
    await expectAllKept(program, sizes);
  });

  it('is brought again while the database is away, and then taken', {
    timeout: 4 * OUR_PATIENCE_MS,
  }, async () => {
    const replies: string[] = [];
    await program.killDatabase();
    await bringUntilTaken({ port, patienceMs: PATIENCE_MS }, { name: 'away', size: 1_000 }, replies);
    expect(replies.at(-1)).toMatch(/^250 /);
    await until(async () => (await fetch(`${program.url}/readyz`)).ok, OUR_PATIENCE_MS);
    await expectAllKept(program, new Map([['away', 1_000]]));
  });
});
