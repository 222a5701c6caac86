const ALPHABET = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';
const FORM = /^[A-ZÑ]{4}(\d{2})(\d{2})(\d{2})[HMX][A-Z]{2}[A-ZÑ]{3}[A-Z0-9]\d$/;
/** Federal entities and NE, born abroad. */
const ENTITIES = new Set(
  'AS BC BS CC CL CM CS CH DF DG GT GR HG JC MC MN MS NT NL OC PL QT QR SP SL SR TC TS TL VZ YN ZS NE'.split(
    ' ',
  ),
);

/**
 * A Mexican population registry code (CURP) whose form, date, entity and check digit are right; blanks, points, hyphens and
 * lower case make no difference. Instructivo normativo para la asignación de la CURP, DOF 18 October 2021.
 */
export function isCurp(text: string): boolean {
  const code = text.toUpperCase().replace(/[\s.-]/g, '');
  const [, , month = '', day = ''] = FORM.exec(code) ?? [];
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > 31) return false;
  return ENTITIES.has(code.slice(11, 13)) && checkDigit(code) === Number(code.at(-1));
}

/** Each of the first 17 signs counts by its place, from 18 down. */
function checkDigit(code: string): number {
  const sum = [...code.slice(0, 17)].reduce((all, sign, at) => all + ALPHABET.indexOf(sign) * (18 - at), 0);
  return (10 - (sum % 10)) % 10;
}
