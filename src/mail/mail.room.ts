import type { Infra } from '../infra.ts';
import { createBounceAddresses } from './bounce-address.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { readDkim } from './dkim.ts';
import type { SuppressionScope } from './mail.ts';
import { createMailWorker, type MailWorkerDeps } from './mail.worker.ts';
import { createLocalMailbox } from './mailbox.ts';
import { createOutboxStore } from './outbox.store.ts';
import { createSuppressionStore, type Suppress } from './suppression.store.ts';
import type { Transport } from './transport.ts';

/** Everything that mail is sent by; what it says is composed by the rooms that leave it in the outbox. */
export function createMail({ config, connection, keys, clock, logger }: Infra) {
  const outbox = createOutboxStore(connection);
  const suppressions = createSuppressionStore(connection);
  const mailbox = createLocalMailbox({ dataDir: config.dataDir, clock });
  const dkim = config.dkimKey && readDkim({ domain: config.mailDomain, ...config.dkimKey });
  const bounceAddresses = createBounceAddresses({ ...config, keys: keys.link, clock });
  const transport = createLateTransport(async () => {
    const { createTransport } = await import('./transport.ts');
    return createTransport({ ...config, dkim, mailbox, bounceAddressOf: bounceAddresses.mint });
  });
  const suppress = (address: Suppress) => suppressions.heed(address, clock.now());
  return {
    ...outbox,
    outbox,
    suppressions,
    mailbox,
    dkim,
    suppress,
    findHold: (emailKey: string, scope: SuppressionScope) =>
      suppressions.findHold(emailKey, scope, clock.now()),
    allowUnasked: suppressions.allowUnasked,
    allowNews: (emailKey: string, mailId: string) => suppressions.allowNews(emailKey, mailId, clock.now()),
    countNotMe: suppressions.countNotMe,
    renderRaw: transport.renderRaw,
    readBounceAddress: bounceAddresses.read,
    /** @param composers what composes each kind of mail in the outbox */
    createWorker: (composers: MailWorkerDeps['composers']) => {
      const breaker = createCircuitBreaker({ clock, logger });
      return createMailWorker({
        outbox,
        transport,
        composers,
        suppress,
        breaker,
        clock,
        random: Math.random,
        logger,
      });
    },
    close: transport.close,
  };
}
/** Opened for the first mail: the web and most commands send none, and need not read what speaks SMTP. */
function createLateTransport(open: () => Promise<Transport>): Transport {
  let opened: Promise<Transport> | undefined;
  const transport = () => {
    opened ??= open();
    return opened;
  };
  return {
    renderRaw: async (...args) => (await transport()).renderRaw(...args),
    sendToPerson: async (...args) => (await transport()).sendToPerson(...args),
    sendToOffice: async (...args) => (await transport()).sendToOffice(...args),
    close: () => void opened?.then(({ close }) => close()),
  };
}

export type MailRoom = ReturnType<typeof createMail>;
