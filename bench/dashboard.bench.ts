import { openOwner, p95Of } from './console.ts';
import { startProgram } from './program.ts';
import { attach, SLUG, seedCounted } from './seed.ts';
import { type Row, spread } from './table.ts';

const FEW = 1_000;
const DAYS = 60;
const ROUNDS = 7;
const LOOKS = 40;
const PAGE = `/organise/tracking/${SLUG}?against=before`;

/** The page of a petition with many signatures and with few, over as many hours, in turns; and how long the sums take. */
export async function benchDashboard(many: number): Promise<Row[]> {
  const stands = [await openStand(FEW), await openStand(many)] as const;
  const [few, full] = stands;
  try {
    const pairs: { few: number; full: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      pairs.push({ few: await few.look(), full: await full.look() });
    const name = many.toLocaleString('en');
    const ratios = pairs.map((one) => (one.full / one.few) * 100);
    return [
      {
        what: `dashboard with ${name} signatures, p95`,
        ...spread(pairs.map((one) => one.full)),
        unit: 'ms',
        atMost: 150,
      },
      {
        what: `dashboard with ${FEW.toLocaleString('en')}, p95`,
        ...spread(pairs.map((one) => one.few)),
        unit: 'ms',
      },
      { what: 'time with many against few', ...spread(ratios), unit: '%', atMost: 120 },
      { what: `the sums of ${name} made again`, ...spread([full.rebuiltIn]), unit: 's' },
    ];
  } finally {
    for (const stand of stands) await stand.close();
  }
}

async function openStand(count: number) {
  // The database of a program whose workers do not run: they would take up what is put in half-way.
  const program = await startProgram({ ROLES: 'web' });
  const { services, close } = await attach(program.dataDir);
  await seedCounted(services, count, DAYS);
  const begun = performance.now();
  await services.tracking.rebuild([SLUG]);
  const rebuiltIn = (performance.now() - begun) / 1_000;
  const { owner, close: closeApp } = await openOwner(services, program.dataDir);
  const { body } = await owner.get(PAGE);
  if (!body.includes(`<strong>${count.toLocaleString('en-US')}</strong>`))
    throw new Error(`the page does not say ${count}`);
  return {
    rebuiltIn,
    look: () => p95Of(LOOKS, () => owner.get(PAGE)),
    async close() {
      await closeApp();
      await close();
      await program.stop();
    },
  };
}
