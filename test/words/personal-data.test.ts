import { describe, expect, test } from 'vitest';
import { findPersonalData, isUnsure } from '../../src/words/personal-data.ts';

const find = (words: string, name = 'Zulema Xochitl Quispe') => findPersonalData({ name, words });

describe('personal data is found', () => {
  test.each([
    // telephones
    ['phone', 'Call me at +52 961 123 4567 please', '+52 961 123 4567'],
    ['phone', 'mi número es 9611234567', '9611234567'],
    ['phone', 'mi cel 961 123 45 67', 'cel 961 123 45 67'],
    ['phone', '(512) 555-0134', '(512) 555-0134'],
    ['phone', 'Texas 512-555-0134.', '512-555-0134'],
    ['phone', 'call 1 512 555 0134', '1 512 555 0134'],
    ['phone', 'en la Ciudad de México: 55 1234 5678', '55 1234 5678'],
    ['phone', 'su tía en Guatemala, 5555-1234', '5555-1234'],
    ['phone', 'tel. 555 0134', 'tel. 555 0134'],
    ['phone', 'llámame al 2222 3333', 'llámame al 2222 3333'],
    ['phone', 'WhatsApp:5 5 5 5 1 2 3 4', 'WhatsApp:5 5 5 5 1 2 3 4'],
    ['phone', '961\u200b123\u200b4567', '9611234567'],
    ['phone', '９６１ １２３ ４５６７', '961 123 4567'],
    ['phone', '961–123–4567', '961-123-4567'],
    // streets
    ['address', 'I live at 123 Main Street in Laredo', '123 Main Street'],
    ['address', '1300 Pennsylvania Avenue NW', '1300 Pennsylvania Avenue'],
    ['address', 'she is at 45 oak st now', '45 oak st'],
    ['address', '9 N 5th Ave', '9 N 5th Ave'],
    ['address', 'write to PO Box 1234', 'PO Box 1234'],
    ['address', 'Apt. 4B', 'Apt. 4B'],
    ['address', 'vivo en calle Hidalgo #45', 'calle Hidalgo #45'],
    ['address', 'vive en la calle morelos 45, junto al mercado', 'calle morelos 45'],
    ['address', 'Av. 5 de Mayo No. 12', 'Av. 5 de Mayo No. 12'],
    ['address', 'Avenida Central Poniente 120', 'Avenida Central Poniente 120'],
    ['address', 'calle Benito Juárez número 8', 'calle Benito Juárez número 8'],
    ['address', 'col. Centro, C.P. 29000', 'C.P. 29000'],
    // numbers of persons
    ['a-number', 'his number is A123456789', 'A123456789'],
    ['a-number', 'A 123 456 789', 'A 123 456 789'],
    ['a-number', 'A# 012-345-678', 'A# 012-345-678'],
    ['a-number', 'a-12345678', 'a-12345678'],
    ['a-number', 'alien number: 012345678', 'alien number: 012345678'],
    ['curp', 'Her CURP is HEGG560427MVZRRL04', 'HEGG560427MVZRRL04'],
    ['curp', 'curp hegg560427mvzrrl04', 'hegg560427mvzrrl04'],
    ['curp', 'HEGG 560427 MVZRRL 04', 'HEGG 560427 MVZRRL 04'],
    ['curp', 'H E G G 5 6 0 4 2 7 M V Z R R L 0 4', 'H E G G 5 6 0 4 2 7 M V Z R R L 0 4'],
    ['ssn', 'my SSN 123-45-6789', '123-45-6789'],
    ['ssn', '123 45 6789', '123 45 6789'],
    ['ssn', 'social security number 123456789', 'social security number 123456789'],
    // electronic addresses
    ['email', 'write to zx@home.example', 'zx@home.example'],
    ['email', 'ana (at) home.example', 'ana (at) home.example'],
    ['email', 'ana arroba correo punto com', 'ana arroba correo punto com'],
    // the writer
    ['name', 'I am Zulema, a teacher', 'Zulema'],
    ['name', 'firma: zulema xochitl quispe', 'Zulema Xochitl Quispe'],
  ])('%s in "%s"', (kind, words, text) => {
    expect(find(words)).toContainEqual({ kind, text: expect.stringContaining(text) });
  });

  test('each once, and every kind in one text', () => {
    const all =
      'Zulema, tel. 961 123 4567, calle Hidalgo #45, A123456789, HEGG560427MVZRRL04, 123-45-6789, a@b.example';
    expect(
      find(all)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['a-number', 'address', 'curp', 'email', 'name', 'phone', 'ssn'].sort());
  });
});

test.each([
  'In 2021 9,543 children were returned to the countries that they fled.',
  'En 2021, 9,543 niñas y niños fueron devueltos; en 2019 fueron 12,000.',
  'From 2020-2021 more than 10,000 children, 95% of all.',
  'Entre 2019-2020 y 2021.',
  'On 2021-03-11 the board wrote; on 11/03/2021 nobody answered.',
  'El 11 de enero de 2021 entró en vigor la reforma.',
  'The law is 8 U.S.C. 1232, and 8 U.S.C. § 1232(a)(2)(A).',
  'See 6 CFR Part 3, 8 CFR 236.3 and 86 FR 12345, 12346-12348.',
  'Flores v. Reno, 507 U.S. 292, 294-295 (1993).',
  'Pub. L. 110-457, title II, section 235; INA 208(a)(1).',
  'Ley de Migración, artículo 112; artículos 8 y 33 de la Constitución.',
  'Amparo en revisión 388/2022; tesis 2a./J. 123/2019 (10a.).',
  'Observación general 22 (2017), párrafos 33-35; A/RES/44/25.',
  'Devolvieron a 12000000 personas, o a 12 000 000.',
  'They waited 40 days and 40 nights, 3 of them on the road.',
  'At 10:30 12 children crossed the street.',
  'About 95 percent by road, 5 by train.',
  'Vivieron en la calle durante 30 noches, y 12 en la calle hace 3 años.',
  'Una calle con 12 niñas solas; en la carretera vi 45 familias.',
  'Caminaron 1 234 567 pasos por la carretera federal 200 de Chiapas a Oaxaca.',
  'It cost 8000.50 dollars, 1.000.000 pesos or 10000 quetzales.',
  'Dar una arroba de maíz no basta.',
  'I was at home. They came at night dot by dot.',
  'PESO991231 is no code of a person, nor is HEGG560427.',
  'We want peace, xochitl means flower.',
  'I called 3 times and texted 12 people in 2021.',
  'My daughter is 16, my son 9 years old.',
  'The year 2021 Way too many children. In 2019 the court said no.',
])('nothing is found in "%s"', (words) => {
  expect(find(words)).toEqual([]);
});

test('a name or a street may be something else; a number of a person may not', () => {
  expect(isUnsure(find('Zulema, 123 Main Street'))).toBe(true);
  expect(isUnsure(find('Zulema, 961 123 4567'))).toBe(false);
});

test('a text made to slow the search is searched at once', () => {
  const begun = performance.now();
  for (const part of ['calle a ', '1 ', '1234 ', 'a@', 'tel ', 'A1', '(1) ', 'Main 12 Oak ', 'x arroba '])
    find(part.repeat(2_000).slice(0, 2_000));
  expect(performance.now() - begun).toBeLessThan(1_000);
});
