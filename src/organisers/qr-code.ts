import encodeQr from 'qr';

/** The light edge that readers need (ISO/IEC 18004). */
const BORDER = 4;

/** A QR code as an SVG path of unit squares, and how many of them an edge has. */
export function qrPath(text: string): { path: string; size: number } {
  const rows = encodeQr(text, 'raw', { ecc: 'medium', border: BORDER });
  const squares = rows.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return { path: squares.join(''), size: rows.length };
}
