import { spawn } from 'node:child_process';
import { connect } from 'node:net';

/**
 * Stands between the program and the local database, in a session of its own: Ctrl-C in the terminal reaches the
 * program alone, which drains first. Its standard input is a pipe from the program: at end of file, also after
 * `kill -9` of the program, the database is told to stop, and killed if it has not stopped in time. Nothing else ends
 * it: whoever signals every process at once (a service manager) must not take the database from a draining program.
 * Arguments: the command that starts the database. The database's process number goes out on the first line.
 */
const STOP_MS = 20_000;
const KNOCK_MS = 50;
const [command = '', ...args] = process.argv.slice(2);

// What the database says goes where the watchdog's own errors go: a file in DATA_DIR.
const database = spawn(command, args, { stdio: ['ignore', 2, 2], windowsHide: true });
let isStopping = false;

function stop(): void {
  if (isStopping) return;
  isStopping = true;
  database.kill('SIGTERM');
  setInterval(knock, KNOCK_MS);
  setTimeout(() => database.kill('SIGKILL'), STOP_MS).unref();
}

/**
 * The Python server's listener sleeps in `accept` while its door is closed, and the server waits two seconds for it:
 * somebody who comes meanwhile wakes it.
 */
function knock(): void {
  const port = Number(args[args.indexOf('--port') + 1]);
  if (!port) return;
  const socket = connect(port, '127.0.0.1', () => socket.destroy());
  socket.on('error', () => undefined);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// A watchdog that falls over would leave an orphan.
process.on('uncaughtException', stop);
// Nobody reads the first line when the program is dead already.
process.stdout.on('error', stop);
process.stdin.on('end', stop).on('close', stop).on('error', stop).resume();

database.on('spawn', () => process.stdout.write(`${database.pid}\n`));
database.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
database.on('exit', (code, signal) => {
  if (signal) process.stderr.write(`ended by ${signal}\n`);
  process.exit(code ?? 1);
});
