import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stem } from '../../src/voices/terms.ts';
import { groupVoices, type Voices } from '../../src/voices/voices.ts';
import { CORPUS, corpusVoices, manyVoices } from './voices-corpus.ts';

const voices = corpusVoices();
const themeOf = new Map(voices.map(({ ref, theme }) => [ref, theme]));

/** theme it was written for → how many of it stand in this group */
function contents(refs: readonly string[], of: ReadonlyMap<string, string>): Map<string, number> {
  const found = new Map<string, number>();
  for (const ref of refs) found.set(of.get(ref) ?? '', (found.get(of.get(ref) ?? '') ?? 0) + 1);
  return found;
}

function shuffled<T>(list: readonly T[], step: number): T[] {
  return list.map((_, n) => list[(n * step) % list.length] as T);
}

describe('themes', () => {
  it('texts of one theme land together, whichever language they are in', () => {
    const { themes, ungrouped } = groupVoices(voices, { locale: 'en' });
    expect(themes).toHaveLength(Object.keys(CORPUS).length);
    expect(ungrouped).toBe(0);
    for (const { refs } of themes) {
      const [most = 0] = [...contents(refs, themeOf).values()].sort((a, b) => b - a);
      expect(most / refs.length).toBeGreaterThan(0.9);
      expect(refs.some((ref) => ref.includes('-en-')) && refs.some((ref) => ref.includes('-es-'))).toBe(true);
    }
  });

  it('what was written for no theme at all does not make one, and says so', () => {
    const strange = ['Ok.', '…', '👍👍', 'zzz qqq', 'Lorem ipsum dolor sit amet', '12345 67890'];
    const { themes, ungrouped } = groupVoices(
      [...voices, ...strange.map((words, n) => ({ ref: `x${n}`, words }))],
      { locale: 'en' },
    );
    expect(themes.flatMap(({ refs }) => refs).filter((ref) => ref.startsWith('x'))).toEqual([]);
    expect(ungrouped).toBe(strange.length);
  });

  it('are named by words as people wrote them, in the language of the reader where there is a choice', () => {
    const labels = (locale: 'en' | 'es') =>
      groupVoices(voices, { locale })
        .themes.map(({ label }) => label)
        .join('; ');
    expect(labels('en')).toMatch(/\bmother\b/);
    expect(labels('en')).toMatch(/\basylum\b/);
    expect(labels('es')).toMatch(/\bmadre\b/);
    expect(labels('es')).toMatch(/\bfamilia\b/);
    expect(labels('es')).toMatch(/\bdetención\b/);
    for (const { label } of groupVoices(voices, { locale: 'es' }).themes) {
      expect(label.split(', ').length).toBeGreaterThanOrEqual(2);
      expect(label.split(', ').length).toBeLessThanOrEqual(4);
    }
  });

  it('to an office of another language than all who wrote, a known word is said in its own', () => {
    const english = Array.from({ length: 6 }, (_, n) => ({
      ref: `e${n}`,
      words: `My brother was a child when a judge at the border decided without a lawyer, ${n}.`,
    }));
    const [theme] = groupVoices(english, { locale: 'es' }).themes;
    for (const word of theme?.label.split(', ') ?? [''])
      expect(['hermano', 'niño', 'juez', 'frontera', 'abogado', 'decided']).toContain(word);
    expect(theme?.label).not.toMatch(/brother|child|judge|border|lawyer/);
  });

  it('a name that one or two people wrote never names a theme', () => {
    const named = voices.map((voice, n) => (n < 2 ? { ...voice, words: `${voice.words} Xiomara!` } : voice));
    expect(JSON.stringify(groupVoices(named, { locale: 'en' }))).not.toMatch(/xiomara/i);
  });

  it('no more than asked for', () => {
    expect(groupVoices(voices, { locale: 'en', maxThemes: 3 }).themes.length).toBeLessThanOrEqual(3);
    expect(groupVoices(voices, { locale: 'en', maxThemes: 0 })).toEqual({
      themes: [],
      quotes: [],
      ungrouped: voices.length,
    });
  });

  it('two thousand longer ones, each with something beside its point, are told apart as well', () => {
    const many = manyVoices(2_000, 600);
    const of = new Map(many.map(({ ref, theme }) => [ref, theme]));
    const { themes, ungrouped } = groupVoices(many, { locale: 'en' });
    expect(themes).toHaveLength(5);
    expect(ungrouped).toBeLessThan(100);
    const right = themes
      .map(({ refs }) => Math.max(...contents(refs, of).values()))
      .reduce((sum, count) => sum + count, 0);
    expect(right / many.length).toBeGreaterThan(0.88);
  });

  it('many copies of one text are one theme, with everyone who sent it', () => {
    const copies = Array.from({ length: 200 }, (_, n) => ({
      ref: `copy-${n}`,
      words: 'Please honor the bridge of monarch butterflies and every garden along the highway.',
    }));
    const { themes, quotes } = groupVoices([...voices, ...copies], { locale: 'en' });
    expect(themes[0]?.people).toBe(200);
    expect(quotes.filter(({ ref }) => ref.startsWith('copy'))).toHaveLength(1);
  });
});

describe('quotes', () => {
  it('are spread over the themes, each once, and all different', () => {
    const { themes, quotes } = groupVoices(voices, { locale: 'en', quotes: 10 });
    expect(quotes).toHaveLength(10);
    expect(new Set(quotes.map(({ ref }) => ref)).size).toBe(10);
    for (const { key } of themes) expect(quotes.filter(({ themeKey }) => themeKey === key)).toHaveLength(2);
  });

  it('of two that are nearly the same only one is quoted', () => {
    const doubled = voices.flatMap((voice) => [
      voice,
      { ref: `${voice.ref}-again`, words: `${voice.words.replace(/\.$/, '!')} Thank you.` },
    ]);
    const { quotes } = groupVoices(doubled, { locale: 'en', quotes: 100 });
    const originals = quotes.map(({ ref }) => ref.replace('-again', ''));
    expect(new Set(originals).size).toBe(originals.length);
    expect(quotes.length).toBeGreaterThan(20);
  });

  it('shorter words than 40 characters count, and are not quoted', () => {
    const short = Array.from({ length: 6 }, (_, n) => ({
      ref: `s${n}`,
      words: 'Close the detention cells.',
    }));
    const { themes, quotes } = groupVoices([...voices, ...short], { locale: 'en', quotes: 100 });
    expect(themes.flatMap(({ refs }) => refs)).toEqual(expect.arrayContaining(short.map(({ ref }) => ref)));
    expect(quotes.map(({ ref }) => ref)).not.toContain('s0');
  });
});

describe('whatever people write', () => {
  const sentence = fc.oneof(
    fc.constantFrom(...voices.map(({ words }) => words)),
    fc.string({ maxLength: 200, unit: 'grapheme' }),
    fc.constantFrom('', '   ', '\u0000', '🙏', 'constructor prototype __proto__'),
  );
  const input = fc.uniqueArray(fc.record({ ref: fc.uuid(), words: sentence }), {
    selector: ({ ref }) => ref,
    maxLength: 40,
  });

  it('everybody is counted once, in a theme or in none', () => {
    fc.assert(
      fc.property(
        input,
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 12 }),
        (given, maxThemes, quotes) => {
          const found = groupVoices(given, { locale: 'es', maxThemes, quotes });
          const refs = found.themes.flatMap((theme) => theme.refs);
          expect(new Set(refs).size).toBe(refs.length);
          expect(refs.length + found.ungrouped).toBe(given.length);
          expect(found.themes.length).toBeLessThanOrEqual(maxThemes);
          expect(found.quotes.length).toBeLessThanOrEqual(quotes);
          for (const theme of found.themes) {
            expect(theme.people).toBe(theme.refs.length);
            expect(theme.people).toBeGreaterThanOrEqual(3);
            expect(theme.label).not.toBe('');
          }
          expect(new Set(found.themes.map(({ key }) => key)).size).toBe(found.themes.length);
          for (const { ref, themeKey } of found.quotes) {
            expect(found.themes.find(({ key }) => key === themeKey)?.refs).toContain(ref);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('the order in which they come changes nothing', () => {
    const first: Voices = groupVoices(voices, { locale: 'en' });
    for (const step of [3, 7, 79]) {
      expect(groupVoices(shuffled(voices, step), { locale: 'en' })).toEqual(first);
    }
    fc.assert(
      fc.property(input, (given) => {
        expect(groupVoices([...given].reverse(), { locale: 'en' })).toEqual(
          groupVoices(given, { locale: 'en' }),
        );
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['families', 'familia'],
    ['returned', 'returns'],
    ['detenciones', 'detención'],
    ['niñas', 'niño'],
    ['separated', 'separado'],
  ])('%s and %s are forms of one word', (a, b) => {
    const fold = (word: string) => stem(word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase());
    expect(fold(a)).toBe(fold(b));
  });
});
