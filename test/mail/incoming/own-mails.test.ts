import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type IncomingReading, readIncoming } from '../../../src/mail/incoming/read-incoming.ts';
import { OWN_MAILS } from './own-mails.ts';

const own = { mailDomain: 'safe-passage.example', mailFrom: 'hello@safe-passage.example' };
const SENT_TO = 'letters@office.example';

async function read(name: string): Promise<IncomingReading> {
  const reading = await readIncoming(readFileSync(join(import.meta.dirname, 'corpus', `${name}.eml`)), {
    own,
  });
  if (!reading) throw new Error('it is no message');
  return reading;
}

const all = Object.entries(OWN_MAILS);

describe('mails as offices and their servers write them', () => {
  test.each(all.filter(([, { is }]) => is === 'reply'))(
    'the answer %s has its words',
    async (_name, right) => {
      const { found, unread, wantsStop, headerToken, ...reading } = await read(_name);
      // What could not be read stands beside the words, and is said.
      const text = [reading.text, ...unread].join('\n');
      expect(found.kind).toBe('reply');
      expect(headerToken?.opaque).toBe('0123456789abcdef01234567');
      expect(wantsStop).toBe(right.wantsStop ?? false);
      if (!right.wantsStop) expect(text.trim()).not.toBe('');
      if (right.has) expect(text.replaceAll(/[ \u00a0]+/g, ' ')).toContain(right.has);
    },
  );

  test.each(all.filter(([, { is }]) => is.startsWith('bounce')))(
    'the bounce %s names whom it is about',
    async (name, right) => {
      const { found } = await read(name);
      if (found.kind !== 'bounce') throw new Error(`it was taken for ${found.kind}`);
      if (right.about) expect(found.recipients).toEqual([right.about]);
      else if (found.recipients.length > 0) expect(found.recipients).toEqual([SENT_TO]);
      expect(found.diagnostic).not.toMatch(/@|[\p{Cc}]/u);
      expect(found.diagnostic.trim()).not.toBe('');
    },
  );

  test('are six score and more, a third of them answers', () => {
    expect(all.length).toBeGreaterThanOrEqual(120);
    expect(all.filter(([, { is }]) => is === 'reply').length).toBeGreaterThanOrEqual(40);
  });
});
