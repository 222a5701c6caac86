/** Made when the first text is too long: that takes 20 ms, and most processes never meet one. */
let graphemes: Intl.Segmenter | undefined;
/** Looked at behind the cut: more than the longest character that people write (a family with skin tones has 27). */
const BEHIND = 64;

/** The beginning, at most `most` UTF-16 units long, that ends between two characters as people see them. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  graphemes ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  const end = graphemes.segment(text.slice(0, most + BEHIND)).containing(most)?.index ?? most;
  // One character of more marks than anybody writes: between two code points at least.
  return end > 0 ? text.slice(0, end) : text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
}
