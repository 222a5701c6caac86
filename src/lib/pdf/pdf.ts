import { createRequire } from 'node:module';
import { type Face, printable } from './text.ts';

/** ISO 216 and ANSI sheets: what offices of the world, and those of the United States and Mexico, print on. */
export const PAPERS = ['a4', 'letter'] as const;
export type Paper = (typeof PAPERS)[number];

export type PdfOptions = {
  paper: Paper;
  /** BCP 47 */
  lang: string;
  title: string;
  subject?: string;
  /** of the document; the same input with the same date gives the same bytes */
  date: Date;
  /** stands under every page; `part` counts from 1, pages within it (a part begins at the start and at `newPart`) */
  foot(page: number, pages: number, part: number): string;
};

type TextStyle = {
  bold?: boolean;
  size?: number;
  indent?: number;
  gap?: number;
  align?: 'left' | 'right' | 'center';
};

const MARGIN = 64;
const SIZE = 10.5;
const FOOT_SIZE = 8;
const LINE_GAP = 2.5;
const { resolve } = createRequire(import.meta.url);
const FACES: Record<Face, { regular: string; bold: string; scale: number }> = {
  standard: { regular: 'Helvetica', bold: 'Helvetica-Bold', scale: 1 },
  // Drawn larger than Helvetica of the same size. A document that has no need of it does not load it.
  wide: {
    regular: resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
    bold: resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
    scale: 0.92,
  },
};
const GREY = '#666666';

/**
 * A document of text, tagged for screen readers, in the fonts that every reader has; paragraphs with letters beyond Western
 * European ones are set in one that is carried along. Blocks are written in reading order. The library is loaded with the
 * first document: with its tables it takes 30 MB, which most processes never need.
 */
export async function createPdf(options: PdfOptions) {
  const { default: PDFDocument } = await import('pdfkit');
  const { paper, lang, title, subject, date, foot } = options;
  const doc = new PDFDocument({
    size: paper === 'a4' ? 'A4' : 'LETTER',
    margins: { top: MARGIN, bottom: MARGIN + 12, left: MARGIN + 4, right: MARGIN + 4 },
    pdfVersion: '1.7',
    bufferPages: true,
    tagged: true,
    displayTitle: true,
    lang,
    info: { Title: title, ...(subject && { Subject: subject }), Creator: 'Safe Passage', CreationDate: date },
  });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const partStarts = [0];
  const root = doc.struct('Document');
  doc.addStructure(root);

  /** Sets the type for a text. Answers what of it can be printed. */
  function setType(text: string, { bold = false, size = SIZE }: TextStyle = {}): string {
    const shown = printable(text);
    const { regular, bold: heavy, scale } = FACES[shown.face];
    doc.font(bold ? heavy : regular).fontSize(size * scale);
    return shown.text;
  }

  function write(text: string, style: TextStyle = {}): void {
    const { indent = 0, align = 'left' } = style;
    const shown = setType(text, style);
    doc.fillColor('black');
    const left = doc.page.margins.left + indent;
    const width = doc.page.width - left - doc.page.margins.right;
    doc.text(shown, left, doc.y, { width, align, lineGap: LINE_GAP });
  }

  /** Begins a page where less than so many points are left on this one. */
  function needs(height: number): void {
    if (doc.y + height > doc.page.height - doc.page.margins.bottom) doc.addPage();
  }

  function heading(level: 1 | 2 | 3, text: string, align: TextStyle['align'] = 'left'): void {
    const size = { 1: 17, 2: 12.5, 3: SIZE }[level];
    needs(size * 6);
    if (level > 1) doc.y += level === 2 ? 8 : 4;
    root.add(doc.struct(`H${level}`, {}, () => write(text, { bold: true, size, align })));
    doc.y += level === 1 ? 8 : 4;
  }

  /** Short text is not torn apart between two pages. */
  function needsText(text: string, style: TextStyle = {}): void {
    const { left, right } = doc.page.margins;
    const width = doc.page.width - left - right - (style.indent ?? 0);
    const height = doc.heightOfString(setType(text, style), { width, lineGap: LINE_GAP });
    needs(height < doc.page.height / 4 ? height : SIZE * 3);
  }

  function paragraph(text: string, style: TextStyle = {}): void {
    needsText(text, style);
    root.add(doc.struct('P', {}, () => write(text, style)));
    doc.y += style.gap ?? 6;
  }

  /** `mark` stands before each: a bullet, a number. */
  function list(items: readonly { mark: string; text: string }[]): void {
    const INDENT = 20;
    const all = doc.struct('L');
    root.add(all);
    for (const { mark, text } of items) {
      needsText(text, { indent: INDENT });
      const item = doc.struct('LI');
      all.add(item);
      const [top, page] = [doc.y, doc.page];
      item.add(doc.struct('Lbl', {}, () => write(mark)));
      if (doc.page === page) doc.y = top;
      item.add(doc.struct('LBody', {}, () => write(text, { indent: Math.max(INDENT, mark.length * 6) })));
      item.end();
      doc.y += 4;
    }
    all.end();
    doc.y += 3;
  }

  /** Somebody else's words, apart from ours by a bar; in the language that they are written in (BCP 47). */
  function quotation(label: string, paragraphs: readonly string[], spoken: string): void {
    needs(SIZE * 4);
    const quote = doc.struct('BlockQuote');
    root.add(quote);
    quote.add(doc.struct('P', {}, () => write(label, { bold: true })));
    for (const text of paragraphs) {
      needsText(text, { indent: 14 });
      quote.add(doc.struct('P', { lang: spoken }, () => write(text, { indent: 14 })));
    }
    quote.end();
    doc.y += 7;
  }

  /** A label, and so many ruled lines to write on. */
  function blank(label: string, lines = 1): void {
    const height = 22;
    needs(height * lines + SIZE * 2);
    root.add(doc.struct('P', {}, () => write(label, { size: 9 })));
    for (let line = 0; line < lines; line += 1) {
      doc.y += height;
      drawing(() => {
        const { left, right } = doc.page.margins;
        doc
          .moveTo(left, doc.y - 2)
          .lineTo(doc.page.width - right, doc.y - 2)
          .lineWidth(0.6)
          .stroke('black');
      });
    }
    doc.y += 8;
  }

  /** Text in a frame: a notice, or the place for a stamp. */
  function frame(title: string, paragraphs: readonly string[], roomBelow = 0): void {
    const { left, right } = doc.page.margins;
    const PADDING = 10;
    const width = doc.page.width - left - right;
    const inner = width - 2 * PADDING;
    const height =
      [title, ...paragraphs].reduce(
        (sum, text) => sum + doc.heightOfString(setType(text), { width: inner - 8, lineGap: LINE_GAP }) + 4,
        2 * PADDING + 6,
      ) + roomBelow;
    needs(height);
    const top = doc.y;
    drawing(() => doc.rect(left, top, width, height).lineWidth(1).stroke('black'));
    doc.y = top + PADDING;
    const section = doc.struct('Sect');
    root.add(section);
    const style = { indent: PADDING };
    const margin = doc.page.margins.right;
    doc.page.margins.right = margin + PADDING;
    section.add(doc.struct('P', {}, () => write(title, { ...style, bold: true })));
    for (const text of paragraphs) {
      doc.y += 4;
      section.add(doc.struct('P', {}, () => write(text, style)));
    }
    section.end();
    doc.page.margins.right = margin;
    doc.y = top + height + 12;
  }

  /** What a screen reader passes over. */
  function drawing(draw: () => void): void {
    doc.markContent('Artifact', { type: 'Layout' });
    draw();
    doc.endMarkedContent();
  }

  function writeFeet(): void {
    const { start, count } = doc.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      doc.switchToPage(start + page);
      const part = partStarts.filter((first) => first <= page).length;
      const first = partStarts[part - 1] ?? 0;
      const after = partStarts[part] ?? count;
      const { left, right, bottom } = doc.page.margins;
      // Below the margin pdfkit would begin another page.
      doc.page.margins.bottom = 0;
      doc.markContent('Artifact', { type: 'Pagination' });
      const shown = setType(foot(page - first + 1, after - first, part), { size: FOOT_SIZE });
      doc.fillColor(GREY);
      doc.text(shown, left, doc.page.height - bottom + 16, {
        width: doc.page.width - left - right,
        align: 'center',
        lineBreak: true,
      });
      doc.endMarkedContent();
      doc.page.margins.bottom = bottom;
    }
  }

  function newPart(): void {
    partStarts.push(doc.bufferedPageRange().count);
    doc.addPage();
  }

  async function end(): Promise<Buffer> {
    const ended = new Promise<void>((resolve, reject) => {
      doc.on('end', resolve);
      doc.on('error', reject);
    });
    root.end();
    writeFeet();
    doc.end();
    await ended;
    return Buffer.concat(chunks);
  }

  return {
    heading,
    paragraph,
    list,
    quotation,
    blank,
    frame,
    needs,
    newPart,
    end,
  };
}
export type Pdf = Awaited<ReturnType<typeof createPdf>>;
