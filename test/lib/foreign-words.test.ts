import { expect, test } from 'vitest';
import { forLog } from '../../src/lib/text/foreign-words.ts';

test.each([
  ['550 5.1.1 <ana@home.example>: unknown', '550 5.1.1 <…>: unknown'],
  ['550-one\r\n550 two\u001b[31m\u0007 red', '550-one 550 two [31m red'],
  ['421 try smtp://user:word@relay.example later', '421 try smtp://relay.example later'],
  ['535 bad command: AUTH PLAIN AHVzZXIAd29yZA==', '535 bad command: AUTH PLAIN …'],
  ['535 wrong password: hunter2, user ana', '535 wrong password: …, user ana'],
  ['554 see /en/confirm/ARrfT80kJOcUacYxo15tSUxDQ3-3EVRNiCUUKlqvim5KDMNr', '554 see …'],
  ['554 \u202egnihtyna', '554 gnihtyna'],
  ['250 2.0.0 Ok: queued as 4XyZ12AbCd', '250 2.0.0 Ok: queued as 4XyZ12AbCd'],
])('%j is logged as %j', (words, logged) => {
  expect(forLog(words)).toBe(logged);
});

test('a long text is cut before anything looks at it', () => {
  for (const sign of ['a', ' ', '@', 'pass=', 'AUTH ', '//a'])
    expect(forLog(sign.repeat(1_000_000)).length).toBeLessThanOrEqual(310);
});
