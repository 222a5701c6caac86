/**
 * Without accents, so that what people type with and without them is the same; case stays. Spanish ñ is a letter and not an
 * n with an accent: peña is a rock and pena is grief, año is a year.
 */
export function withoutAccents(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/([nN])\u0303|\p{M}/gu, (_mark, n: string | undefined) =>
      n === undefined ? '' : n === 'n' ? 'ñ' : 'Ñ',
    );
}

/** Also without the tilde of ñ: to find what somebody has typed without it. */
export function withoutMarks(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '');
}
