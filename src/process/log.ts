import { pino } from 'pino';
import { forLog } from '../lib/text/foreign-words.ts';

/** Of an error only this is logged: the driver's own fields hold documents and keys of people. */
function serializeError(error: unknown) {
  if (!(error instanceof Error)) return { message: String(error) };
  const message = forLog(error.message.replace(/dup key:.*/s, 'dup key'));
  // Its first line is the message, which may be somebody's else words: what is kept is where it happened.
  const stack = [`${error.name}: ${message}`, ...(error.stack ?? '').split('\n').filter(isFrame)].join('\n');
  return { type: error.name, message, stack, ...('code' in error && { code: error.code }) };
}

function isFrame(line: string): boolean {
  return /^ {4}at /.test(line);
}

/**
 * error: a person must act now. warn: degraded but coping. info: one line for each thing that happened in the
 * domain. debug: local. Event name last, ids as fields; the route and never the URL, which may hold a link.
 */
export function createLog(options: { level: string; isTerminal: boolean; stream?: 'stdout' | 'stderr' }) {
  const destination = options.stream === 'stderr' ? 2 : 1;
  const fields = {
    level: options.level,
    base: null,
    serializers: { err: serializeError },
    redact: { paths: ['email', 'name', 'token', 'url', '*.email', '*.token'], censor: '[redacted]' },
  };
  if (!options.isTerminal) return pino(fields, pino.destination(destination));
  const pretty = { ignore: 'pid,hostname', translateTime: 'HH:MM:ss', destination };
  return pino({ ...fields, transport: { target: 'pino-pretty', options: pretty } });
}
export type Log = ReturnType<typeof createLog>;
