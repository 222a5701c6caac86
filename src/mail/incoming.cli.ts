import { defineCommand } from 'citty';
import { formatTable } from '../lib/table.ts';
import { type Operate, operateBeside } from '../operator.ts';
import type { Concern } from './incoming.store.ts';
import { RECEIVE_ARGS, receiveByPipe } from './receive.cli.ts';

const SHOWN = 50;
const CONCERNS: Record<Concern, string> = {
  delivery: '',
  person: 'a person',
  organisers: 'written to the organisers',
  nobody: '',
  refused: 'refused: no token of ours',
};

export function receiveCommand() {
  return defineCommand({
    meta: { name: 'receive', description: 'take one message on standard input, from a mail server’s pipe' },
    args: RECEIVE_ARGS,
    run: async ({ rawArgs }) => {
      process.exitCode = await receiveByPipe(rawArgs, operateBeside);
    },
  });
}

export function incomingCommand(operate: Operate) {
  return defineCommand({
    meta: { name: 'incoming', description: 'what came lately, without anybody’s address' },
    args: { json: { type: 'boolean', description: 'as JSON' } },
    run: ({ args }) =>
      operate(async ({ incoming }) => {
        const records = await incoming.listLatest(SHOWN);
        const shown = records.map(({ at, kind, detail, code, concern, deliveryId }) => ({
          at,
          kind,
          detail,
          code,
          concern,
          deliveryId,
        }));
        if (args.json) return console.log(JSON.stringify(shown, null, 2));
        if (shown.length === 0) return console.log('Nothing has come.');
        const rows = shown.map(
          ({ at, kind = '', detail = '', code = '', concern = 'nobody', deliveryId }) => [
            at.toISOString(),
            kind,
            [detail, code].filter(Boolean).join(' '),
            deliveryId ?? CONCERNS[concern],
          ],
        );
        console.log(formatTable(['at', 'kind', 'which', 'of'], rows));
      }),
  });
}
