/**
 * The writer's name, or the part of it, that stands in the words. One part counts where it is written as a name:
 * Paz, not paz.
 */
export function findName(name: string, words: string): string | undefined {
  const text = ` ${plainWords(words)} `;
  const whole = plainWords(name);
  if (whole.includes(' ') && text.toLowerCase().includes(` ${whole.toLowerCase()} `)) return name;
  return whole
    .split(' ')
    .filter((part) => part.length > 2)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .find((part) => text.includes(` ${part} `));
}

/** Letters and digits alone, without accents, one blank between words. */
function plainWords(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
