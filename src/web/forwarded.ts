import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

const HEADER = 'x-forwarded-for';
/** A balancer asks by itself, for nobody. */
const CHECKS = /^\/(healthz|readyz)\b/;

/**
 * What is needed behind a proxy: addresses in X-Forwarded-For without their ports, which some proxies add and which
 * would make every one unreadable, and so everybody one and the same to the limits. Says once when that is so all the
 * same, as the limits then are for all together.
 */
export function registerForwarded(app: FastifyInstance): void {
  let hasWarned = false;

  function warn(request: FastifyRequest): void {
    const isNamed = request.raw.headers[HEADER] !== undefined;
    const isReadable = ipaddr.isValid(request.ip);
    if ((isNamed && isReadable) || CHECKS.test(request.url)) return;
    if (!isNamed && request.ip !== request.raw.socket.remoteAddress) return;
    hasWarned = true;
    const hint = isNamed
      ? 'X-Forwarded-For holds something that is no address: all such visitors share one limit'
      : 'a request came without X-Forwarded-For: a proxy that does not set it makes all visitors share one limit';
    request.log.warn({ hint }, 'proxy.visitor-unknown');
  }

  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const given = headers[HEADER];
    if (given !== undefined) headers[HEADER] = withoutPorts([given].flat().join(','));
    if (!hasWarned) warn(request);
    done();
  });
}

/** `1.2.3.4:567`, `[2001:db8::1]:567`, `"[2001:db8::1]"` → the address alone; an IPv6 address has no port without brackets. */
export function withoutPorts(list: string): string {
  return list
    .split(',')
    .map((one) => {
      const bare = one.trim().replace(/^"(.*)"$/, '$1');
      return /^\[([^\]]+)\](?::\d+)?$/.exec(bare)?.[1] ?? /^([^:]+):\d+$/.exec(bare)?.[1] ?? bare;
    })
    .join(', ');
}
