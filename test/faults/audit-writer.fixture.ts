import { createSecretKey } from 'node:crypto';
import { createAuditService } from '../../src/audit/audit.service.ts';
import { createAuditStore } from '../../src/audit/audit.store.ts';
import { connectDatabase } from '../../src/database/connect.ts';
import { shellActor } from '../../src/lib/actor.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';

/** Does one act after another until it is killed: each leaves a document in `done`. */
const connection = await connectDatabase({ uri: process.env.MONGODB_URI ?? '', logger: silentLogger });
const store = createAuditStore(connection);
const key = createSecretKey(Buffer.alloc(32, 7));
const audit = createAuditService({ store, key, clock: systemClock, logger: silentLogger });
for (let n = 0; ; n += 1) {
  const id = `${process.argv[2]}.${n}`;
  await audit.record(shellActor('Rosa'), { act: 'do', of: [id] }, () =>
    connection.collection('done').insertOne({ _id: id as never }),
  );
  if (n === 0) process.stdout.write('begun\n');
}
