import { describe, expect, it } from 'vitest';
import { checkBodies, checkPace, reportOn } from '../../src/deliveries/preflight.ts';

const frame =
  'For the attention of the office. This letter is carried for its writer, who signed the petition. ';
const wordsOf = (n: number) => Array.from({ length: 60 }, (_, at) => `word${n * 60 + at}`).join(' ');

describe('pace', () => {
  const before = 8;

  it('up to what the office takes is in order', () => {
    expect(checkPace('letter', { before, batch: 2, most: 10, isTest: false }).level).toBe('ok');
  });

  it('one more is stopped, and says how many the office takes', () => {
    const check = checkPace('letter', { before, batch: 3, most: 10, isTest: false });
    expect(check).toEqual({
      name: 'pace',
      level: 'stop',
      says: '11 letters in all, of 10 that the office takes',
    });
    expect(reportOn('office', 3, [check]).mayGo).toBe(false);
  });

  it('at a test address it is only told: nobody reads there', () => {
    expect(checkPace('digest', { before, batch: 3, most: 10, isTest: true }).level).toBe('warn');
  });
});

describe('near-identical bodies', () => {
  const levelOf = (copies: number, others: number) =>
    checkBodies([
      ...Array.from({ length: copies }, () => frame + wordsOf(0)),
      ...Array.from({ length: others }, (_, n) => frame + wordsOf(n + 1)),
    ]).level;

  it('letters that are each their own pass, in whatever frame', () => {
    expect(levelOf(0, 30)).toBe('ok');
  });

  it('a pair among many is worth a look, a third of a batch is stopped', () => {
    expect(levelOf(4, 26)).toBe('warn');
    expect(levelOf(10, 20)).toBe('stop');
  });

  it('one mail alone has no twin', () => {
    expect(levelOf(1, 0)).toBe('ok');
  });
});
