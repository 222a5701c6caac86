import { serialize } from 'node:v8';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import type { Drawn, Pages } from './pages.ts';
import {
  acceptedEncoding,
  type Encoded,
  type Encoding,
  type Headers,
  hash,
  prepare,
  type ReadyAnswer,
  sendReady,
} from './ready-answer.ts';

/**
 * `version` changes exactly when the bytes would change. `knownAt` is when their content was last read from the database.
 */
type Content = { version: string; toBytes(): Buffer | Promise<Buffer>; knownAt?: Date | undefined };
type Kind = { isCompressed: boolean; always: Headers; withBody: Headers };
type Kept = {
  version: string;
  checkedAt: number;
  bytes: Buffer;
  etag: string;
  encoded: Encoded;
  /** whole seconds, where it is older than it should be */
  age: number | undefined;
};

const MAX_ANSWERS = 400;
/** A reader who could have the last answer does not wait longer for a database that hangs. */
const PATIENCE_MS = 1_000;
/** RFC 9111: the age is told where it is more than what `s-maxage` allows. */
const OLD_MS = 3_000;

export const PAGE_CACHE_CONTROL = 'public, max-age=0, s-maxage=2';

/**
 * Public pages and JSON as bytes, one entry a key, each rendered only when what it shows has changed, and compressed
 * once a change. An answer is a function of what is drawn: nobody says beside it whether it still holds. Nothing of a
 * visitor is in them. What is served was drawn within `freshMs`; while the database is away or hangs, the last is
 * served on, with its age.
 */
export function createPageCache(options: {
  clock: Clock;
  pages: Pick<Pages, 'compose' | 'render'>;
  /** what every answer carries; here it is written with the page, as no hook sees what is sent */
  commonHeaders: Headers;
  freshMs?: number;
  patienceMs?: number;
}) {
  const { clock, pages, commonHeaders, freshMs = 1_000, patienceMs = PATIENCE_MS } = options;
  const always = { ...commonHeaders, 'cache-control': PAGE_CACHE_CONTROL };
  const page: Kind = {
    isCompressed: true,
    always: { ...always, vary: 'Accept-Encoding' },
    withBody: { 'content-type': 'text/html; charset=utf-8' },
  };
  const json: Kind = {
    isCompressed: false,
    always: { ...always, 'access-control-allow-origin': '*' },
    withBody: { 'content-type': 'application/json; charset=utf-8' },
  };
  const kept = new Map<string, Kept>();
  const underway = new Map<string, Promise<Kept>>();
  /** whose refresh has kept somebody waiting for the whole patience: nobody else waits for it */
  const late = new Set<string>();

  const now = () => clock.now().getTime();

  async function refresh(key: string, make: () => Promise<Content>): Promise<Kept> {
    const known = kept.get(key);
    const checkedAt = now();
    try {
      const { version, toBytes, knownAt } = await make();
      const age = ageOf(knownAt);
      if (known?.version === version && known.age === age) {
        known.checkedAt = checkedAt;
        return known;
      }
      const bytes = known?.version === version ? known.bytes : await toBytes();
      const fresh: Kept = { version, checkedAt, bytes, etag: hash(bytes), encoded: new Map(), age };
      if (kept.size >= MAX_ANSWERS && !known) kept.delete(kept.keys().next().value ?? '');
      kept.set(key, fresh);
      return fresh;
    } catch (error) {
      if (!known || !isPassing(error)) throw error;
      known.checkedAt = checkedAt;
      return known;
    }
  }

  function ageOf(knownAt: Date | undefined): number | undefined {
    const age = knownAt ? now() - knownAt.getTime() : 0;
    return age > OLD_MS ? Math.floor(age / 1_000) : undefined;
  }

  function getKept(key: string, make: () => Promise<Content>): Promise<Kept> {
    const running = underway.get(key) ?? begin(key, make);
    const known = kept.get(key);
    if (!known) return running;
    if (late.has(key)) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        if (underway.get(key) === running) late.add(key);
        resolve(known);
      }, patienceMs);
      running.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  function begin(key: string, make: () => Promise<Content>): Promise<Kept> {
    const started = refresh(key, make).finally(() => {
      underway.delete(key);
      late.delete(key);
    });
    underway.set(key, started);
    return started;
  }

  async function encode(one: Kept, encoding: Encoding, kind: Kind): Promise<ReadyAnswer> {
    const known = one.encoded.get(encoding);
    if (known) return known;
    const age: Headers = one.age === undefined ? {} : { age: String(one.age) };
    const started = prepare(one, encoding, { ...kind, always: { ...kind.always, ...age } });
    one.encoded.set(encoding, started);
    const ready = await started;
    one.encoded.set(encoding, ready);
    return ready;
  }

  /** While the answer is fresh and encoded nothing is waited for: this is the hottest path there is. */
  function send(
    request: FastifyRequest,
    reply: FastifyReply,
    key: string,
    kind: Kind,
    make: () => Promise<Content>,
  ) {
    const encoding = kind.isCompressed ? acceptedEncoding(request) : 'identity';
    const known = kept.get(key);
    const age = known === undefined ? freshMs : now() - known.checkedAt;
    // Less than nothing where the clock has gone back since.
    const isFresh = known !== undefined && age >= 0 && age < freshMs;
    const ready = isFresh ? known.encoded.get(encoding) : undefined;
    if (ready && !(ready instanceof Promise)) return sendReady(request, reply, ready);
    return (isFresh ? Promise.resolve(known) : getKept(key, make))
      .then((one) => encode(one, encoding, kind))
      .then((encoded) => sendReady(request, reply, encoded));
  }

  return {
    /** `draw` is asked at most once in `freshMs`; the page is rendered when its frame or its view differs. */
    sendPage: (
      request: FastifyRequest,
      reply: FastifyReply,
      key: string,
      draw: () => Promise<Drawn & { knownAt?: Date | undefined }>,
    ) =>
      send(request, reply, key, page, async () => {
        const { knownAt, ...drawn } = await draw();
        const composed = await pages.compose(drawn);
        // Not as JSON, in which a map is empty and a date a string.
        const version = hash(serialize([composed.page, composed.view]));
        return { version, knownAt, toBytes: async () => Buffer.from(await pages.render(composed)) };
      }),

    /** The same for programs: what `read` answers, as JSON that any site may read. */
    sendJson: (
      request: FastifyRequest,
      reply: FastifyReply,
      key: string,
      read: () => Promise<{ body: object; knownAt?: Date | undefined }>,
    ) =>
      send(request, reply, key, json, async () => {
        const { body, knownAt } = await read();
        const text = JSON.stringify(body);
        return { version: text, knownAt, toBytes: () => Buffer.from(text) };
      }),
  };
}
export type PageCache = ReturnType<typeof createPageCache>;

/** A page that is gone or closed is an answer, not an outage. */
function isPassing(error: unknown): boolean {
  return !(error instanceof Error && 'status' in error && Number(error.status) < 500);
}
