/** Streets and houses as people write them in the United States, Mexico and Central America. */

const EN_STREET =
  'Street|Avenue|Road|Boulevard|Lane|Drive|Court|Circle|Highway|Terrace|Parkway|Place|Way|St|Ave|Rd|Blvd|Ln|Dr|Ct|Hwy|Pkwy';
const NO_STREET =
  'the|a|an|on|by|in|of|at|per|to|from|and|or|with|for|is|are|were|was|each|every|another|this|that|no|children|child|people|percent|migrants|minutes|hours|days|years|times|miles|more|other';
const NO_NUMBER =
  'd[íi]as?|a[ñn]os?|meses|mes|semanas?|horas?|noches?|veces|ni[ñn][oa]s?|adolescentes|personas?|familias?|menores|minutos?|migrantes|mil|por|de|km|kil[óo]metros?|metros?|pesos|d[óo]lares|a\\.?m|p\\.?m';
const ES_STREET =
  'calle|avenida|av\\.?|avda\\.?|bulevar|blvd\\.?|calzada|calz\\.?|privada|priv\\.?|cerrada|callejón|callejon|prolongación|prolongacion|andador';
/** Words of the road too: only with "No." or "s/n" behind them are they where somebody lives. */
const ES_ROAD = `${ES_STREET}|carretera|carr\\.|autopista|circuito|retorno|camino`;
const NO_NAME =
  'hace|durante|por|con|más|mas|un|una|unos|unas|a|sin|desde|y|en|como|hay|casi|había|habia|son|solo|solos|sola|donde|que|cuando|tiene|vi|era|otros|otras';
const NUMBER_SIGN = '(?:#|n[oº°]\\.?|n\\.º|núm(?:ero|\\.)?|num(?:ero|\\.)?)';
/** Without a number: "s/n". */
const NO_HOUSE_NUMBER = '(?:s ?/ ?n|s\\. ?n\\.|sin n[úu]m(?:ero|\\.))';
const WORD = "[\\p{L}\\d.'’-]{1,30}";

export const ADDRESSES = [
  // 123 Main Street, 1300 Pennsylvania Avenue NW
  new RegExp(
    `(?<![\\d.,])\\d{1,6}[A-Z]? (?:[NSEW]{1,2}\\.? )?(?:(?:\\p{Lu}[\\p{L}.'’-]{0,30}|\\d{1,3}(?:st|nd|rd|th)) ){1,4}(?:${EN_STREET}|${EN_STREET.toUpperCase()})(?!\\p{L})`,
    'gu',
  ),
  // 123 main st; a year before a street is none
  new RegExp(
    `(?<![\\d.,])(?!(?:19|20)\\d{2} )\\d{2,5} (?:(?!(?:${NO_STREET}) )(?:\\p{Ll}[\\p{L}.'’-]{0,30}|\\d{1,3}(?:st|nd|rd|th)) ){1,2}(?:street|avenue|boulevard|st|ave|rd|blvd|ln)(?!\\p{L})`,
    'gu',
  ),
  /(?<!\p{L})(?:apt|apartment|unit|suite|depto|departamento|dpto)\.? ?#? ?\d{1,4}[A-Za-z]?(?!\p{L})|(?<!\p{L})(?:p\.? ?o\.? box|apartado postal) ?#? ?\d{1,6}|(?<!\p{L})(?:c\.? ?p\.?|código postal|codigo postal|zip(?: code)?):? ?\d{5}(?!\d)/giu,
  // calle Hidalgo s/n, Av. Juárez sin número
  new RegExp(
    `(?<!\\p{L})(?:${ES_ROAD})(?! (?:${NO_NAME}) )(?: (?!(?:${NO_NAME}) )${WORD}){1,6}?,? ${NO_HOUSE_NUMBER}(?!\\p{L})`,
    'giu',
  ),
  // Hidalgo s/n
  /(?<!\p{L})\p{Lu}[\p{L}.'’-]{1,30},? [sS] ?\/ ?[nN](?!\p{L})/gu,
  // calle Hidalgo #45, av. morelos no. 3
  new RegExp(`(?<!\\p{L})(?:${ES_ROAD})(?: ${WORD}){1,6}?,? ?${NUMBER_SIGN} ?\\d{1,5}`, 'giu'),
  // calle Hidalgo 45, Avenida 5 de Mayo 12; a year is none
  new RegExp(
    `(?<!\\p{L})(?:${ES_STREET})(?! (?:${NO_NAME}) )(?: (?!(?:${NO_NAME}) )${WORD}){1,5}?,? (?!(?:19|20)\\d{2}(?!\\d))\\d{1,5}(?![\\d.,]{0,20}\\d| ?%)(?! (?:${NO_NUMBER})(?!\\p{L}))`,
    'giu',
  ),
  // Mz 5 Lt 12, Mza. A, manzana 5 lote 12, SMz 4
  /(?<!\p{L})s?(?:mz|mza|mzna)s?\.? ?#?(?:\d{1,4}(?:[ -]?[A-Z])?|[A-Z])(?![\p{L}\p{N}])(?:,? (?:lt|lte|lote)s?\.? ?#?\d{1,4}[A-Z]?)?/giu,
  /(?<!\p{L})(?:super)?manzana ?#?(?:\d{1,4}|[A-Z]),? (?:lt|lte|lote)\.? ?#?\d{1,4}/giu,
  /(?<!\p{L})(?:lt|lte|lote)\.? ?#?\d{1,4}[A-Z]?,? (?:mz|mza|manzana)\.? ?#?(?:\d{1,4}|[A-Z])(?![\p{L}\p{N}])/giu,
  // Fracc. Los Pinos, Fraccionamiento Las Flores, U. Hab. Tlatelolco; "fracc. IV" is of a law
  /(?<!\p{L})(?:[Ff]racc\.?|FRACC\.?|[Ff]raccionamiento|[Uu]nidad [Hh]abitacional|U\. ?H(?:ab)?\.) (?![IVXLCDM]{1,7}(?![\p{L}]))(?:\p{Lu}[\p{L}.'’-]{1,30})(?: (?:de |del |la |las |los )?\p{Lu}[\p{L}.'’-]{1,30}){0,4}/gu,
  // domicilio conocido; who has none has no known address
  /(?<!(?:sin|ni|[úu]ltimos?|ning[úu]n|un|sus?|el|no \p{L}{2,12}|no (?:se|les?) (?:les? )?\p{L}{2,12}) )(?<!\p{L})dom(?:icilio|\.) conocido(?!\p{L})/giu,
  // 5a avenida 3-21, 12 calle 4-55 zona 1
  /(?<![\p{L}\p{N}])\d{1,3}(?:[aª]\.?)? (?:avenida|av\.|calle) (?:["“]?[A-Z]["”]?,? )?\d{1,3}-\d{1,3}(?!\d|-)/giu,
  // casa #12, casa número 4, casa no. 3
  new RegExp(`(?<!\\p{L})(?:casa|vivienda|house) (?:${NUMBER_SIGN}) ?\\d{1,5}(?!\\d)`, 'giu'),
];
