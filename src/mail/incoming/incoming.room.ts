import type { Infra } from '../../infra.ts';
import type { MailRoom } from '../mail.room.ts';
import { createIncomingService } from './incoming.service.ts';
import { createIncomingStore } from './incoming.store.ts';
import { createKeptMailService } from './kept-mail.service.ts';
import { createKeptMailStore } from './kept-mail.store.ts';
import type { OfficeMail } from './office.ts';
import { createReader } from './reader.ts';

/** Mail that comes back: taken, kept as it came, read, and put to what it is about. */
export function createIncoming(infra: Infra, rooms: { mail: MailRoom; offices: OfficeMail }) {
  const { config, connection, keys, logger } = infra;
  const store = createIncomingStore(connection);
  const kept = createKeptMailStore(connection);
  const reader = createReader({ own: config, logger });
  const { emailKeyOf, mailKeyOf } = keys;
  const deps = { ...infra, ...rooms.mail, ...store, ...kept, read: reader.read, emailKeyOf, mailKeyOf };
  return {
    store,
    kept,
    incoming: createIncomingService({
      ...deps,
      store,
      offices: rooms.offices,
      own: config,
    }),
    keptMail: createKeptMailService(deps),
    deleteExpired: async (now: Date) => (await kept.deleteExpired(now)) + (await store.deleteExpired(now)),
    close: reader.close,
  };
}
