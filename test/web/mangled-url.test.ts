import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readableUrl, withoutTail } from '../../src/web/mangled-url.ts';

const TOKEN = 'AQ-b_cDEF0123';

describe('the address of a private page', () => {
  test.each([
    ['.', ''],
    [')', ''],
    ['%29.', ''],
    ['%3E', ''],
    ['">', ''],
    ['%20', ''],
    ['%E2%80%8B', ''],
    ['%EF%BB%BF', ''],
    ['%', ''],
    ['%zz', ''],
    ['=3D%0D%0A', ''],
    ['&amp;utm_source=mail', ''],
    ['%3Futm_source=mail', ''],
    ['/', ''],
    ['//', ''],
    ['/.', ''],
    ['?utm_source=mail&mc_cid=1', '?utm_source=mail&mc_cid=1'],
    [').?utm_source=mail', '?utm_source=mail'],
    [`${'%20'.repeat(400)}`, ''],
    ['/withdraw', '/withdraw'],
    ['/withdraw).', '/withdraw'],
    ['./withdraw', '/withdraw'],
    ['/withdrawn', ''],
    ['/download?x=1', '/download?x=1'],
    ['/preview', ''],
  ])('loses what a mail program put behind it: %j', (behind, kept) => {
    expect(readableUrl(`/es/my-signature/${TOKEN}${behind}`)).toBe(`/es/my-signature/${TOKEN}${kept}`);
  });

  test.each(['%20', '%3C', '%E2%80%8B', '/', '%22'])('and what stands before it: %j', (before) => {
    expect(readableUrl(`/en/answer/${before}${TOKEN}`)).toBe(`/en/answer/${TOKEN}`);
  });

  test('is read where a proxy wrote a dash or an underscore as a percent sign and digits', () => {
    expect(readableUrl(`/en/confirm/${TOKEN.replace('-', '%2D').replace('_', '%5f')}`)).toBe(
      `/en/confirm/${TOKEN}`,
    );
  });

  test.each([
    '/',
    '/en',
    '/en/petitions/x).',
    '/en/confirm',
    '/en/confirm/',
    '/fr/confirm/x).',
    '/en/confirmed/x.',
    '*',
  ])('is not taken for another: %s stays as it is', (url) => {
    expect(readableUrl(url)).toBe(url);
  });

  test('never makes anything throw, and made clean once it stays', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = readableUrl(`/en/my-words/${text}`);
        expect(readableUrl(once)).toBe(once);
        const shorter = withoutTail(`/${text}`);
        expect(shorter?.startsWith('//') ?? false).toBe(false);
        expect(shorter === undefined || withoutTail(shorter) === undefined).toBe(true);
      }),
    );
  });
});

describe('the address of a public page', () => {
  test.each([
    ['/en/petitions/a-b).', '/en/petitions/a-b'],
    ['/en/petitions/a-b%20', '/en/petitions/a-b'],
    ['/en/petitions/a-b&amp;utm_source=x', '/en/petitions/a-b'],
    ['/en/petitions/a-b.?source=email', '/en/petitions/a-b?source=email'],
    ['/en/petitions/a-b%', '/en/petitions/a-b'],
    ['//other.example).', '/other.example'],
    ['/en/petitions/%00', undefined],
    ['/en/petitions/__proto__', undefined],
    ['/en/petitions/a-b', undefined],
    ['/en/petitions/a-b/', undefined],
    ['/assets/x.css', undefined],
    ['/', undefined],
    ['/).', undefined],
  ])('%s is looked for at %s', (url, clean) => {
    expect(withoutTail(url)).toBe(clean);
  });
});
