import { spawn } from 'node:child_process';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { closeGently, registerDrain } from '../../src/web/drain.ts';

const PEOPLE = 280;
/** With one connection taken in a turn, all of them take longer than two seconds. */
const TURN_MS = 8;
/** So many people who come at once, each with one request, and how many of them are answered. */
const CROWD = `
  import { connect } from 'node:net';
  let answered = 0, ended = 0;
  for (let n = 0; n < ${PEOPLE}; n += 1) {
    const socket = connect(Number(process.argv[1]), '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'));
    let text = '';
    socket.on('data', (data) => { text += data; if (text.includes('answered')) socket.end(); });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (text.includes('answered')) answered += 1;
      if ((ended += 1) === ${PEOPLE}) console.log(answered);
    });
  }
  console.log('come');`;

test('the door is not shut on a queue, however slowly the processor gets to it', {
  timeout: 60_000,
}, async () => {
  const app = Fastify({ return503OnClosing: false });
  app.get('/', () => 'answered');
  registerDrain(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };

  const crowd = spawn(process.execPath, ['--input-type=module', '-e', CROWD, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  crowd.stdout.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const gone = new Promise((resolve) => crowd.once('exit', resolve));
  let isOver = false;
  const starve = () => {
    for (const end = performance.now() + TURN_MS; performance.now() < end; );
    if (!isOver) setImmediate(starve);
  };
  await expect.poll(() => said, { timeout: 10_000, interval: 10 }).toContain('come');
  starve();
  await closeGently(app);
  isOver = true;
  await gone;
  expect(said.trim().split('\n').at(-1)).toBe(String(PEOPLE));
});
