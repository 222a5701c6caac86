import { once } from 'node:events';
import { connect } from 'node:net';

export type Given = { sender?: string; recipients: readonly string[]; raw: Buffer; mailParameters?: string };

/** A mail server's side of LMTP (RFC 2033): what it is told, line by line. */
export async function connectLmtp(port: number) {
  const socket = connect(port, '127.0.0.1');
  let waiting: ((line: string) => void) | undefined;
  const lines: string[] = [];
  let buffered = '';
  let ended = false;
  const hand = () => {
    if (!waiting || (lines.length === 0 && !ended)) return;
    const take = waiting;
    waiting = undefined;
    take(lines.shift() ?? '');
  };
  socket.on('data', (chunk) => {
    const parts = `${buffered}${chunk}`.split('\r\n');
    buffered = parts.pop() ?? '';
    lines.push(...parts);
    hand();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    ended = true;
    hand();
  });
  await once(socket, 'connect');

  /** One reply, `250 2.0.0 …`; empty when the connection has ended. */
  async function reply(): Promise<string> {
    for (;;) {
      const line = await new Promise<string>((resolve) => {
        waiting = resolve;
        hand();
      });
      if (!/^\d{3}-/.test(line)) return line;
    }
  }
  async function ask(command: string): Promise<string> {
    socket.write(`${command}\r\n`);
    return reply();
  }
  await reply();
  await ask('LHLO mx.example');

  /** A reply for each recipient; of one that was refused at once, that refusal. */
  async function deliver({ sender = '', recipients, raw, mailParameters = '' }: Given): Promise<string[]> {
    const from = await ask(`MAIL FROM:<${sender}>${mailParameters}`);
    if (!from.startsWith('250')) {
      await ask('RSET');
      return recipients.map(() => from);
    }
    const named: string[] = [];
    for (const recipient of recipients) named.push(await ask(`RCPT TO:<${recipient}>`));
    if (named.every((line) => !line.startsWith('250'))) {
      await ask('RSET');
      return named;
    }
    const go = await ask('DATA');
    if (!go.startsWith('354')) return named.map(() => go);
    socket.write(stuffed(raw));
    socket.write('.\r\n');
    const replies: string[] = [];
    for (const line of named) replies.push(line.startsWith('250') ? await reply() : line);
    return replies;
  }

  return { ask, reply, deliver, socket, end: () => socket.destroy() };
}
export type LmtpClient = Awaited<ReturnType<typeof connectLmtp>>;

/** RFC 5321, 4.5.2; lines end with CRLF. */
function stuffed(raw: Buffer): Buffer {
  const text = raw.toString('latin1').replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..');
  return Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1');
}
