import { describe, expect, test } from 'vitest';
import { figureText, renderFact, renderParagraph } from '../../src/petitions/fact-text.ts';
import type { Catalog, Fact, Figure } from '../../src/petitions/petition.ts';

const figure = (over: Partial<Figure> = {}): Figure => ({
  id: 'F1_children',
  value: 10_000,
  unit: 'children',
  bound: 'exactly',
  ...over,
});

const fact: Fact = {
  id: 'F1',
  figures: [figure({ bound: 'over' }), figure({ id: 'F1_share', value: 95, unit: 'percent', bound: 'over' })],
  period: { en: '2021', es: '2021' },
  sourceId: 'op-ed',
  text: {
    en: "{F1_share} of Mexico's children: {F1_children}.",
    es: '{F1_share} de la niñez: {F1_children}.',
  },
};
const catalog: Catalog = {
  facts: new Map([[fact.id, fact]]),
  demands: new Map(),
  laws: new Map(),
  sources: new Map(),
  corrections: [],
};

const rendered: [Partial<Figure>, string, string][] = [
  [{ bound: 'over' }, 'more than 10,000', 'más de 10,000'],
  [{ bound: 'nearly', value: 1_000, unit: 'people' }, 'nearly 1,000', 'casi 1,000'],
  [{ bound: 'exactly', value: 17_750 }, '17,750', '17,750'],
  [{ bound: 'over', value: 95, unit: 'percent' }, 'more than 95%', 'más del 95%'],
  [{ bound: 'nearly', value: 95, unit: 'percent' }, 'nearly 95%', 'casi el 95%'],
  [{ bound: 'exactly', value: 95, unit: 'percent' }, '95%', 'el 95%'],
];
test.each(rendered)('%o is written as people write it', (over, en, es) => {
  expect(figureText(figure(over), 'en')).toBe(en);
  expect(figureText(figure(over), 'es')).toBe(es);
});

describe('texts with figures', () => {
  test('a fact begins with a capital, and an apostrophe is a letter', () => {
    expect(renderFact(fact, 'en')).toBe('More than 95% of Mexico’s children: more than 10,000.');
    expect(renderFact(fact, 'es')).toBe('Más del 95% de la niñez: más de 10,000.');
  });

  test('a paragraph may name any figure of the catalog', () => {
    expect(renderParagraph('They returned {F1_share}.', catalog, 'en')).toBe('They returned more than 95%.');
  });

  test('a figure that nobody knows is an error and not a gap', () => {
    expect(() => renderParagraph('They returned {F9_share}.', catalog, 'en')).toThrow(/F9_share/);
  });
});
