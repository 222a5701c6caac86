import { convert, type FormatCallback, type HtmlToTextOptions } from 'html-to-text';

const BLOCKS = [
  'address', 'caption', 'center', 'dd', 'details', 'dl', 'dt', 'fieldset', 'figcaption', 'figure', 'hgroup', 'legend',
  'summary', 'table', 'tbody', 'tfoot', 'thead', 'tr',
]; // biome-ignore format: one list

/** A cell, and a blank that nothing swallows: else the words of two cells are one. */
const cell: FormatCallback = (element, walk, builder) => {
  builder.addInline(' ');
  walk(element.children, builder);
  builder.addInline(' ');
};

const OPTIONS: HtmlToTextOptions = {
  wordwrap: false,
  limits: { maxDepth: 300, ellipsis: ' … ' },
  formatters: { cell },
  selectors: [
    ...BLOCKS.map((selector) => ({
      selector,
      format: 'block',
      options: { leadingLineBreaks: 1, trailingLineBreaks: 1 },
    })),
    ...['td', 'th'].map((selector) => ({ selector, format: 'cell' })),
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ...['img', 'head', 'title', 'noscript'].map((selector) => ({ selector, format: 'skip' })),
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true } },
  ],
};

/** What a reader sees of an HTML part, line by line. Its caller cuts it: half a megabyte takes most of a second. */
export function htmlToWords(shown: string): string {
  try {
    return convert(shown, OPTIONS);
  } catch {
    // Nested beyond all measure.
    return shown.replaceAll(/<[^<>]{0,2000}>/g, ' ');
  }
}

/** A picture that is written into its tag. */
const PICTURE = /data:[\w/+.-]{1,60};base64,[A-Za-z0-9+/=]+/g;

/** Styles, scripts, comments and pictures, which some programs write by the hundred kilobytes before the first word. */
export function shownOf(html: string): string {
  const unseen = [
    ['<!--', '-->'],
    ['<style', '</style>'],
    ['<script', '</script>'],
  ] as const;
  const shown = unseen.reduce((text, [begin, end]) => without(text, begin, end), html);
  return shown.replaceAll(PICTURE, '');
}

function without(html: string, begin: string, end: string): string {
  const folded = html.toLowerCase();
  // Some letters become two in lower case: then places no longer agree.
  if (folded.length !== html.length || !folded.includes(begin)) return html;
  let kept = '';
  let from = 0;
  for (let at = folded.indexOf(begin); at >= 0; at = folded.indexOf(begin, from)) {
    const stop = folded.indexOf(end, at);
    // What never ends is left to the parser.
    if (stop < 0) break;
    kept += html.slice(from, at);
    from = stop + end.length;
  }
  return kept + html.slice(from);
}
