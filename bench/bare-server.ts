import { get, type IncomingMessage } from 'node:http';
import Fastify from 'fastify';

/** A Fastify route that does nothing but return an answer's bytes with its headers: what any cache is measured against. */
const [source = '', port = ''] = process.argv.slice(2);
/** Node's own, or made from the body. */
const MADE = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']);

const answer = await new Promise<IncomingMessage>((resolve) => {
  get(source, { headers: { 'accept-encoding': 'br' } }, resolve);
});
const body = Buffer.concat(await answer.toArray());
const headers = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !MADE.has(name)));
const app = Fastify();
app.get(new URL(source).pathname, (_request, reply) => {
  reply.headers(headers).send(body);
});
await app.listen({ port: Number(port), host: 'localhost' });
