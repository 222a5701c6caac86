import { LOCALES } from '../lib/locales.ts';
import { COUNTRY_CODES, countryName, regionName, regionsOf } from '../lib/places.ts';
import { withoutAccents } from '../lib/text/fold.ts';

/** Small words within names. They tell of nobody, and may stand between two parts of a name. Without marks. */
export const PARTICLES: ReadonlySet<string> = new Set(
  'de del la las los el lo le y e i a al da das do dos di du des van von der den ten ter san santa santo saint st mac mc bin ibn ben jr sr ii iii'.split(
    ' ',
  ),
);

/** What is named after a saint or a place: "San Juan", "Ciudad Juárez". */
export const NAMED_AFTER: ReadonlySet<string> = new Set(
  'san santa santo saint st ciudad cd puerto villa fray virgen señor fort port new north south east west nuevo nueva'.split(
    ' ',
  ),
);

/**
 * Names that are everyday words of Spanish or English, days, months, feasts, places: one of them alone says nothing of its
 * writer. Without accents; ñ is a letter, and Peña is not pena.
 */
const WORDS = `
angel angeles dios jesus cristo cristian christian cristiano maria virgen espiritu ascension asuncion concepcion encarnacion natividad
navidad noel pascua pascual trinidad santos reyes cruz rosario salvador redentor milagro milagros gracia gracias gloria gloriosa
guadalupe carmen pilar mercedes remedios socorro auxilio consuelo consolacion dolores angustias soledad amparo refugio
esperanza caridad fe paz luz alma vida sol luna estrella cielo mar rio rios marina aurora alba amanecer nieves nieve
libertad victoria justicia justo justa justino verdad amor amores amado amada alegria felicidad feliz felices fortuna bonanza prudencia
clemencia piedad paciencia inocencia inocente inocencio constancia modesto modesta perfecto perfecta humildad bienvenido bienvenida
buenaventura domingo lunes martes miercoles jueves viernes sabado enero febrero marzo abril mayo junio julio agosto septiembre setiembre
octubre noviembre diciembre primavera verano otoño invierno
blanca blanco negro negra rojo roja rosa rosas rubio rubia moreno morena castaño pardo prieto dorado plata oro
flor flores margarita violeta azucena jazmin dalia lirio begonia hortensia camelia amapola clavel palma palmas oliva olivo olivos
manzano manzanares naranjo pino pinos robles roble castillo castillos palacios iglesia iglesias torre torres puerta puertas puente
puentes fuente fuentes plaza campo campos prado prados valle valles vega vegas monte montes sierra cerro cueva cuevas laguna lagos
arroyo rivera ribera costa islas isla playa playas bosque bosques selva huerta huertas huerto casa casas calle camino caminos paso
pena penas roca rocas piedra tierra arena arenas barrio pueblo villa villas aldea mundo nieto nieta hermano hermana niño niña niños
niñas bebe padre madre hijo hija primo sobrino amigo vecino abad obispo monje fraile cura rey reina duque marques conde caballero
guerra guerrero batalla soldado capitan sargento alcalde juez abogado alguacil escribano maestre maestro pastor zapatero herrero
herrera molina molino carpintero carrera correa vaca toro lobo leon cordero paloma aguila gallo gallego delgado gordo calvo rico
pobre bravo leal franco cortes alegre sereno serena duro fuerte bueno buena mejor mayor menor segundo tercero primero primera
nuevo nueva vivo vivas bello bella linda lindo dulce clara claro blas celeste azul perla gema rubi esmeralda coral cristal diamante
reina princesa alteza patria patricia nacional mexicano mexicana españa frances aleman ingles moro romano troncoso ventura
hidalgo morelos juarez madero zapata carranza cardenas durango merida toledo cordoba granada sevilla madrid barcelona zaragoza
valencia burgos avila lugo segovia tapia tijuana monterrey reynosa laredo matamoros tapachula celaya saltillo torreon toluca cancun
belen jerusalen israel jordan roma paris londres florencia santiago lima bogota caracas managua tegucigalpa antigua
america africa asia europa centroamerica oriente occidente norte sur este oeste poniente
ley leyes justo derecho derechos corte estado patrono presidente ministro oficial
no si que quien cuando como donde para por con sin sobre desde hasta entre mas muy ya yo tu usted nos mi su esto esta este eso
ella ellas ellos nosotros todo toda todos todas nada nadie cada otro otra mucho mucha pocos pocas tanto solo sola
will may can must art hope faith grace joy love peace charity mercy patience prudence justice honor honour liberty constance verity
felicity destiny harmony melody serenity trinity angel angels heaven christian christ god lord mark bill rob pat jack frank grant rich
chase drew dean earl duke prince king queen knight noble bishop pope priest deacon abbot church cross temple chapel
sunday monday tuesday wednesday thursday friday saturday january february march april june july august september october november
december spring summer autumn winter dawn eve evening star sky sunny sun moon rain storm snow frost day days night knight
white black brown green gray grey blue red gold golden silver rose lily daisy violet ivy iris holly hazel heather ginger olive
basil sage rosemary jasmine poppy willow ash forest woods wood grove glen dale hill hills cliff stone rock stones ridge field fields
brook brooks river rivers lake lakes bay shore marsh meadow heath moor pond pool banks bridge bridges gates house houses hall
park parks street lane way west east north south england ireland scotland wales france holland london york boston austin dallas
houston denver lincoln washington jackson madison jefferson hamilton franklin monroe cleveland memphis phoenix brooklyn bronx
chelsea carolina dakota virginia georgia florida texas india china kenya sydney lourdes
young old long short small little good best better strong hardy sharp swift bright moody savage wise wild sweet self
love moore power powers price page pages case law laws court judge grace mason carter hunter fisher baker cook taylor smith potter
miller farmer gardner gardener shepherd carpenter turner cooper porter parker butler marshall sheriff sergeant major general guard
guards child children son brother sister father mother mann man men ward bond bell ball cannon drum hand hands head foot heart
bird birds fox wolf lamb bull buck hawk crane dove robin wren jay finch drake swan bear lion fish pike bass
ray beam ruby pearl amber opal coral crystal diamond jade gem jewel penny nickel dime buck cash dollar
say see stay walk walker work works rush hunt hurt reed read speed farewell welcome waters water wells well
the and but for not with from when where what who why how this that these those they them their there here she her his him you your
our all any each every some one two first last more most please thank thanks help yes never always once
`;

const COMMON: ReadonlySet<string> = new Set([...WORDS.trim().split(/\s+/), ...placeWords()]);

/** `part`: in lower case, without accents, with its ñ. */
export function isCommonWord(part: string): boolean {
  return COMMON.has(part) || PARTICLES.has(part);
}

/** Every word of the name of a country or a state, as they are written in either language. */
function placeWords(): string[] {
  const names = LOCALES.flatMap((locale) =>
    COUNTRY_CODES.flatMap((country) => [
      countryName(country, locale),
      ...regionsOf(country).map(({ code }) => regionName(code, locale)),
    ]),
  );
  return names.flatMap((name) => withoutAccents(name.toLowerCase()).match(/[\p{L}\p{M}]+/gu) ?? []);
}
