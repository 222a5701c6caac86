import type { Connection } from 'mongoose';
import type { Config } from './config.ts';
import type { KeyRing } from './keys/key-ring.service.ts';
import type { Clock } from './lib/clock.ts';
import type { Translator } from './lib/i18n.ts';
import type { Logger } from './lib/logger.ts';
import type { Sealer } from './lib/sealed.ts';

/** What every room stands on. */
export type Infra = {
  /** as this process renders, which is as the installation does */
  config: Config;
  connection: Connection;
  clock: Clock;
  logger: Logger;
  sealer: Sealer;
  keys: KeyRing;
  translator: Translator;
};

/** What there is before anything is rendered or sealed: enough for what is on record. */
export type RecordInfra = Pick<Infra, 'config' | 'connection' | 'clock' | 'logger' | 'keys'>;
