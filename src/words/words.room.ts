import { createMyWordsService, type MyWordsDeps } from './my-words.service.ts';
import { createWordsService } from './words.service.ts';
import type { WordsStore } from './words.store.ts';

/** What supporters write themselves, from the writer's page to the organiser who decides on it. */
export function createWordsRoom(deps: Omit<MyWordsDeps, 'store' | 'rate'> & { store: WordsStore }) {
  const words = createWordsService(deps);
  return { words, myWords: createMyWordsService({ ...deps, rate: words.rate }) };
}
