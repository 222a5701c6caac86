import { isCurp } from '../lib/text/curp.ts';
import type { Person } from '../signatures/signature.ts';
import { findName } from './name-in-words.ts';

/** In the order in which they are looked for: what one kind has found is not looked at again. */
const KINDS = ['curp', 'email', 'a-number', 'ssn', 'phone', 'address', 'name'] as const;
export type PersonalDataKind = (typeof KINDS)[number];
export type Finding = { kind: PersonalDataKind; text: string };

/** These are told by their look alone and may be something else: the writer who has looked may let them stand. */
const UNSURE: readonly PersonalDataKind[] = ['address', 'name'];

export function isUnsure(findings: readonly Finding[]): boolean {
  return findings.every(({ kind }) => UNSURE.includes(kind));
}

/** What cannot be seen, and could stand between two digits. */
const UNSEEN = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

const EMAIL = /(?<![^\s<>()"',;])[^\s<>()"',;@]{1,64}@[^\s<>()"',;@]{1,190}\.[^\s<>()"',;.@]{2,63}/gu;
/** Spelled out, as people do against machines. */
const SPELLED_EMAIL =
  /(?<![\w.+-])[\w.+-]{1,64}(?: ?[([](?:at|arroba)[)\]] ?[\w-]{1,63}(?: ?(?:[([](?:dot|punto)[)\]]|dot|punto|\.) ?[a-z]{2,20}){1,3}| (?:at|arroba) [\w-]{1,63}(?: (?:dot|punto) ?|\.)(?:com|org|net|edu|mx|gt|hn|sv|us|es|gob|gov)(?![a-z]))/giu;

const CURP_LIKE = new RegExp(
  [...'LVLLDDDDDDSLLLLLAD']
    .map((sign) => ({ L: '[A-ZÑ]', V: '[A-ZÑ]', D: '\\d', S: '[HMX]', A: '[A-Z0-9]' })[sign])
    .join('[ .-]?'),
  'giu',
);
const CURP = new RegExp(`(?<![\\p{L}\\p{N}])(?:${CURP_LIKE.source})(?![\\p{L}\\p{N}])`, 'giu');

/** A US alien registration number: A and 7 to 9 digits; with a blank only after a capital A, for "a 12 345 678" is Spanish. */
const A_NUMBER =
  /(?<![\p{L}\p{N}])(?:[Aa](?:[-#:]{1,2} ?)?|A )(?:\d{3}[- ]?\d{3}[- ]?\d{3}|\d{2}-?\d{3}-?\d{3}|\d{7})(?!\d|[.,]\d)|\b(?:alien (?:registration )?(?:number|no\.?)|a-number|número de extranjero)\b[^\d\n]{0,12}\d[\d -]{5,12}\d/gu;

const SSN =
  /(?<![\p{L}\d][-.]?)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![-.]?\d)|\b(?:ssn|social security|seguro social)\b[^\d\n]{0,20}\d{3}[- ]?\d{2}[- ]?\d{4}(?!\d)/giu;

const CUE =
  '(?:tel(?:s|éfonos?|efonos?|ephone)?|cel(?:ular|s)?|m[óo]vil|phone|mobile|cell|whats ?app|wsp|wapp|call|text|ll[aá]m[ae]\\p{L}*|m[áa]r(?:ca|que)\\p{L}*|sms)';
const NOT_IN_NUMBER = '(?<![\\p{L}\\d.,/-])';
const END = '(?![\\d]|[.,/-]\\d)';
const PHONES = [
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

const EN_STREET =
  'Street|Avenue|Road|Boulevard|Lane|Drive|Court|Circle|Highway|Terrace|Parkway|Place|Way|St|Ave|Rd|Blvd|Ln|Dr|Ct|Hwy|Pkwy';
const NO_STREET =
  'the|a|an|on|by|in|of|at|per|to|from|and|or|with|for|is|are|were|was|each|every|another|this|that|no|children|child|people|percent|migrants|minutes|hours|days|years|times|miles|more|other';
const NO_NUMBER =
  'd[íi]as?|a[ñn]os?|meses|mes|semanas?|horas?|noches?|veces|ni[ñn][oa]s?|adolescentes|personas?|familias?|menores|minutos?|migrantes|mil|por|de';
const ES_STREET =
  'calle|avenida|av\\.?|bulevar|blvd\\.?|calzada|privada|cerrada|callejón|callejon|prolongación|andador|carretera|autopista';
const NO_NAME =
  'hace|durante|por|con|más|mas|un|una|unos|unas|a|sin|desde|y|en|como|hay|casi|había|habia|son|solo|solos|sola|donde|que|cuando|tiene|vi|era|otros|otras';
const NUMBER_SIGN = '(?:#|n[oº°]\\.?|n\\.º|núm(?:ero|\\.)?|num(?:ero|\\.)?)';
const ADDRESSES = [
  // 123 Main Street, 1300 Pennsylvania Avenue NW
  new RegExp(
    `(?<![\\d.,])\\d{1,6}[A-Z]? (?:[NSEW]{1,2}\\.? )?(?:(?:\\p{Lu}[\\p{L}.'’-]*|\\d{1,3}(?:st|nd|rd|th)) ){1,4}(?:${EN_STREET}|${EN_STREET.toUpperCase()})(?!\\p{L})`,
    'gu',
  ),
  // 123 main st; a year before a street is none
  new RegExp(
    `(?<![\\d.,])(?!(?:19|20)\\d{2} )\\d{2,5} (?:(?!(?:${NO_STREET}) )(?:\\p{Ll}[\\p{L}.'’-]*|\\d{1,3}(?:st|nd|rd|th)) ){1,2}(?:street|avenue|boulevard|st|ave|rd|blvd|ln)(?!\\p{L})`,
    'gu',
  ),
  /(?<!\p{L})(?:apt|apartment|unit|suite|depto|departamento)\.? ?#? ?\d{1,4}[A-Za-z]?(?!\p{L})|(?<!\p{L})(?:p\.? ?o\.? box|apartado postal) ?#? ?\d+|(?<!\p{L})(?:c\.? ?p\.?|código postal|codigo postal|zip(?: code)?):? ?\d{5}(?!\d)/giu,
  // calle Hidalgo #45, av. morelos no. 3
  new RegExp(`(?<!\\p{L})(?:${ES_STREET})(?: [\\p{L}\\d.'’-]+){1,6}?,? ?${NUMBER_SIGN} ?\\d{1,5}`, 'giu'),
  // calle Hidalgo 45, Avenida 5 de Mayo 12
  new RegExp(
    `(?<!\\p{L})(?:${ES_STREET})(?! (?:${NO_NAME}) )(?: (?!(?:${NO_NAME}) )[\\p{L}\\d.'’-]+){1,5}?,? \\d{1,5}(?![\\d.,]*\\d| ?%)(?! (?:${NO_NUMBER})(?!\\p{L}))`,
    'giu',
  ),
];

/**
 * What in somebody's words tells who or where they, or another person, are. Said before an organiser reads
 * anything (law 11); by patterns, so it may miss one and may find one too many.
 */
export function findPersonalData({ name, words = '' }: Pick<Person, 'name' | 'words'>): Finding[] {
  let rest = words
    .normalize('NFKC')
    .replace(UNSEEN, '')
    .replace(/[\u2010-\u2015\u2212]/gu, '-');
  rest = rest.replace(/[\t\p{Zs}]+/gu, ' ');
  const findings: Finding[] = [];
  const take = (kind: PersonalDataKind, pattern: RegExp, holds: (text: string) => boolean = () => true) => {
    rest = rest.replace(pattern, (text) => {
      if (!holds(text)) return text;
      findings.push({ kind, text: text.trim() });
      return ' … ';
    });
  };
  take('curp', CURP, isCurp);
  take('email', EMAIL);
  take('email', SPELLED_EMAIL);
  take('a-number', A_NUMBER);
  take('ssn', SSN);
  for (const pattern of PHONES) take('phone', pattern);
  for (const pattern of ADDRESSES) take('address', pattern);
  const named = findName(name, words);
  if (named) findings.push({ kind: 'name', text: named });
  return findings;
}
