import { expect, test } from 'vitest';
import { trimFault } from '../../src/words/trim.ts';

const WORDS = 'One two three.\n\nFour five  six. One two seven.';

test.each([
  ['the end goes', 'One two three. […]', undefined],
  ['the beginning goes', '[…] One two seven.', undefined],
  ['the middle goes', 'One two three. […] One two seven.', undefined],
  ['three cuts', '[…] two […] five six. […]', undefined],
  ['other blanks', 'One two three.\nFour five\nsix. […]', undefined],
  ['all goes', '[…]', undefined],
  ['nothing goes', WORDS, 'unchanged'],
  ['a cut at the end that does not show', '[…] Four five six.', 'notOnlyCut'],
  ['a cut at the beginning that does not show', 'two three. […]', 'notOnlyCut'],
  ['another order', '[…] Four […] three. […]', 'notOnlyCut'],
  ['a word that is not there', 'One two three. […] eight […]', 'notOnlyCut'],
  ['a changed word', 'One too three. […]', 'notOnlyCut'],
  ['the same passage twice', 'One two three. […] One two three. […]', 'notOnlyCut'],
  ['nothing left', '', 'notOnlyCut'],
])('%s: "%s"', (_title, trimmed, fault) => {
  expect(trimFault(WORDS, trimmed)).toBe(fault);
});
