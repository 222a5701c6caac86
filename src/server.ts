import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createServices, type Services } from './composition.ts';
import { type Config, readConfig } from './config.ts';
import { connectDatabase } from './database/connect.ts';
import { claimDataDir } from './database/local/data-dir.ts';
import { startLocalDatabase } from './database/local/local.ts';
import { identify } from './database/local/process-identity.ts';
import type { ServerRole } from './installation/installation.service.ts';
import { isAppError } from './lib/errors.ts';
import type { Logger } from './lib/logger.ts';
import { createLmtp, type Lmtp } from './mail/incoming/lmtp.ts';
import { createLog } from './process/log.ts';
import { checkDataDir, checkDoor, doorFault } from './process/startup-checks.ts';
import { onStopSignal } from './process/stop-signals.ts';
import { createApp } from './site.ts';
import { closeGently } from './web/drain.ts';
import { startWorkers } from './workers.ts';

// Whatever is written here, also by the database that is started, is its owner's alone.
process.umask(0o077);

try {
  await start();
} catch (error) {
  // What an operator can mend is said in words; anything else is a defect and shows itself whole.
  process.stderr.write(`${wordsOn(error)}\n`);
  process.exit(1);
}

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({ level: config.logLevel, isTerminal: process.stdout.isTTY === true });
  await checkDataDir(config);
  const letGo = config.mongodbUri ? undefined : await claimDataDir(config.dataDir);
  await checkDoor(config);
  const database = config.mongodbUri
    ? undefined
    : await startLocalDatabase({
        dataDir: config.dataDir,
        ways: config.localDatabaseWays,
        path: process.env.PATH ?? '',
        logger: log,
        onProgress: (text) => process.stdout.write(`${text}\n`),
      });
  const connection = await connectDatabase({ uri: config.mongodbUri ?? database?.uri ?? '', logger: log });
  const server = await roleOf(config);
  const services = await createServices({ config, connection, logger: log, server });
  if (config.roles.includes('web')) await services.warm();
  const app = await createApp({ config: services.config, services, log });

  const workers = startWorkers(config, services, log);
  const lmtp = await startLmtp(config, services, log);
  onStopSignal(async () => {
    await Promise.all([closeGently(app), lmtp?.close()]);
    await workers.stop();
    // A server that the database has left before it is believed to be there for a minute more.
    await services.installation.leave().catch(() => undefined);
    services.close();
    await connection.close();
    await database?.stop();
    await letGo?.();
  }, log);
  if (config.roles.includes('web')) {
    await app.listen({ host: config.host, port: config.port }).catch((error) => {
      throw doorFault(config, error);
    });
  }
  announce(services.config, database?.way);
}

/** The system's own errors name what it refuses. */
function wordsOn(error: unknown): string {
  if (isAppError(error)) return `\n${error.message}\n`;
  if (!(error instanceof Error)) return String(error);
  const isOfSystem = 'syscall' in error && 'code' in error;
  return isOfSystem ? `\nThe system refuses: ${error.message}.\n` : (error.stack ?? error.message);
}

async function roleOf({ roles, mongodbUri }: ReturnType<typeof readConfig>): Promise<ServerRole> {
  return {
    id: randomUUID(),
    host: hostname(),
    ...(await identify(process.pid)),
    isWeb: roles.includes('web'),
    sends: roles.includes('mail') || roles.includes('letters'),
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
  const lmtp = createLmtp({
    port: config.lmtpPort,
    receiveForAll: incoming.receiveForAll,
    own,
    logger,
  });
  logger.info({ port: await lmtp.listen() }, 'lmtp.listening');
  return lmtp;
}

function announce(config: ReturnType<typeof readConfig>, way: string | undefined): void {
  const lines = [
    '',
    `  Safe Passage is running at ${config.publicUrl}`,
    ...(config.smtpUrl ? [] : [`  Mail lands in the local mailbox at ${config.publicUrl}/mailbox`]),
    way ? `  Data lie in ${config.dataDir} (database: ${way})` : '  Data lie in the database of MONGODB_URI',
    '  Operator commands: npm run cli -- --help',
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
