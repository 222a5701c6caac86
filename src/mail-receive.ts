import { EX_TEMPFAIL, receiveByPipe } from './mail/incoming/receive.cli.ts';
import { operateBeside } from './operator.ts';

/** Less than mail servers wait; none is answered later than by then. */
const DEADLINE_MS = 4 * 60_000;

function later(error: unknown): void {
  process.stderr.write(`It cannot be taken now: ${error instanceof Error ? error.name : 'it failed'}.\n`);
  process.exit(EX_TEMPFAIL);
}
for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, later);
setTimeout(() => later(new Error('it took too long')), DEADLINE_MS).unref();

process.exit(await receiveByPipe(process.argv.slice(2), operateBeside));
