import { newRef } from '../src/lib/ref.ts';
import { signatureContext } from '../src/signatures/signature.ts';
import { openOwner, p95Of } from './console.ts';
import { startProgram } from './program.ts';
import { attach, SLUG } from './seed.ts';
import { type Row, spread } from './table.ts';

const TEXTS = 10_000;
const DELIVERIES = 1_000;
const ROUNDS = 5;
const LOOKS = 60;
const WORDS = 'My cousin crossed at night, alone, and nobody asked her whether she could go back. '.repeat(8);

type Services = Awaited<ReturnType<typeof attach>>['services'];

/** What an organiser opens first and most: Today, and the oldest text that waits, with many waiting; without the network. */
export async function benchToday(): Promise<Row[]> {
  const program = await startProgram();
  const { services, close } = await attach(program.dataDir);
  try {
    await seed(services);
    const { owner, close: closeApp } = await openOwner(services, program.dataDir);
    const looks = async (path: string) => {
      const p95s: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) p95s.push(await p95Of(LOOKS, () => owner.get(path)));
      return p95s;
    };
    const today = await looks('/organise');
    const words = await looks('/organise/words');
    await closeApp();
    const many = `${TEXTS.toLocaleString('en')} texts and ${DELIVERIES.toLocaleString('en')} deliveries`;
    return [
      { what: `Today with ${many}, p95`, ...spread(today), unit: 'ms', atMost: 200 },
      { what: 'the oldest text among as many, p95', ...spread(words), unit: 'ms' },
    ];
  } finally {
    await close();
    await program.stop();
  }
}

async function seed({ connection, sealer }: Services): Promise<void> {
  const from = Date.parse('2026-10-01T12:00:00Z');
  const people = Array.from({ length: TEXTS }, (_, index) => {
    const _id = `${SLUG}:bench-${index}`;
    const person = { name: 'Ana Rosa', email: `ana-${index}@home.example`, words: WORDS };
    const at = new Date(from + index * 60_000);
    return {
      _id: _id as never,
      petitionId: SLUG,
      ref: newRef(),
      state: 'confirmed',
      held: false,
      consent: { showName: false, shareWords: true, updates: false },
      country: 'US',
      source: 'direct',
      locale: 'en',
      sealed: sealer.seal(person, signatureContext(_id)),
      linkVersion: 0,
      wordsState: 'waiting',
      createdAt: at,
      confirmedAt: at,
    };
  });
  for (let at = 0; at < people.length; at += 1_000)
    await connection.collection('signatures').insertMany(people.slice(at, at + 1_000));
  const deliveries = Array.from({ length: DELIVERIES }, (_, index) => ({
    _id: `${SLUG}:mx-inm:letter:${index}` as never,
    petitionId: SLUG,
    officeId: 'mx-inm',
    kind: 'letter',
    n: 0,
    from: 0,
    to: 0,
    state: index % 10 === 0 ? 'unknown' : 'planned',
    plannedAt: new Date(from),
    token: newRef(),
    releases: 0,
    quotes: [],
  }));
  await connection.collection('deliveries').insertMany(deliveries);
}
