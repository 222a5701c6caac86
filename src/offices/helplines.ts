/**
 * Lines that families and people in need call: never a target, by no way. The lines and their own plea to be left alone:
 * acf.hhs.gov/orr/about/ucs/contact-info. Numbers are compared without their signs, words without accents and case.
 */
const NUMBERS = ['8002037001', '8008770404', '56581111'];

/** A blank may be missing, as in an address or a URL. */
const WORDS = [
  /(?:help|hot|crisis|life|tip|information|support|emergency) ?lines?(?: |$)/,
  /call ?cent(?:er|re)s?/,
  /orr ?ncc/,
  /(?:^| )(?:locatel|saptel|childline|childhelp)(?: |$)/,
  /linea ?(?:telefonica ?)?(?:nacional ?)?(?:de|para) ?(?:la )?(?:ayuda|apoyo|auxilio|emergencias?|crisis|vida|atencion|orientacion|denuncias?|informacion)/,
  /lineas? ?(?:de ?)?(?:mujeres|infantil|unam|contigo)/,
  /centro ?de ?(?:atencion ?telefonica|contacto ?telefonico|llamadas)/,
  /central ?de ?llamadas/,
  /(?:telefono|numero) ?de ?(?:ayuda|apoyo|auxilio|emergencias?|la ?esperanza)/,
];

/** Whether any of these names, addresses, URLs or sources says that it is a helpline. */
export function isHelplineText(...texts: readonly (string | undefined)[]): boolean {
  return texts.some((text) => text !== undefined && saysHelpline(text));
}

function saysHelpline(text: string): boolean {
  const words = text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
  if (WORDS.some((word) => word.test(words))) return true;
  const digits = text.replace(/[\s().+-]+/g, '');
  return NUMBERS.some((number) => digits.includes(number));
}
