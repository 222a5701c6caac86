import { createHmac } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { connectLmtp } from '../test/support/lmtp.ts';

/** What a mail server or a relay brings, and how. */
export type Bringing = {
  way: 'lmtp' | 'webhook' | 'webhook-json';
  port: number;
  secret: string;
  recipient: string;
  raw: Uint8Array;
};

const { way, port, secret, recipient, raw } = workerData as Bringing;
// Another Message-ID and another text than what came before it.
const message = Buffer.concat([
  Buffer.from(`Message-ID: <${way}@office.example>\r\nX-Way: ${way}\r\n`),
  raw,
  Buffer.from(way),
]);

const bring = way === 'lmtp' ? await byLmtp() : byWebhook();
parentPort?.on('message', async () => parentPort?.postMessage(await bring()));
parentPort?.postMessage('ready');

async function byLmtp() {
  const client = await connectLmtp(port);
  return async () => {
    const [reply = ''] = await client.deliver({ recipients: [recipient], raw: message });
    if (!reply.startsWith('250')) throw new Error(reply);
    return reply;
  };
}

function byWebhook() {
  const isJson = way === 'webhook-json';
  const body = isJson
    ? Buffer.from(JSON.stringify({ message: message.toString('base64'), encoding: 'base64', recipient }))
    : message;
  return async () => {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
    const answer = await fetch(`http://127.0.0.1:${port}/webhooks/mail`, {
      method: 'POST',
      body,
      headers: {
        'content-type': isJson ? 'application/json' : 'message/rfc822',
        'x-webhook-timestamp': timestamp,
        'x-webhook-signature': `sha256=${signature}`,
      },
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.text();
  };
}
