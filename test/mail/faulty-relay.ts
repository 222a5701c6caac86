import { createServer, type Socket } from 'node:net';

export const STAGES = [
  'greeting',
  'EHLO',
  'STARTTLS',
  'TLS',
  'AUTH',
  'MAIL',
  'RCPT',
  'DATA',
  'content',
] as const;
export type RelayStage = (typeof STAGES)[number];

/** What it does at that stage instead of going on. */
export const MANNERS = {
  close: (socket: Socket) => socket.end(),
  reset: (socket: Socket) => socket.resetAndDestroy(),
  silence: () => undefined,
  garbage: (socket: Socket) => socket.write('<html>what?</html>\r\n'),
  '4xx': (socket: Socket) => socket.write('451 4.3.0 later\r\n'),
  '5xx': (socket: Socket) => socket.write('554 5.3.0 no\r\n'),
} satisfies Record<string, (socket: Socket) => unknown>;
export type Manner = keyof typeof MANNERS;

const ANSWERS: Record<string, string> = { MAIL: '250 ok', RCPT: '250 ok', DATA: '354 go on', AUTH: '235 ok' };

/** A relay on loopback that offers STARTTLS, AUTH and SMTPUTF8 and goes wrong at one stage, in one manner. */
export async function startFaultyRelay(stage: RelayStage, manner: Manner) {
  const sockets = new Set<Socket>();
  let contents = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let isContent = false;
    let buffered = '';
    const reach = (at: RelayStage, answer: string) => {
      if (at === stage) MANNERS[manner](socket);
      else socket.write(`${answer}\r\n`);
    };
    const heed = (line: string) => {
      const [verb = ''] = line.toUpperCase().split(' ');
      if (verb === 'EHLO' || verb === 'HELO') {
        const extensions = [...(stage === 'STARTTLS' || stage === 'TLS' ? ['STARTTLS'] : []), 'SMTPUTF8'];
        const lines = ['relay.example', 'AUTH PLAIN', ...extensions];
        reach('EHLO', lines.map((text, at) => `250${at < lines.length - 1 ? '-' : ' '}${text}`).join('\r\n'));
      } else if (verb === 'STARTTLS') {
        reach('STARTTLS', '220 go on');
        // Where the handshake should begin.
        if (stage === 'TLS') socket.once('data', () => MANNERS[manner](socket));
      } else if (verb === 'QUIT' || verb === 'RSET') socket.write('250 ok\r\n');
      else reach(verb as RelayStage, ANSWERS[verb] ?? '502 what');
      isContent = verb === 'DATA' && stage !== 'DATA';
    };
    reach('greeting', '220 relay.example');
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      if (isContent && buffered.endsWith('\r\n.\r\n')) {
        contents += 1;
        [isContent, buffered] = [false, ''];
        reach('content', '250 2.0.0 taken');
      }
      while (!isContent && buffered.includes('\r\n')) {
        const line = buffered.slice(0, buffered.indexOf('\r\n'));
        buffered = buffered.slice(line.length + 2);
        heed(line);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { port: number };
  return {
    url: `smtp://user:word@127.0.0.1:${port}?requireTLS=${stage === 'STARTTLS' || stage === 'TLS'}`,
    contents: () => contents,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
