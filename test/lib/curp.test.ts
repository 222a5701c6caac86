import { expect, test } from 'vitest';
import { isCurp } from '../../src/lib/text/curp.ts';

/** Made-up people. HEGG… is the specimen of the registry's own leaflets. */
test.each([
  ['HEGG560427MVZRRL04', true],
  ['hegg560427mvzrrl04', true],
  ['HEGG 560427 MVZRRL 04', true],
  ['HEGG-560427-MVZRRL-04', true],
  ['HEGG560427MVZRRL05', false],
  ['HEGG560428MVZRRL04', false],
  ['HEGG561327MVZRRL04', false],
  ['HEGG560427MXXRRL04', false],
  ['HEGG560427MVZRRL0', false],
  ['', false],
])('%s is a CURP: %s', (text, expected) => {
  expect(isCurp(text)).toBe(expected);
});

test('one wrong sign is always noticed where it is a digit', () => {
  const good = 'HEGG560427MVZRRL04';
  for (let digit = 0; digit < 10; digit += 1) {
    if (digit !== 4) expect(isCurp(`${good.slice(0, 17)}${digit}`)).toBe(false);
  }
});
