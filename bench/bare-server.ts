import { brotliCompressSync } from 'node:zlib';
import Fastify from 'fastify';

/**
 * A Fastify route that does nothing but return the bytes of an answer: what any cache is measured against. With two
 * headers of its own, or (`same`) with all that the answer itself has.
 */
const [source = '', port = '', headers = ''] = process.argv.slice(2);
const answer = await fetch(source, { headers: { 'accept-encoding': 'identity' } });
const text = Buffer.from(await answer.arrayBuffer());
/** Node's own, or made from the body. */
const MADE = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']);
const same = Object.fromEntries([...answer.headers].filter(([name]) => !MADE.has(name)));
const app = Fastify();
const path = new URL(source).pathname;

if (headers === 'same') {
  app.get(path, (_request, reply) => {
    reply.headers(same).send(text);
  });
} else {
  const page = brotliCompressSync(text);
  app.get(path, (_request, reply) => {
    reply.header('content-encoding', 'br').type('text/html; charset=utf-8').send(page);
  });
}
await app.listen({ port: Number(port), host: 'localhost' });
