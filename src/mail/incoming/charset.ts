/**
 * Bytes as text. Without a charset, or with one that does not fit: UTF-8 where it decodes, else windows-1252, which
 * office programs write without saying so. Labels as in the WHATWG Encoding Standard.
 */
export function decodeBytes(bytes: Uint8Array, charset?: string): string {
  const decoder = decoderOf(charset);
  return decoder && !decoder.encoding.startsWith('utf-8') ? decoder.decode(bytes) : guess(bytes);
}

function decoderOf(charset = ''): InstanceType<typeof TextDecoder> | undefined {
  const label = charset.trim().toLowerCase();
  // What says ASCII, or nothing, and holds other bytes says nothing.
  if (/^(|us-ascii|ascii|ansi_x3\.4-1968|unknown|unknown-8bit|x-unknown|default)$/.test(label))
    return undefined;
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}

const STRICT = new TextDecoder('utf-8', { fatal: true });
const LENIENT = new TextDecoder('utf-8');
const WESTERN = new TextDecoder('windows-1252');
/** A sequence of UTF-8 that windows-1252 would hardly hold by chance. */
const BROKEN = /\ufffd/g;

function guess(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    const lenient = LENIENT.decode(bytes);
    const broken = lenient.match(BROKEN)?.length ?? 0;
    const whole = [...lenient].filter((character) => character > '\u007f').length - broken;
    // Cut in a letter, or one byte spoilt: still UTF-8.
    return whole > broken ? lenient : WESTERN.decode(bytes);
  }
}
