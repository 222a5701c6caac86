import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readForm } from '../../src/lib/form-faults.ts';
import { DetailsForm, readSignForm } from '../../src/signatures/signature.schema.ts';

const good = { name: 'Ana Rosa', email: 'ana@home.example', country: 'US', region: 'US-TX', over16: 'on' };
const read = (over: Record<string, unknown> = {}) => readSignForm({ ...good, ...over });
function errorsOf(over: Record<string, unknown>): Record<string, string> {
  const result = read(over);
  return result.ok ? {} : result.errors;
}

describe('the form of a supporter', () => {
  test('the least that is asked is enough, and no box is ticked for anybody', () => {
    expect(read()).toMatchObject({
      ok: true,
      value: { name: 'Ana Rosa', showName: false, shareWords: false, updates: false, source: 'direct' },
    });
  });

  test.each([
    ['José  María\tde la O', 'José María de la O'],
    ['  Ana ', 'Ana'],
    ['Zoë 🌵', 'Zoë 🌵'],
    ['محمد', 'محمد'],
    ['\u202egnp.exe Ana\u202c', 'gnp.exe Ana'],
    ["O'Neill-Núñez Jr.", "O'Neill-Núñez Jr."],
    ['Jose\u0301', 'José'],
    ['Ana\u0000', 'Ana'],
    ['Ana\u000bRosa\u2028de la O\u0085', 'Ana Rosa de la O'],
    ['\ufeffA\u00adn\u200ba\ue000 \ud800', 'Ana'],
    ['علی\u200cرضا', 'علی\u200cرضا'],
  ])('the name %j is kept as %j', (typed, kept) => {
    expect(read({ name: typed })).toMatchObject({ ok: true, value: { name: kept } });
  });

  test.each([
    ['name', undefined, 'required'],
    ['name', '   ', 'required'],
    ['name', 'a'.repeat(300), 'tooLong'],
    ['name', '\u0000\u200b\ue000', 'required'],
    ['name', '=HYPERLINK("http://x.example")', 'unreadable'],
    ['name', '+521234567', 'unreadable'],
    ['name', '@ana', 'unreadable'],
    ['name', '😀', 'unreadable'],
    ['name', 'see http://x.example', 'unreadable'],
    ['name', 'Ana \ufffd', 'unreadable'],
    ['name', ['Ana', 'Eva'], 'unreadable'],
    ['name', { first: 'Ana' }, 'unreadable'],
    ['email', '', 'required'],
    ['email', undefined, 'required'],
    ['email', 'ana', 'invalid'],
    ['email', 'ana@home.example\nBcc: x@y.example', 'invalid'],
    ['email', `${'a'.repeat(250)}@home.example`, 'tooLong'],
    ['country', '', 'required'],
    ['country', undefined, 'required'],
    ['country', 'XX', 'unknown'],
    ['country', 'us', 'unknown'],
    ['region', 'US-XX', 'unknown'],
    ['words', 'a'.repeat(2001), 'tooLong'],
    ['words', 'a\ufffdb', 'unreadable'],
    ['over16', undefined, 'required'],
    ['over16', 'off', 'required'],
    ['updates', 'yes', 'unknown'],
  ])('%s %j is answered with "%s"', (field, value, fault) => {
    expect(errorsOf({ [field]: value })).toEqual({ [field]: fault });
  });

  test('every faulty field is named at once', () => {
    expect(Object.keys(errorsOf({ name: '', email: 'x', country: '', over16: undefined }))).toEqual([
      'name',
      'email',
      'country',
      'over16',
    ]);
  });

  test('a state of another country stays behind, and a territory is its own', () => {
    expect(read({ region: 'MX-CHP' })).toMatchObject({
      ok: true,
      value: { country: 'US', region: undefined },
    });
    expect(read({ country: 'GT', region: 'MX-CHP' })).toMatchObject({
      ok: true,
      value: { region: undefined },
    });
    const { country, region } = { country: 'US', region: 'US-PR' };
    expect(read({ country: 'PR', region: 'MX-CHP' })).toMatchObject({ ok: true, value: { country, region } });
  });

  test('an empty region is none, and a source nobody registered is "other"', () => {
    expect(read({ region: '', source: 'evil' })).toMatchObject({
      ok: true,
      value: { region: undefined, source: 'other' },
    });
    expect(read({ source: 'whatsapp' })).toMatchObject({ ok: true, value: { source: 'whatsapp' } });
  });

  test('words keep their lines and lose what turns text around', () => {
    expect(read({ words: ' one\r\ntwo \u202e' })).toMatchObject({ ok: true, value: { words: 'one\ntwo' } });
    expect(read({ words: '   ' })).toMatchObject({ ok: true, value: { words: undefined } });
  });

  test('an address loses what cannot be seen', () => {
    expect(read({ email: '\u200e ana\u00ad@home\u200b.example\u2028' })).toMatchObject({
      ok: true,
      value: { email: { mailTo: 'ana@home.example' } },
    });
  });

  test('words keep the breaks of any program as lines', () => {
    expect(read({ words: 'uno\u000bdos\u000ctres\u0085\u2028cuatro\ue000\u200b' })).toMatchObject({
      ok: true,
      value: { words: 'uno\ndos\ntres\n\ncuatro' },
    });
  });

  test('a details form without words says nothing about them, and an empty one deletes them', () => {
    const silent = readForm(DetailsForm, good);
    expect(silent.ok && silent.value.words).toBeUndefined();
    expect(readForm(DetailsForm, { ...good, words: ' ' })).toMatchObject({ ok: true, value: { words: '' } });
  });

  test('the address cannot be changed by the details form', () => {
    const result = readForm(DetailsForm, { ...good, email: 'other@home.example' });
    expect(result.ok && 'email' in result.value).toBe(false);
  });

  test('no body whatever makes the reader throw', () => {
    fc.assert(
      fc.property(fc.anything(), (body) => {
        readSignForm(body);
        readSignForm({ ...good, name: body, email: body, words: body, source: body });
        return true;
      }),
    );
  });
});
