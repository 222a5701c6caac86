import { createServices } from '../../src/composition.ts';
import { readConfig } from '../../src/config.ts';
import { connectDatabase } from '../../src/database/connect.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createCircuitBreaker } from '../../src/mail/circuit-breaker.ts';
import { createMailWorker } from '../../src/mail/mail.worker.ts';
import { createTransport } from '../../src/mail/transport.ts';

/**
 * A sender in a process of its own that dies as by kill -9 at one step: before it claims, once it has claimed, or with
 * the server's word in hand and before it is recorded. At the other steps whoever started it kills it.
 */
const step = process.argv[2];
const config = readConfig(process.env);
const connection = await connectDatabase({ uri: config.mongodbUri ?? '', logger: silentLogger });
const services = await createServices({ config, connection, logger: silentLogger });
const { clock, stores, deliveryComposer } = services;
const die = () => process.kill(process.pid, 'SIGKILL');
const transport = createTransport({
  ...config,
  mailbox: services.mailbox,
  bounceAddressOf: () => 'none@safe-passage.example',
});

const worker = createMailWorker({
  outbox: {
    ...stores.outbox,
    async claimRows(...args) {
      if (step === 'before the claim') die();
      const rows = await stores.outbox.claimRows(...args);
      if (step === 'claimed') die();
      return rows;
    },
  },
  transport,
  composers: {
    delivery: {
      prepare: deliveryComposer.prepare,
      async settle(...args) {
        if (step === 'before the record') die();
        await deliveryComposer.settle?.(...args);
      },
    },
  },
  suppress: async () => undefined,
  breaker: createCircuitBreaker({ clock, logger: silentLogger }),
  clock,
  random: () => 1,
  logger: silentLogger,
});
await worker.drainOffices();
transport.close();
services.close();
await connection.close();
