import type { Locale } from '../lib/locales.ts';

/** Words that stand in every text and tell nothing of its theme, folded as `foldWord` folds. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  // English
  (
    'a about above after again against all almost along already also although always am an and another any anyone ' +
    'anything are around as ask asked asking at away back be became because become been before behind being below ' +
    'between both but by came can cannot come could day days did do does doing done dont down each either else enough ' +
    'even ever every everyone everything few first for from get gets getting give given go goes going gone good got ' +
    'great had has have having he her here hers herself him himself his how however i if im in into is isnt it its ' +
    'itself just keep kept know known last let lets like long look lot made make makes making many may maybe me mean ' +
    'might mine more most much must my myself need needs never new no nobody none nor not nothing now of off often on ' +
    'once one only onto or other others our ours ourselves out over own part people person please put really said ' +
    'same saw say says see seen shall she should since so some someone something soon still stop such sure take taken ' +
    'than that thats the their theirs them themselves then there these they thing things think this those though ' +
    'through time times to today together told too took toward tried try two under until up upon us use used very ' +
    'want wants was way we well went were what when where whether which while who whoever whole whom whose why will ' +
    'with within without wont would year years yes yet you your yours yourself ' +
    // Spanish
    'ahi ahora al algo alguien algun alguna algunas alguno algunos alla alli ambos ante antes aquel aquella aquellas ' +
    'aquellos aqui asi aun aunque bajo bien cada casi como con contra cosa cosas cual cuales cualquier cuando cuanto ' +
    'da dan dar de deben debe deber deberia decir deja dejar dejen del demas dentro desde despues dia dias dice dicen ' +
    'dijo dio donde dos e el ella ellas ellos en entonces entre era eran eres es esa esas ese eso esos esta estaba ' +
    'estaban estado estamos estan estar estas este esto estos estoy estuvo favor fue fueron fui gente gran grande ' +
    'ha haber habia habian hace hacemos hacen hacer hacia hago han hasta hay haya he hecho hemos hizo hoy iba igual ' +
    'ir jamas la las le les lo los luego mal mas me mejor mi mia mientras mio mis misma mismas mismo mismos mucha ' +
    'muchas mucho muchos muy nada nadie ni ninguna ninguno no nos nosotros nuestra nuestras nuestro nuestros nunca o ' +
    'otra otras otro otros para parece parte pedimos pedir pero persona personas pido pocas poco pocos poder podemos ' +
    'podria por porque primero pude pudo puede pueden puedo pues que queda quedo quien quienes quiere quieren quiero ' +
    'quiza se sea sean segun ser sera si sido siempre sigue sin sino sobre sola solo somos son soy su sus suyo tal ' +
    'tambien tan tanto te tener tengo tenia tiene tienen toda todas todavia todo todos tras tu tuve tuvo tus un una ' +
    'unas uno unos usted ustedes va vamos van varias varios vas veces ver vez vi vio voy y ya yo alto basta'
  ).split(' '),
);

/**
 * Words of both languages that mean one thing in letters of this kind, English before the bar: what a person writes in
 * Spanish stands in the theme of those who write it in English. A word that is missing costs nothing but that. Words
 * with ñ stand there without it too, as they are typed on other keyboards. The first word of each language is written as
 * it is shown, to an office that reads another language than the writers'.
 */
const SAME_MEANING = `
family families|familia familiar familiares
mother mom mothers mum|madre mama madres
father dad fathers parent parents|padre papa padres
child children kid kids childhood|niño niña niños niñas niñez nino nina ninos ninas ninez infancia
brother sister brothers sisters siblings|hermano hermana hermanos hermanas
son daughter sons daughters|hijo hija hijos hijas
grandmother grandfather grandparents grandma|abuela abuelo abuelos
aunt uncle|tía tio
cousin cousins|primo prima primos
reunite reunited reunification reunion reunify|reunir reunirse reunificacion reencuentro reencontrarse
separate separated separation|separar separado separados separacion
embrace hug hugs|abrazo abrazar abrazos
home homes house|hogar casa casas
safe safety safely|seguro segura seguros seguridad
danger dangerous dangers|peligro peligroso peligrosa peligros
violence violent|violencia violento violenta
fear afraid scared|miedo temor temen
threat threats threatened threaten|amenaza amenazas amenazado amenazaron
gang gangs|pandilla pandillas mara maras
death die died dead|muerte morir murio muerto
kill killed murder murdered|matar mataron asesinar asesinaron asesinado
risk risks|riesgo riesgos
harm harmed hurt|daño daños danos lastimar
kidnap kidnapped kidnapping|secuestro secuestrar secuestraron secuestrado
asylum|asilo
refuge refugee refugees|refugio refugiado refugiados refugiada
protect protection protected|proteger proteccion protegido protegidos
interview interviews|entrevista entrevistas entrevistar
hearing hearings heard listen listened|audiencia audiencias escuchar escuchado escucharon escucha
claim claims application applications apply|solicitud solicitudes solicitar
border borders|frontera fronteras
detention detain detained detains|detención detener detenido detenidos detenida
cell cells|celda celdas
cage cages|jaula jaulas
cold|frío fria
floor floors|piso suelo
jail prison prisons jails|cárcel prision carceles
lock locked|encerrar encerrado encerrados encierro encerrada
night nights|noche noches
sleep sleeping slept|dormir durmiendo durmio duermen
light lights|luz luces
shelter shelters|albergue albergues
law laws|ley leyes
legal lawful legally|legal legales legalmente
right rights|derecho derechos
court courts|corte cortes tribunal tribunales juzgado
judge judges|juez jueza jueces
lawyer lawyers attorney attorneys|abogado abogada abogados
constitution constitutional|constitución constitucional
convention conventions|convención convenciones
treaty treaties|tratado tratados
justice|justicia
obligation obligations duty|obligación obligaciones deber
interest interests|interés intereses
return returned returning returns|devolver devolucion devoluciones devuelto devueltos devuelven
deport deported deportation deportations|deportar deportacion deportaciones deportado deportados
government governments|gobierno gobiernos
country countries|país paises
school schools|escuela escuelas
teacher teachers|maestra maestro maestros
work job jobs working|trabajo trabajar trabajos
journey trip road walk walked|viaje camino caminar camino
church churches|iglesia iglesias
faith|fe
god|dios
money cost costs tax taxes|dinero impuesto impuestos costo
health healthy|salud
doctor doctors nurse|médico doctora enfermera medicos
trauma traumatic|trauma traumas
neighbor neighbors|vecino vecina vecinos
community communities town|comunidad comunidades pueblo
love|amor
hope|esperanza
future|futuro
dream dreams|sueño sueños suenos
interpreter interpreters language|intérprete interpretes idioma lengua
river|río
desert|desierto
train trains|tren trenes
street streets|calle calles
police|policía policias
agent agents officer officers official officials|agente agentes funcionario funcionarios
life lives|vida vidas
world|mundo
war|guerra
poverty poor|pobreza pobre pobres
hunger hungry food|hambre comida
water|agua`;

/** One meaning: its words in each language. */
export const MEANINGS: readonly Record<Locale, readonly string[]>[] = SAME_MEANING.trim()
  .split('\n')
  .map((line) => {
    const [en = '', es = ''] = line.split('|');
    return { en: en.split(' '), es: es.split(' ') };
  });
