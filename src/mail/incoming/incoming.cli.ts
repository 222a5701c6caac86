import { writeFile } from 'node:fs/promises';
import { machine, reading } from '../../commands/command.ts';
import { json, print } from '../../commands/print.ts';
import type { Services } from '../../composition.ts';
import { invalidInput } from '../../lib/errors.ts';
import { formatTable } from '../../lib/terminal/table.ts';
import { printableLine, printableText } from '../../lib/text/printable.ts';
import { type Operate, operateBeside } from '../../operator.ts';
import type { Concern } from './concern.ts';
import { RECEIVE_ARGS, receiveByPipe } from './receive.cli.ts';

const SHOWN = 50;
const CONCERNS: Record<Concern, string> = {
  delivery: '',
  person: 'a person',
  organisers: 'written to the organisers',
  nobody: '',
  refused: 'refused: no token of ours',
};

type Json = { json?: boolean | undefined };

export function receiveCommand() {
  return machine({
    meta: { name: 'receive', description: 'take one message on standard input, from a mail server’s pipe' },
    args: RECEIVE_ARGS,
    run: async (rawArgs) => {
      process.exitCode = await receiveByPipe(rawArgs, operateBeside);
    },
  });
}

export function incomingCommand(operate: Operate) {
  return reading(operate, {
    meta: { name: 'incoming', description: 'what came lately, without anybody’s address' },
    args: {
      what: { type: 'positional', required: false, description: '`show` or `save`: one of them, whole' },
      id: { type: 'positional', required: false, description: 'its id, or the beginning of it' },
      to: { type: 'string', description: 'for `save`: the file to write; one that exists is kept' },
      json,
    },
    run: async (services, { what, id = '', to, ...args }) => {
      if (what === undefined) return list(services, args);
      if (what === 'show') return show(services, id, args);
      if (what === 'save') return save(services, id, to);
      throw invalidInput(
        'It is `mail incoming`, `mail incoming show <id>` or `mail incoming save <id> --to …`.',
      );
    },
  });
}

async function list({ incoming }: Services, args: Json): Promise<void> {
  const records = await incoming.listLatest(SHOWN);
  const shown = records.map(({ _id, until: _, ...record }) => ({ id: idOf(_id), ...record }));
  const rows = records.map((record) => {
    const { _id, at, kind = '', detail = '', code = '', concern = 'nobody', deliveryId, answerId } = record;
    return [
      idOf(_id),
      at.toISOString(),
      kind === 'unread' ? 'to be read' : kind,
      [detail, code, record.isAgain ? 'same Message-ID as another' : ''].filter(Boolean).join(' '),
      [deliveryId ?? CONCERNS[concern], answerId ? `answer ${answerId}` : ''].filter(Boolean).join(', '),
    ];
  });
  print(args, shown, () =>
    rows.length === 0 ? 'Nothing has come.' : formatTable(['mail', 'at', 'kind', 'which', 'of'], rows),
  );
}

async function show({ keptMail }: Services, id: string, args: Json): Promise<void> {
  const mail = await keptMail.getMail(id);
  const reading = await keptMail.readMail(mail);
  const { _id, at, kind = '' } = mail.record;
  const saving = `mail incoming save ${idOf(_id)} --to mail.eml`;
  const head = { id: idOf(_id), kind, at };
  if (!reading) return print(args, head, () => `It cannot be read here. Its own mail program may: ${saving}`);
  const { from, subject, text, unread, attachments } = reading;
  const lines = [
    `${idOf(_id)}  ${kind}  ${at.toISOString()}`,
    `From: ${printableLine(from)}`,
    `Subject: ${printableLine(subject)}`,
    ...(attachments.length > 0 ? [`Files: ${attachments.map(printableLine).join(', ')} (${saving})`] : []),
    ...unread.map((one) => `Note: ${one}`),
    '',
    printableText(text).trim(),
  ];
  print(args, { ...head, from, subject, attachments, unread, text }, () => lines.join('\n'));
}

/** Readable by its owner alone. */
async function save({ keptMail }: Services, id: string, to: string | undefined): Promise<void> {
  if (to === undefined) throw invalidInput('Say where to: --to mail.eml');
  const { raw } = await keptMail.getMail(id);
  await writeFile(to, raw, { flag: 'wx', mode: 0o600 }).catch((cause) => {
    throw invalidInput(`The file ${to} exists, or cannot be written.`, { cause });
  });
  console.log(`${to} holds the mail as it came. Open it in a mail program that loads nothing by itself.`);
}

/** `c:0123456789ab…` → `0123456789ab` */
function idOf(recordId: string): string {
  return recordId.slice(2, 14);
}
