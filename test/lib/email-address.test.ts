import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskEmail, parseEmailAddress } from '../../src/lib/email-address.ts';

describe('one mailbox is one person', () => {
  test.each([
    ['Ana@Home.Example', 'ana@home.example', 'case'],
    ['  ana@home.example ', 'ana@home.example', 'blanks around'],
    ['ana+petition@home.example', 'ana@home.example', 'an extension'],
    ['a.n.a@gmail.com', 'ana@gmail.com', 'dots that the host ignores'],
    ['a.n.a+x@googlemail.com', 'ana@gmail.com', 'another name of the host'],
    ['a_n-a@protonmail.com', 'ana@proton.me', 'marks that the host ignores'],
    ['"ana"@home.example', 'ana@home.example', 'quotes that add nothing'],
    ['ana@MÜNCHEN.example', 'ana@xn--mnchen-3ya.example', 'an international domain'],
    ['josé@correo.example', 'josé@correo.example', 'an international local part'],
  ])('%s is %s: %s', (typed, canonical) => {
    expect(parseEmailAddress(typed)?.canonical).toBe(canonical);
  });

  test.each([
    ['a.n.a@home.example', 'ana@home.example', 'dots elsewhere'],
    ['ana@home.example', 'ana@mail.home.example', 'a subdomain'],
    ['+a@home.example', '+b@home.example', 'nothing but an extension'],
  ])('%s and %s are two people: %s', (one, other) => {
    expect(parseEmailAddress(one)?.canonical).not.toBe(parseEmailAddress(other)?.canonical);
  });

  test('mail goes to the address as typed, with the domain in ASCII', () => {
    expect(parseEmailAddress('A.na+x@Correo.Example')?.mailTo).toBe('A.na+x@correo.example');
  });
});

describe('what is no address', () => {
  test.each([
    '',
    'ana',
    '@home.example',
    'ana@',
    'ana@home',
    'ana@@home.example',
    'ana@home..example',
    'ana home@home.example',
    '"ana home"@home.example',
    'ana@home.example\r\nBcc: x@y.example',
    'ana\u0000@home.example',
    'ana@127.0.0.1',
    '<ana@home.example>',
    'ana@home.example,eva@home.example',
    `${'a'.repeat(65)}@home.example`,
    `ana@${'a'.repeat(64)}.example`,
    `ana@${'abc.'.repeat(80)}example`,
  ])('%j is refused', (typed) => {
    expect(parseEmailAddress(typed)).toBeNull();
  });

  test('no text whatever makes the parser throw, and what it accepts is one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const address = parseEmailAddress(`${text}@home.example`);
        return address === null || !/[\s\p{Cc}<>,;]/u.test(address.mailTo + address.canonical);
      }),
      { numRuns: 2_000 },
    );
  });

  test('the canonical form of a canonical form is itself', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        const once = parseEmailAddress(email)?.canonical ?? '';
        return [undefined, once].includes(parseEmailAddress(once)?.canonical);
      }),
    );
  });
});

test('a masked address keeps its first letter and its host', () => {
  expect(maskEmail('ana@home.example')).toBe('a•••@home.example');
});
