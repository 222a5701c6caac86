import { describe, expect, test } from 'vitest';
import { isHelplineText } from '../../src/offices/helplines.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';

describe('a helpline', () => {
  test.each([
    'ORR Helpline for children or sponsors',
    'National Call Center',
    'national call centre',
    'Parent hot line',
    'Crisis Lifeline',
    'https://acf.example/orr/helpline',
    'https://www.orrncc.example/contact',
    'information@orrncc.example',
    'child-hotline@acf.example',
    'parenthotline@acf.example',
    'Call 1-800-203-7001',
    '+1 (800) 203.7001',
    '800 877 0404',
    'LOCATEL',
    'locatel@cdmx.example',
    'https://locatel.cdmx.example/',
    'Línea de Ayuda',
    'linea-de-ayuda@office.example',
    'https://office.example/lineadeayuda',
    'Línea de la Vida',
    'Línea telefónica de apoyo',
    'Línea nacional de emergencia',
    'Línea Mujeres',
    'Centro de atención telefónica',
    'Centro de llamadas',
    'Teléfono de ayuda',
    'SAPTEL',
    'Tip line',
  ])('is known: %s', (text) => {
    expect(isHelplineText('Some office', undefined, text)).toBe(true);
  });

  test.each([
    'Secretary of Homeland Security, Washington, DC 20528',
    'https://www.gob.example/atencion',
    'Atención ciudadana en línea',
    'Trámites en línea',
    'https://office.example/tramites-en-linea/ayuda',
    'Center for children',
    'Centro de Estudios Migratorios',
    'Lineamientos de ayuda',
    'Locate linked offices',
    'photoline@office.example',
    'Procuraduría de Protección de Niñas, Niños y Adolescentes',
    'Sistema Nacional DIF',
    'Hotel Line Street 4',
    '',
  ])('is none: %s', (text) => {
    expect(isHelplineText(text)).toBe(false);
  });

  test('ships with no installation', async () => {
    for (const { name, channels } of (await loadStarter()).offices)
      expect(
        isHelplineText(name.en, name.es, ...channels.flatMap(({ value, source }) => [value, source])),
      ).toBe(false);
  });
});
