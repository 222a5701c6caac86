import { readConfig } from './config.ts';
import { announce } from './process/announce.ts';
import { createLog } from './process/log.ts';
import { prepareData } from './process/own-database.ts';
import { onStopSignal } from './process/stop-signals.ts';
import { wordsOn } from './process/words-on.ts';
import { runRoles } from './run-roles.ts';

// Whatever is written here, also by the database that is started, is its owner's alone.
process.umask(0o077);

try {
  const config = readConfig(process.env);
  const log = createLog({ level: config.logLevel, isTerminal: process.stdout.isTTY === true });
  const { start } = await prepareData(config);
  const data = await start(log);
  const { publicUrl, firstOrganiser, stop } = await runRoles({ config, uri: data.uri, log });
  onStopSignal(async () => {
    await stop();
    await data.close();
  }, log);
  announce(config, { publicUrl, firstOrganiser }, data.way);
} catch (error) {
  process.stderr.write(`${wordsOn(error)}\n`);
  process.exit(1);
}
