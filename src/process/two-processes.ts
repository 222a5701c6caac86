import { readConfig } from '../config.ts';
import { announce } from './announce.ts';
import { keepPart } from './keep-part.ts';
import { createLog } from './log.ts';
import { type Data, prepareData } from './own-database.ts';
import { onStopSignal } from './stop-signals.ts';

/**
 * The whole server as two processes below this one: the web, and the workers (mail, ledger, letters). This one owns
 * DATA_DIR and the local database. It stops them in order: the web drains, the workers end their steps, the database
 * closes its files. Killed, it takes nobody's data along: the two notice and stop, and so does the database.
 * @throws what an operator can mend, before any of them starts
 */
export async function runInTwoProcesses(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({ level: config.logLevel, isTerminal: process.stdout.isTTY === true });
  const { start } = await prepareData(config);
  const giveUp = () => void stop(1);
  const web = keepPart({ part: 'web', roles: ['web'], logger: log, giveUp });
  const workers = keepPart({
    part: 'workers',
    roles: ['mail', 'ledger', 'letters'],
    logger: log,
    giveUp,
    // Who signs waits for an answer; a mail may come a moment later. Its memory grows by a fifth
    // where Node would double it: no fewer mails go out, and half as much is kept.
    nice: 10,
    flags: ['--heap-growing-percent=20'],
  });
  let data: Promise<Data> | undefined;

  const stop = onStopSignal(async () => {
    await web.stop();
    await workers.stop();
    await (await data?.catch(() => undefined))?.close();
  }, log);
  process.on('exit', () => {
    web.kill();
    workers.kill();
  });

  data = start(log);
  const { uri, way } = await data;
  // The web says where the installation is; the workers render with what it has said.
  const served = await web.open(uri);
  await workers.open(uri);
  announce(config, served, way);
}
