import { setTimeout as sleep } from 'node:timers/promises';
import { shellActor } from '../src/lib/actor.ts';
import { buildSignatures } from '../test/support/signatures.ts';
import { startProgram } from './program.ts';
import { attach, SLUG } from './seed.ts';
import { type Row, spread } from './table.ts';

const PEOPLE = 100_000;
const ACTOR = shellActor('Bench');
type Services = Awaited<ReturnType<typeof attach>>['services'];

/** A rule over many people and its undoing, carried out by the program's own workers while its ledger counts them. */
export async function benchRule(): Promise<Row[]> {
  const program = await startProgram();
  const { services, close } = await attach(program.dataDir);
  try {
    const start = Date.now() - PEOPLE;
    for (let at = 0; at < PEOPLE; at += 1_000)
      await buildSignatures(services.connection, 1_000, {
        petitionId: SLUG,
        createdAt: new Date(start + at),
        source: 'whatsapp',
      });
    await counted(services, PEOPLE);
    const selection = { petitionId: SLUG, source: 'whatsapp' };
    const began = performance.now();
    const { _id } = await services.rules.make(ACTOR, { selection, verb: 'invalidate', why: 'bench' });
    await services.rules.approve(shellActor('Second'), _id, false);
    const done = await ended(services, _id, 'done', began);
    await counted(services, 0);
    const back = performance.now();
    await services.rules.undo(ACTOR, _id);
    const undone = await ended(services, _id, 'undone', back);
    await counted(services, PEOPLE);
    const one = (value: number) => spread([value]);
    return [
      { what: 'people taken out by a rule over 100,000', ...one(done), unit: '/s', atLeast: 1_000 },
      { what: 'people put back as it is undone', ...one(undone), unit: '/s', atLeast: 1_000 },
    ];
  } finally {
    await close();
    await program.stop();
  }
}

async function ended(services: Services, id: string, state: string, began: number): Promise<number> {
  while ((await services.rules.getRule(id)).state !== state) await sleep(50);
  return PEOPLE / ((performance.now() - began) / 1_000);
}

async function counted(services: Services, total: number): Promise<void> {
  for (let tries = 0; tries < 1_200; tries += 1) {
    if ((await services.stores.ledger.getTally(SLUG))?.total === total) return;
    await sleep(100);
  }
  throw new Error(`the count did not become ${total}`);
}
