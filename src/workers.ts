import type { Services } from './composition.ts';
import type { Config } from './config.ts';
import { HOLD_EVERY_MS } from './installation/installation.service.ts';
import { MINUTE } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import { createLoop, type Loop } from './lib/loop.ts';

/** Which loops run in this process, by role. `stop` waits for the steps under way. */
export function startWorkers(config: Pick<Config, 'roles'>, services: Services, logger: Logger) {
  const has = (role: Config['roles'][number]) => config.roles.includes(role);
  const loops: Loop[] = [];
  const add = (name: string, idleMs: number, step: () => Promise<boolean>, turnMs?: number) => {
    loops.push(createLoop({ name, idleMs, step, logger, ...(turnMs && { turnMs }) }));
  };
  add('installation', HOLD_EVERY_MS, async () => {
    await services.installation.hold();
    return false;
  });
  // What this process has counted in memory; once more when it stops.
  add('noted', 5_000, services.tracking.flush);
  if (has('ledger')) {
    add('hours', 3_000, services.tracking.takeLedger);
    add('confirmed', 20_000, services.tracking.takeSignatures);
    add('ledger', 300, createLedgerTurn(services.ledger));
    add('breakdowns', 60_000, async () => {
      await services.ledger.publishDaily();
      return false;
    });
    add('retention', 60_000, services.retention.step);
    add('bursts', 5 * MINUTE, services.bursts.step);
    add('rules', 1_000, services.ruleWorker.step);
  }
  if (has('letters')) {
    add('dispatch', 2_000, services.dispatch.step);
    const plan = async () => {
      // Words that go as a letter of their own are not quoted in a digest too.
      await services.letterPlanner.planLetters();
      await services.planner.planDigests('pace');
      return false;
    };
    add('planning', 10 * MINUTE, plan, 15 * MINUTE);
    // A crash between a release and its outbox row is repaired here, without waiting for the next command.
    add('letters', 60_000, async () => {
      await services.letters.queueReleased();
      return false;
    });
  }
  if (has('mail')) add('notices', MINUTE, services.notices.step);
  // A batch of people under one lease, then some offices, each with the whole SMTP timeout.
  if (has('mail')) add('mail', 250, services.mailWorker.step, 15 * MINUTE);
  if (has('mail')) add('updates', 2_000, services.updateWorker.step);
  for (const loop of loops) loop.start();
  return {
    async stop(): Promise<void> {
      await Promise.all(loops.map((loop) => loop.stop()));
      await services.tracking.flush().catch(() => undefined);
    },
  };
}

/** Before its first step a process brings together what a restored copy may have torn apart (law 6). */
function createLedgerTurn({ repairAll, step }: Services['ledger']): () => Promise<boolean> {
  let isRecovered = false;
  return async () => {
    if (!isRecovered) await repairAll();
    isRecovered = true;
    return step();
  };
}
