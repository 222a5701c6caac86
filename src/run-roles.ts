import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createServices, type Services } from './composition.ts';
import type { Config, Role } from './config.ts';
import { connectDatabase } from './database/connect.ts';
import { identify } from './database/local/process-identity.ts';
import type { ServerRole } from './installation/installation.service.ts';
import type { Logger } from './lib/logger.ts';
import type { Lmtp } from './mail/incoming/lmtp.ts';
import type { Log } from './process/log.ts';
import { doorFault } from './process/startup-checks.ts';
import { closeGently } from './web/drain.ts';
import { startWorkers } from './workers.ts';

export type Running = {
  publicUrl: string;
  /** the page that makes the first owner: where there is none, and only this machine reads what is printed */
  firstOrganiser: string | undefined;
  stop(): Promise<void>;
};

/**
 * Does the work of `config.roles` over the database at `uri`: services, then application, workers and LMTP.
 * @param serverRoles what the whole server does of which this process may be a part; default is the same
 * @throws CONFIG_INVALID, KEY_RING_LOCKED, KEY_RING_FOREIGN, DATABASE_UNAVAILABLE
 */
export async function runRoles(options: {
  config: Config;
  uri: string;
  log: Log;
  serverRoles?: readonly Role[];
}): Promise<Running> {
  const { config, uri, log, serverRoles = config.roles } = options;
  const connection = await connectDatabase({ uri, logger: log });
  const server = await describeServer(config, serverRoles);
  const services = await createServices({ config, connection, logger: log, server });
  const isWeb = config.roles.includes('web');
  if (isWeb) await services.warm();
  const app = isWeb ? await openSite(services, log) : undefined;

  const workers = startWorkers(config, services, log);
  const lmtp = await startLmtp(config, services, log);
  await app?.listen({ host: config.host, port: config.port }).catch((error) => {
    throw doorFault(config, error);
  });
  const { publicUrl } = services.config;
  const first = isWeb && !config.isPublic ? await services.organisers.invitations.offerFirst() : undefined;
  return {
    publicUrl,
    firstOrganiser: first && publicUrl + first,
    async stop() {
      await Promise.all([app && closeGently(app), lmtp?.close()]);
      await workers.stop();
      // A server that the database has left before it is believed to be there for a minute more.
      await services.installation.leave().catch(() => undefined);
      services.close();
      await connection.close();
    },
  };
}

/** The web server's code takes memory that workers do not need. */
async function openSite(services: Services, log: Log) {
  const { createApp } = await import('./site.ts');
  return createApp({ config: services.config, services, log });
}

/**
 * What the installation's record is told. A part that serves pages speaks for the whole server: else a relay that the
 * settings no longer name would stay in the record, as the part itself sends nothing.
 */
async function describeServer(
  { roles, mongodbUri }: Config,
  serverRoles: readonly Role[],
): Promise<ServerRole> {
  return {
    id: randomUUID(),
    host: hostname(),
    ...(await identify(process.pid)),
    isWeb: roles.includes('web'),
    sends: serverRoles.includes('mail') || serverRoles.includes('letters'),
    isSole: mongodbUri === undefined,
  };
}

/** Where mail comes in, beside the loops of the same role. */
async function startLmtp(
  config: Config,
  { incoming, config: own }: Services,
  logger: Logger,
): Promise<Lmtp | undefined> {
  if (config.lmtpPort === undefined || !config.roles.includes('mail')) return undefined;
  const { createLmtp } = await import('./mail/incoming/lmtp.ts');
  const lmtp = createLmtp({
    port: config.lmtpPort,
    receiveForAll: incoming.receiveForAll,
    own,
    logger,
  });
  logger.info({ port: await lmtp.listen() }, 'lmtp.listening');
  return lmtp;
}
