import { groupVoices } from '../src/voices/voices.ts';
import { manyVoices } from '../test/voices/voices-corpus.ts';
import { type Row, spread } from './table.ts';

const TEXTS = 10_000;
const ROUNDS = 3;

/** From texts of 40 to 2,000 characters in both languages to themes with labels and quotes; CPU alone, no database. */
export async function benchVoices(): Promise<Row[]> {
  const voices = manyVoices(TEXTS);
  const seconds: number[] = [];
  const megabytes: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    const { themes } = groupVoices(voices, { locale: 'en' });
    seconds.push((performance.now() - start) / 1000);
    megabytes.push(process.memoryUsage().rss / 1_000_000);
    if (themes.length < 2) throw new Error('the texts were not told apart');
  }
  return [
    { what: 'grouping 10,000 texts into themes', ...spread(seconds), unit: 's', atMost: 5 },
    { what: 'memory of the process meanwhile', ...spread(megabytes), unit: 'MB' },
  ];
}
