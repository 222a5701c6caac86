import { spawn } from 'node:child_process';

/**
 * Stands between the program and the local database, in a process group of its own: Ctrl-C in the terminal reaches
 * the program alone, which drains first. Its standard input is a pipe from the program: at end of file, also after
 * `kill -9` of the program, the database is told to stop, and killed if it has not stopped in time.
 * Arguments: the command that starts the database. The database's process number goes out on the first line.
 */
const STOP_MS = 20_000;
const [command = '', ...args] = process.argv.slice(2);

const database = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
let isStopping = false;

function stop(): void {
  if (isStopping) return;
  isStopping = true;
  database.kill('SIGTERM');
  setTimeout(() => database.kill('SIGKILL'), STOP_MS).unref();
}

process.stdin.resume();
process.stdin.on('end', stop).on('close', stop).on('error', stop);
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('SIGTERM', stop);

database.on('spawn', () => process.stdout.write(`${database.pid}\n`));
database.on('error', () => process.exit(127));
database.on('exit', (code) => process.exit(code ?? 1));
