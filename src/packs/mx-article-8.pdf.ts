import { formatList } from '../lib/format.ts';
import { createPdf, type Paper, type Pdf } from '../lib/pdf/pdf.ts';
import type { Pack } from './pack.ts';

/*
 * Spanish alone: a petition to an office of Mexico is made in Spanish. The page that it is downloaded from explains it
 * in both languages. Articles 8, 33 and 35, V: Constitución Política de los Estados Unidos Mexicanos. Four months: thesis
 * of jurisprudence 470, Apéndice al Semanario Judicial de la Federación 1917–1975; that they are no permission to wait:
 * record 254475, Tribunales Colegiados, Séptima Época, volume 79, sixth part, page 61.
 */
const ORDINALS = [
  'Primero',
  'Segundo',
  'Tercero',
  'Cuarto',
  'Quinto',
  'Sexto',
  'Séptimo',
  'Octavo',
  'Noveno',
];

export type PackPdfOptions = { paper: Paper; date: Date; petitionUrl: string };

/** A sheet that explains, the petition, and its copy for the stamp. Names no holder (law 9) and no supporter. */
export async function renderMexicanPack(pack: Pack, options: PackPdfOptions): Promise<Buffer> {
  const { paper, date, petitionUrl } = options;
  const name = pack.office.name.es;
  const pdf = await createPdf({
    paper,
    lang: 'es-MX',
    title: `Petición conforme al artículo 8o. constitucional: ${name}`,
    subject: 'Plantilla para que la lea una abogada o un abogado; no es asesoría jurídica',
    date,
    foot: (page, pages, part) =>
      part === 1
        ? 'Hoja de instrucciones: no se entrega'
        : `Petición conforme al artículo 8o. constitucional · página ${page} de ${pages}`,
  });
  writeInstructions(pdf, pack, petitionUrl);
  pdf.newPart();
  pdf.paragraph('Original', { align: 'right', size: 9 });
  writePetition(pdf, pack);
  pdf.newPart();
  pdf.paragraph('Copia para acuse de recibo', { align: 'right', size: 9 });
  pdf.frame(
    'Acuse de recibo (lo llena la oficina)',
    ['Sello, fecha, hora, folio y firma de quien recibe:'],
    70,
  );
  writePetition(pdf, pack);
  return pdf.end();
}

function writeInstructions(pdf: Pdf, { office, title }: Pack, petitionUrl: string): void {
  pdf.heading(1, 'Antes de usar esta petición');
  pdf.frame('Esto es una plantilla, no asesoría jurídica', [
    'Pida que la lea una abogada o un abogado antes de firmarla. Corrija lo que no corresponda a su caso.',
  ]);
  pdf.frame('Solo para personas con ciudadanía mexicana', [
    'En materia política, el artículo 8o. de la Constitución reserva el derecho de petición a la ciudadanía de la República, y el artículo 33 prohíbe a las personas extranjeras inmiscuirse en los asuntos políticos del país y permite expulsarlas. Si usted está en México y no tiene la ciudadanía mexicana, no firme ni entregue este escrito.',
  ]);
  pdf.heading(2, 'Cómo se usa');
  pdf.list(
    [
      'Imprima estas hojas. Escriba a mano su nombre, su domicilio para recibir la respuesta, el lugar y la fecha, y firme las dos copias.',
      `Entregue el original en la oficialía de partes de: ${office.name.es}. Pida que le sellen la copia, con fecha y folio, y guárdela.`,
      ...postalLines(office),
      'Informe el folio y la fecha a quien organiza esta campaña, si quiere que se cuenten en público los días sin respuesta. Su nombre no se publica.',
    ].map((text, n) => ({ mark: `${n + 1}.`, text })),
  );
  pdf.heading(2, 'Qué dice la ley sobre la respuesta');
  pdf.paragraph(
    'A toda petición debe recaer un acuerdo escrito de la autoridad a la que se dirige, y esta debe darlo a conocer en breve término (artículo 8o.). La Constitución no fija días. Una tesis de jurisprudencia dice que el derecho se viola sin duda cuando pasan más de cuatro meses (tesis 470, Apéndice 1917-1975); otra aclara que eso no autoriza a tardar cuatro meses (registro 254475). Responder no es conceder: la autoridad puede negar lo que se pide, con razones.',
  );
  pdf.paragraph(`Petición «${title}», con sus datos y fuentes: ${petitionUrl}`);
}

/** Only an address that is published, with where and when it was seen; none is guessed (law 9). */
function postalLines({ channels }: Pack['office']): string[] {
  const post = channels.find(({ kind }) => kind === 'post');
  if (!post) return ['No tenemos un domicilio publicado de esta oficina: búsquelo en su sitio oficial.'];
  const seen = [post.source, post.verifiedOn].filter(Boolean).join(', ');
  return [
    `Domicilio que encontramos publicado: ${post.value}${seen ? ` (${seen})` : ''}. Compruébelo antes de ir.`,
  ];
}

function writePetition(pdf: Pdf, pack: Pack): void {
  const { office, facts, laws, demands } = pack;
  pdf.heading(
    2,
    'Asunto: petición con fundamento en el artículo 8o. de la Constitución Política de los Estados Unidos Mexicanos',
  );
  pdf.blank('Lugar y fecha:');
  pdf.paragraph(`${office.name.es}\nPresente`, { bold: true, gap: 10 });
  pdf.blank('Nombre completo de quien suscribe:');
  pdf.blank('Domicilio para oír y recibir notificaciones:', 2);
  pdf.paragraph(
    'Quien suscribe, persona con ciudadanía mexicana, por mi propio derecho y con el domicilio arriba señalado para oír y recibir notificaciones, con fundamento en los artículos 8o. y 35, fracción V, de la Constitución Política de los Estados Unidos Mexicanos, por escrito y de manera pacífica y respetuosa, expongo:',
  );
  pdf.heading(2, 'Hechos');
  pdf.list(facts.map(({ text, period }, n) => ({ mark: `${n + 1}.`, text: `${text} Periodo: ${period}.` })));
  for (const [source, numbers] of factNumbersBySource(facts)) {
    pdf.paragraph(
      `Fuente de ${numbers.length === 1 ? 'este hecho' : 'los hechos'} (${formatList(numbers, 'es')}): ${source}.`,
    );
  }
  if (laws.length > 0) {
    pdf.heading(2, 'Fundamento');
    pdf.list(laws.map(({ name, text }) => ({ mark: '•', text: `${name}: ${text}` })));
  }
  pdf.heading(2, 'Petición');
  pdf.paragraph('Por lo expuesto, a esa autoridad atentamente solicito:');
  const asked = demands.map(({ text, follows }) =>
    follows
      ? `${text} (La fuente de los hechos no lo pide por separado a esa autoridad; quien suscribe sostiene que se desprende de lo que pide a ambos gobiernos.)`
      : text,
  );
  const answer =
    'Que recaiga a esta petición un acuerdo escrito, fundado y motivado, sobre cada uno de los puntos anteriores, y que se me dé a conocer en breve término en el domicilio señalado.';
  const points = [...asked, answer].map((text, n) => ({
    mark: '•',
    text: `${ORDINALS[n] ?? n + 1}. ${text}`,
  }));
  pdf.list(points.slice(0, -1));
  // The signature never stands on a page of its own: the last point goes along with it.
  pdf.needs(190);
  pdf.list(points.slice(-1));
  pdf.paragraph('Protesto lo necesario.');
  pdf.blank('Firma:');
  pdf.blank('Nombre:');
}

function factNumbersBySource(facts: Pack['facts']): [string, string[]][] {
  const numbered = facts.map(({ source }, n) => ({ source, number: String(n + 1) }));
  return [...Map.groupBy(numbered, ({ source }) => source)].map(([source, own]) => [
    source,
    own.map(({ number }) => number),
  ]);
}
