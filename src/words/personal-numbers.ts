/**
 * Numbers that name one person, in the order in which they are looked for. Where a number may be something else, a word for
 * it stands before it. `(?<![\p{L}\p{N}])` and its like instead of \b, which takes ñ for the end of a word.
 */

/**
 * CURP by its form alone: a slip in one digit of it (its check digit, say) leaves it as good as whole. Written in groups, or
 * sign by sign where it is right (`isCurp`).
 */
export const CURP_FORM =
  /(?<![\p{L}\p{N}])[A-ZÑ]{4}[ .-]?\d{6}[ .-]?[HMX][A-ZÑ]{5}[ .-]?[A-Z0-9][ .-]?\d(?![\p{L}\p{N}])/giu;
export const CURP_AFTER_WORD =
  /(?<![\p{L}\p{N}])curp(?![\p{L}\p{N}])[^\p{L}\p{N}\n]{0,4}(?:(?:es|is|no|núm|número|number)[^\p{L}\p{N}\n]{1,3}){0,2}(?=[A-ZÑ]*\d)[A-ZÑ0-9]{15,20}(?![\p{L}\p{N}])/giu;
export const CURP_APART = new RegExp(
  `(?<![\\p{L}\\p{N}])${[...'LLLLDDDDDDSLLLLLAD']
    .map((sign) => ({ L: '[A-ZÑ]', D: '\\d', S: '[HMX]', A: '[A-Z0-9]' })[sign])
    .join('[ .-]?')}(?![\\p{L}\\p{N}])`,
  'giu',
);

const DATE = '\\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])';

/** Mexican tax code of a person: four letters, date of birth, and three signs, which people leave out. */
export const RFC = [
  new RegExp(`(?<![\\p{L}\\p{N}])[A-ZÑ&]{4}-?${DATE}-?[A-Z0-9]{3}(?![\\p{L}\\p{N}])`, 'giu'),
  // In groups with capitals only: "casi 120430 son" is no code.
  new RegExp(`(?<![\\p{L}\\p{N}])[A-ZÑ&]{4} ${DATE} [A-Z0-9]{3}(?![\\p{L}\\p{N}])`, 'gu'),
  /(?<![\p{L}\p{N}])R\.?F\.?C\.?(?![\p{L}\p{N}])[^\p{L}\p{N}\n]{0,4}(?:(?:es|is|number|número)[^\p{L}\p{N}\n]{1,3})?[A-ZÑ&]{3,4}[ -]?\d{6}(?:[ -]?[A-Z0-9]{1,3})?(?![\p{L}\p{N}])/giu,
];

const ID_WORDS =
  'clave de elector|credencial(?: de elector| para votar)?|ine|ife|ocr|cic|dpi|cui|dui|dni|tarjeta de identidad|cédula|cedula|identity card|voter id';
/** Identity cards: the Mexican clave de elector, and those of Guatemala, El Salvador and Honduras. */
export const IDENTITY = [
  /(?<![\p{L}\p{N}])[A-ZÑ]{6}[ -]?\d{6}[ -]?\d{2}[ -]?[HMX][ -]?\d{3}(?![\p{L}\p{N}])/giu,
  new RegExp(
    `(?<![\\p{L}\\p{N}])(?:${ID_WORDS})(?![\\p{L}\\p{N}])[^\\d\\n]{0,20}(?!(?:19|20)\\d{2}[ -](?:19|20)\\d{2})\\d(?:[ -]?\\d){6,17}(?:[HMX]\\d{3})?(?![\\p{L}\\p{N}])`,
    'giu',
  ),
  /(?<![\p{L}\p{N}.,/-])(?:\d{4} \d{5} \d{4}|\d{4}-\d{5}-\d{4}|\d{4}-\d{4}-\d{5}|\d{8}-\d)(?![\p{L}\p{N}]|[.,/-]\d)/gu,
];

/** Of Mexico by its form (G or N and eight digits); any after a word for it. */
export const PASSPORT = [
  /(?<![\p{L}\p{N}])[GN]\d{8}(?![\p{L}\p{N}])/gu,
  /(?<![\p{L}\p{N}])(?:[Pp]assport|PASSPORT|[Pp]asaporte|PASAPORTE)(?!\p{L})[^\d\n]{0,24}?(?:(?<!\p{L})[A-Za-z]{1,2}-?\d{6,8}|\d{8,9}|\d{11})(?![\p{L}\p{N}])/gu,
];

/** A US alien registration number: A and 7 to 9 digits; with a blank only after a capital A, for "a 12 345 678" is Spanish. */
export const A_NUMBER = [
  /(?<![\p{L}\p{N}])(?:[Aa](?:[-#:]{1,2} ?)?|A )(?:\d{3}[- ]?\d{3}[- ]?\d{3}|\d{2}-?\d{3}-?\d{3}|\d{7})(?!\d|[.,]\d)/gu,
  /(?<![\p{L}\p{N}])(?:alien (?:registration )?(?:number|no\.?)|a-number|n[úu]mero de extranjero)(?![\p{L}\p{N}])[^\d\n]{0,12}\d[\d -]{5,12}\d/giu,
];

export const SSN = [
  /(?<![\p{L}\d][-.]?)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![-.]?\d)/gu,
  /(?<![\p{L}\p{N}])(?:ssn|nss|social security|seguro social)(?![\p{L}\p{N}])[^\d\n]{0,20}(?:\d{3}[- ]?\d{2}[- ]?\d{4}|\d{11})(?!\d)/giu,
];

const CUE =
  '(?:tel(?:s|éfonos?|efonos?|ephone)?|cel(?:ular|s)?|m[óo]vil|phone|mobile|cell|whats ?app|wsp|wapp|call|text|ll[aá]m[ae]\\p{L}*|m[áa]r(?:ca|que)\\p{L}*|sms)';
const NOT_IN_NUMBER = '(?<![\\p{L}\\d.,/-])';
const END = '(?![\\d]|[.,/-]\\d)';
export const PHONE = [
  // +52 961 123 4567
  /\+ ?\d(?:[ ().-]{0,2}\d){7,14}/gu,
  // (961) 123 4567, 961-123-4567, 1 961 123 4567, 55 1234 5678, 9611234567
  new RegExp(
    `${NOT_IN_NUMBER}(?:(?:00|01|044|045|1|52|502|503|504)[ .-]?)?(?:\\(\\d{2,3}\\) ?|\\d{3}[ .-])\\d{3}[ .-]?\\d{4}${END}`,
    'gu',
  ),
  new RegExp(
    `${NOT_IN_NUMBER}(?:(?:01|044|045|52)[ .-]?)?\\(?\\d{2}\\)?[ .-](?!(?:19|20)\\d{2}[ .-](?:19|20)\\d{2})\\d{4}[ .-]\\d{4}${END}`,
    'gu',
  ),
  new RegExp(`${NOT_IN_NUMBER}\\d{10,13}${END}`, 'gu'),
  // 2222-3333 of Guatemala, Honduras, El Salvador; two years are none
  new RegExp(
    `${NOT_IN_NUMBER}(?:\\(?50[234]\\)?[ .-]?)?(?!(?:19|20)\\d{2}-(?:19|20)\\d{2})\\d{4}-\\d{4}${END}`,
    'gu',
  ),
  // whatever else stands behind a word for it
  new RegExp(`(?<!\\p{L})${CUE}(?!\\p{L})[^\\d\\n]{0,20}\\d(?:[ ().-]{0,2}\\d){6,13}${END}`, 'giu'),
];
