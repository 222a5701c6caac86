import type { Locale } from '../../src/lib/locales.ts';

/** Made up for the tests, after what people write to offices; nobody wrote them. */
export const CORPUS: Record<string, Record<Locale, readonly string[]>> = {
  family: {
    en: [
      'A little girl was two hours away from her mother in Houston when she was put on a plane back. Let families be together.',
      'My grandmother raised me because my parents worked far away. No child should have to wonder if she will see her mother again.',
      'These kids are not strangers. They have an aunt, a father, a brother waiting in a kitchen with a plate already on the table.',
      'I was separated from my father at nine. I am fifty now and I still wait at windows. Reunite the families.',
      'Call the parents first. If there is a mother in Texas who can sign for her son, let her sign and let him go home.',
      'A child belongs with family. My cousins took in our nephew and he is now the best student in his class.',
      'What would you do if it were your daughter who could not embrace her mother? Reunification is not a favor to families.',
      'The brothers held hands through the whole trip so nobody could separate them. Then an office did. Bring them back to their family.',
    ],
    es: [
      'Mi sobrino viajó para abrazar a su mamá, que trabaja en Dallas desde hace seis años. Lo regresaron sin llamarle a la familia.',
      'Ninguna niña debería crecer lejos de su madre por un trámite. Déjenla reunirse con su familia.',
      'Mis padres se fueron cuando yo tenía cuatro años y me crió mi abuela. Por eso pido que las familias puedan estar juntas.',
      'Llamen primero a la tía, al papá, a los hermanos mayores. Siempre hay una familia esperando del otro lado.',
      'Separar a dos hermanos que cruzaron tomados de la mano es una crueldad. Que los reúnan con su padre.',
      'Soy madre de tres hijos. No hay noche en que no piense en las madres que esperan una llamada. Reencuentro ya.',
      'El abrazo de una madre vale más que cualquier sello. La reunificación con la familia debe ser lo primero.',
      'Mi hija tiene diez años, igual que el niño que devolvieron. Quiero que él también pueda abrazar a su papá.',
    ],
  },
  safety: {
    en: [
      'The gang killed her brother and threatened her at school. Sending her back to that street is sending her into danger.',
      'He told the agents that men with guns were waiting for him. Returning a boy to that violence could kill him.',
      'I am afraid for the children dropped off at a bus station at midnight with nobody to meet them. Kidnappers know the hour.',
      'A teenager in our town was murdered eleven days after being sent back. The threats were written down in his file.',
      'No child is safe in a place run by gangs. Do not put them in harm and call it a procedure.',
      'Violence does not end at the border bridge. Children returned at night have been kidnapped before morning.',
      'She fled because of death threats. What is the risk you are willing to take with a girl of twelve?',
      'Danger is not an abstract word for these kids: it has names, weapons and a street corner. Keep them safe.',
    ],
    es: [
      'A mi vecino lo amenazó la pandilla a los trece años. Devolverlo fue ponerlo en peligro de muerte.',
      'La violencia de las maras no es un cuento. Quien regresa a una niña a esa calle la pone en riesgo.',
      'Los dejan de noche en el puente, sin nadie que los espere, donde ya los aguardan para secuestrarlos. Eso es peligro.',
      'Mataron a su primo y después lo amenazaron a él. ¿Cómo pueden decir que allá está seguro?',
      'Tengo miedo por esos muchachos. La pandilla sabe a qué hora llega el autobús de los devueltos.',
      'No los manden al peligro. Un niño asesinado a las dos semanas de volver no es una cifra.',
      'Huyó de amenazas de muerte y la regresaron al mismo barrio. La seguridad de una niña no se negocia.',
      'El riesgo es real: secuestro, violencia, extorsión. Ningún niño debe volver a donde lo quieren matar.',
    ],
  },
  asylum: {
    en: [
      'Nobody asked the boy if he wanted asylum. He did not know the word. An interview in his own language would have taken an hour.',
      'Asylum is for exactly these children. Let them apply, give them an interpreter and listen to the whole claim.',
      'A refugee child at the southern border waits months for one interview. Give COMAR the staff to hear asylum claims.',
      'She speaks Mam, and the form was in Spanish. Without an interpreter there is no asylum interview at all.',
      'Please open the door to asylum. A claim by a child must be heard before any plane, not after it.',
      'Refugees of fourteen cannot fill in an application alone. Give each of them someone who explains asylum in plain words.',
      'My church helps asylum applicants. The children who get an interview with an interpreter are nearly always believed.',
      'Let them ask for refuge at the border. An application for asylum is not a crime and never was.',
    ],
    es: [
      'Nadie le explicó que podía pedir asilo. La entrevista duró cinco minutos y sin intérprete.',
      'El asilo existe para estas niñas y estos niños. Reciban su solicitud y escuchen la entrevista completa.',
      'Hablaba solo mam y le dieron una solicitud en español. Sin intérprete no hay asilo.',
      'La COMAR necesita personal para que ninguna solicitud de refugio espere un año. Cada entrevista importa.',
      'En la frontera sur vi a muchachos refugiados esperar meses una entrevista de asilo. Atiendan sus solicitudes.',
      'Pedir asilo no es delito. Que le den a cada solicitante un intérprete y una entrevista de verdad.',
      'Acompaño a personas refugiadas y sé que una solicitud bien escuchada cambia todo. Abran el asilo a la niñez.',
      'Antes de cualquier avión, la entrevista de asilo. Un niño refugiado debe poder contar su historia en su idioma.',
    ],
  },
  detention: {
    en: [
      'My students drew the cell they slept in: a cold floor, a foil blanket, the lights on all night.',
      'A locked room is no place for a seven year old. Close the cells and use shelters with beds and open doors.',
      'They call it a station, but there are bars and guards and children sleeping on a concrete floor. That is detention.',
      'He was detained for nine nights in a cold cell and nobody told him why. He still sleeps with the lights on.',
      'Detention harms children even when it is short. Every doctor says so. Use open shelters instead of locked rooms.',
      'Foil blankets, cold floors, lights that never go out: no detained child should remember a country like this.',
      'Please end the detention of children. A shelter costs less than a cell and a child can sleep there.',
      'I cleaned one of those detention centers. There were small shoes outside the locked cells every night.',
    ],
    es: [
      'Durmieron en el piso frío de una celda, con la luz encendida toda la noche. Eso no es un albergue, es detención.',
      'La estación migratoria tiene rejas y candados. Un niño no debe estar detenido ni una noche.',
      'Cierren las celdas y abran albergues con camas y puertas abiertas. El encierro enferma.',
      'Estuvo detenida nueve noches en una celda y todavía duerme con la luz prendida.',
      'Trabajé de limpieza en una estación: vi zapatos chiquitos afuera de la celda, en el piso, cada noche.',
      'El encierro de niñas y niños debe terminar. Un albergue cuesta menos que una celda fría.',
      'Cobijas de aluminio, pisos fríos, luces que no se apagan. Así recuerda mi alumno su detención.',
      'Detener a un niño de siete años en un cuarto cerrado no protege a nadie. Albergues sí, celdas no.',
    ],
  },
  law: {
    en: [
      'The law already says that the best interests of the child come first. I only ask that the law be obeyed.',
      'You signed treaties. A convention is not a poster for the lobby; it is an obligation of the state in court.',
      'Every child has the right to a lawyer and a judge before being returned. That is due process, not a luxury.',
      'As an attorney I have read the statute many times. It requires a screening, and a court should enforce it.',
      'The constitution and the convention protect these rights. A judge would stop these returns in an afternoon.',
      'Rights on paper are worth nothing without a lawyer. Give each child legal counsel and a hearing before a judge.',
      'Obey your own law. The statute of 2008 is clear, and so is the convention on the rights of the child.',
      'International law forbids it, the courts have said so, and the obligation is yours. Respect the treaty.',
    ],
    es: [
      'La ley ya dice que el interés superior de la niñez es primero. Solo pido que se cumpla la ley.',
      'México firmó la convención. Un tratado es una obligación ante los tribunales, no un adorno.',
      'Toda niña tiene derecho a una abogada y a una jueza antes de cualquier devolución. Eso es el debido proceso.',
      'Soy abogado y he leído la ley general muchas veces. Es clara: la obligación del Estado es proteger derechos.',
      'La Constitución y la convención amparan estos derechos. Un juez detendría las devoluciones en una tarde.',
      'Los derechos en papel no sirven sin un abogado. Que cada niño tenga defensa legal y audiencia ante un tribunal.',
      'Cumplan su propia ley. La reforma de 2020 es clara y el tratado también: hay obligaciones.',
      'Lo prohíbe el derecho internacional y lo han dicho los tribunales. Respeten la convención y la ley.',
    ],
  },
};

/** Each text with the theme that it was written for. */
export function corpusVoices(): { ref: string; words: string; theme: string; locale: Locale }[] {
  return Object.entries(CORPUS).flatMap(([theme, byLocale]) =>
    (['en', 'es'] as const).flatMap((locale) =>
      byLocale[locale].map((words, n) => ({ ref: `${theme}-${locale}-${n}`, words, theme, locale })),
    ),
  );
}

/** Longer texts in any number: sentences of one theme, now and then one of another, in an order that the number gives. */
export function manyVoices(
  count: number,
  longest = 2_000,
): { ref: string; words: string; theme: string; locale: Locale }[] {
  const themes = Object.keys(CORPUS);
  const next = numbers(20_261_124);
  return Array.from({ length: count }, (_, n) => {
    const theme = themes[n % themes.length] ?? '';
    const locale = next() < 0.5 ? 'en' : 'es';
    const length = 40 + Math.floor(next() ** 2 * (longest - 40));
    let words = '';
    while (words.length < length) {
      const from = next() < 0.9 ? theme : (themes[Math.floor(next() * themes.length)] ?? theme);
      const sentences = (CORPUS[from]?.[locale] ?? []).join(' ').split(/(?<=[.?!]) /);
      words += `${sentences[Math.floor(next() * sentences.length)]} `;
      // A word of one's own, as everybody has.
      if (next() < 0.5) words += `${syllables(next)} ${syllables(next)} ${syllables(next)}. `;
    }
    return { ref: `r${n.toString(36)}`, words: words.slice(0, longest).trim(), theme, locale };
  });
}

function syllables(next: () => number): string {
  const all = 'ba ce di fo gu ha ji ke lo mu na pe qui ro su ta ve xi yo zu'.split(' ');
  return Array.from({ length: 3 }, () => all[Math.floor(next() * all.length)]).join('');
}

/** A sequence between 0 and 1 that is the same at every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
