import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export const SLUG = 'no-more-unsafe-returns';

export type Sent = {
  email: string;
  /** undefined when no whole answer came */
  status?: number;
  body: string;
  /** the error's code when no whole answer came */
  fault?: string;
  /** when the whole request had been handed to the system; absent when it never was */
  sentAt?: number;
};

/** `people` persons who sign at once, each on a connection of their own, with a new address each time. */
export function gatherCrowd(options: {
  url: () => string;
  tag: string;
  people?: number;
  /** before signing again, on a new connection then; without it each keeps one connection and waits for nothing */
  restMs?: number;
}) {
  const { url, tag, people = 50, restMs = 0 } = options;
  const agent = new Agent({ keepAlive: restMs === 0, maxSockets: people });
  const sent: Sent[] = [];
  let isOver = false;

  async function sign(person: number): Promise<void> {
    for (let turn = 0; !isOver; turn += 1) {
      const one = await post(agent, url(), `${tag}-${person}-${turn}@home.example`);
      sent.push(one);
      // Nobody is there any more.
      if (one.fault) return;
      if (restMs > 0) await pause(restMs * Math.random());
    }
  }
  const all = Promise.all(Array.from({ length: people }, (_, person) => sign(person)));

  return {
    sent,
    acknowledged: () => sent.filter(({ status }) => status === 303).map(({ email }) => email),
    /** Everybody finishes what they began. */
    async leave(): Promise<void> {
      isOver = true;
      await all;
      agent.destroy();
    },
  };
}

function post(agent: Agent, url: string, email: string): Promise<Sent> {
  const payload = new URLSearchParams({
    name: 'Ana Rosa',
    email,
    country: 'US',
    region: 'US-TX',
    over16: 'on',
    source: 'whatsapp',
  }).toString();
  return new Promise((resolve) => {
    const one: Sent = { email, body: '' };
    const outgoing = request(
      `${url}/en/petitions/${SLUG}/signatures`,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(payload),
        },
      },
      (answer) => {
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          one.body += chunk;
        });
        answer.on('end', () => resolve({ ...one, status: answer.statusCode ?? 0 }));
        answer.on('error', (error) => resolve({ ...one, fault: codeOf(error) }));
      },
    );
    outgoing.on('finish', () => {
      if (outgoing.socket?.connecting === false) one.sentAt = performance.now();
    });
    outgoing.on('error', (error) => resolve({ ...one, fault: codeOf(error) }));
    outgoing.end(payload);
  });
}

const codeOf = (error: Error) => (error as NodeJS.ErrnoException).code ?? error.message;
