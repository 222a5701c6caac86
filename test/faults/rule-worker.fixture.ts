import { setTimeout as pause } from 'node:timers/promises';
import { connectDatabase } from '../../src/database/connect.ts';
import { createRuleStore } from '../../src/desk/rule.store.ts';
import { createRuleWorker } from '../../src/desk/rule.worker.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';

/** Carries out rules until it is killed, and says so after each batch. */
const connection = await connectDatabase({ uri: process.env.MONGODB_URI ?? '', logger: silentLogger });
const store = createRuleStore(connection);
const worker = createRuleWorker({
  store,
  clock: systemClock,
  logger: silentLogger,
  atOnce: Number(process.argv[2]),
});
for (;;) {
  if (await worker.step()) process.stdout.write('.');
  else await pause(50);
}
