import { brotliCompressSync } from 'node:zlib';
import Fastify from 'fastify';

/** A Fastify route that does nothing but return the bytes of a page: what any cache is measured against. */
const [source = '', port = ''] = process.argv.slice(2);
const page = brotliCompressSync(await (await fetch(source)).text());
const app = Fastify();
app.get(new URL(source).pathname, (_request, reply) => {
  reply.header('content-encoding', 'br').type('text/html; charset=utf-8').send(page);
});
await app.listen({ port: Number(port), host: 'localhost' });
