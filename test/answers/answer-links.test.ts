import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createOfficeLinks } from '../../src/answers/answer-links.ts';
import { DAY } from '../../src/lib/clock.ts';
import { newMailToken } from '../../src/lib/ref.ts';
import { createLinks } from '../../src/signatures/links.ts';
import { createTestClock } from '../support/clock.ts';

const key = { id: 1, secret: createSecretKey(randomBytes(32)) };
const keys = { current: key, all: new Map([[1, key]]) };
const link = { petitionNumber: 3, deliveryToken: newMailToken(), linkVersion: 65_535 };

function open() {
  const clock = createTestClock();
  return { clock, links: createOfficeLinks({ keys, clock }) };
}

test('a link says what was put into it, opaquely, in fewer than 80 characters', () => {
  const { links, clock } = open();
  const token = links.mint(link);
  expect(token.length).toBeLessThan(80);
  expect(Buffer.from(token, 'base64url').toString('hex')).not.toContain(link.deliveryToken);
  expect(links.read(token)).toEqual({ ...link, issuedAt: clock.now() });
});

test('an altered or cut one is refused, and so is another spelling of its bytes', () => {
  const { links } = open();
  const token = links.mint(link);
  const flipped = (at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const respelt = token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) ?? '') + 1];
  const others = [flipped(0), flipped(20), token.slice(0, -1), respelt, '', 'x'.repeat(200)];
  for (const other of others)
    expect(() => links.read(other)).toThrow(expect.objectContaining({ code: 'LINK_INVALID' }));
});

test.each(['A', '=', '.', ')', '&amp;x=1', '\u200b', ' '])('one with %j behind it opens', (behind) => {
  const { links } = open();
  expect(links.read(links.mint(link) + behind)).toMatchObject(link);
});

test('a signer’s link opens no office’s page, and the other way round', () => {
  const { links, clock } = open();
  const ofSigners = createLinks({ keys, clock });
  const emailKey = randomBytes(16).toString('base64url');
  const manage = ofSigners.mint('manage', { petitionNumber: 3, emailKey, linkVersion: 0 });
  expect(() => links.read(manage)).toThrow(expect.objectContaining({ code: 'LINK_INVALID' }));
  expect(() => ofSigners.read('manage', links.mint(link))).toThrow(
    expect.objectContaining({ code: 'LINK_INVALID' }),
  );
});

test('it ends after 180 days and not before', () => {
  const { links, clock } = open();
  const token = links.mint(link);
  clock.advance(180 * DAY - 1_000);
  expect(links.read(token).petitionNumber).toBe(3);
  clock.advance(1_000);
  expect(() => links.read(token)).toThrow(
    expect.objectContaining({ code: 'ANSWER_LINK_EXPIRED', status: 410 }),
  );
});
