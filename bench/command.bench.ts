import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { entryOf, startProgram } from './program.ts';
import { type Row, spread } from './table.ts';

const ROUNDS = 9;
const BUILD = resolve(import.meta.dirname, '..');
/** Run by a shell that says what its children took: Node tells that of no child. */
const scriptOf = (entry: string) => `node ${entry} office list >/dev/null; times`;

/** Processor time of `office list` beside a running server; against another build, given by its folder, in turns. */
export async function benchCommand(folder?: string): Promise<Row[]> {
  const program = await startProgram();
  try {
    const builds = [BUILD, ...(folder ? [resolve(folder)] : [])];
    const turns: number[][] = [];
    // The first of each reads its code for the first time.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const turn: number[] = [];
      for (const build of builds) turn.push(await processorMs(build, program.dataDir));
      if (round > 0) turns.push(turn);
    }
    const ofBuild = (at: number) => turns.map((turn) => turn[at] ?? 0);
    const shares = turns.map(([own = 0, other = 0]) => (own / other) * 100);
    return [
      { what: 'processor time of a command', ...spread(ofBuild(0)), unit: 'ms' },
      ...(folder
        ? [
            { what: `processor time in ${folder}`, ...spread(ofBuild(1)), unit: 'ms' },
            { what: 'this build against it', ...spread(shares), unit: '%', atMost: 34 },
          ]
        : []),
    ];
  } finally {
    await program.stop();
  }
}

async function processorMs(build: string, dataDir: string): Promise<number> {
  const shell = spawn('sh', ['-c', scriptOf(await entryOf(build, 'cli'))], {
    cwd: build,
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await outputOf(shell);
  // POSIX: the second line is of the children, user and system, as 0m1.234s.
  const times = [...(said.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length !== 2) throw new Error(`the shell said: ${said}`);
  return Math.round(
    times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000, 0),
  );
}

function outputOf({ stdout }: ChildProcess): Promise<string> {
  return new Promise((done) => {
    let said = '';
    stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    stdout?.on('end', () => done(said));
  });
}
