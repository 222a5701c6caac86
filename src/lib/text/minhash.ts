import { hash } from 'node:crypto';

/** Words in a row that make one shingle. */
const SHINGLE_WORDS = 3;
const HASHES = 64;
const HASH_BYTES = 4;
export const SKETCH_BYTES = HASHES * HASH_BYTES;

/** Hashes in a band: two texts that share half of their shingles meet in some band 94 times of 100, strangers hardly ever. */
const BAND_HASHES = 3;
const BANDS = Math.floor(HASHES / BAND_HASHES);

/**
 * A MinHash sketch (Broder 1997) of a text: 64 × uint32, big-endian. Shingles are hashed under `secret`, so that a
 * stolen sketch cannot be compared with guessed texts. Accents, case and signs make no difference.
 */
export function sketchOf(text: string, secret: Buffer): Buffer {
  const least = new Uint32Array(HASHES).fill(0xffff_ffff);
  for (const shingle of shinglesOf(text)) {
    // One call, key first: an HMAC object for each costs many times that, and of a digest cut short nothing can be extended.
    const digest = hash('sha256', Buffer.concat([secret, Buffer.from(shingle)]), 'buffer');
    const first = digest.readInt32BE(0);
    const step = digest.readInt32BE(4) | 1;
    for (let index = 0; index < HASHES; index += 1) {
      // Whole numbers of 32 bits throughout: as others this is five times slower.
      const value = mix((first + Math.imul(index, step)) | 0);
      if (value < (least[index] ?? 0)) least[index] = value;
    }
  }
  const sketch = Buffer.alloc(SKETCH_BYTES);
  least.forEach((value, index) => {
    sketch.writeUInt32BE(value, index * HASH_BYTES);
  });
  return sketch;
}

/** The share of shingles that two texts have in common, estimated: 0 to 1, give or take 0.06. Sketches of one secret only. */
export function similarity(a: Buffer, b: Buffer): number {
  if (a.length !== SKETCH_BYTES || b.length !== SKETCH_BYTES) throw new Error('this is no sketch');
  let same = 0;
  for (let at = 0; at < SKETCH_BYTES; at += HASH_BYTES)
    if (a.readUInt32BE(at) === b.readUInt32BE(at)) same += 1;
  return same / HASHES;
}

/**
 * Numbers (48 bits) for an index: similar texts have at least one of them in common. The first is of the whole sketch and
 * finds the same text.
 */
export function bandsOf(sketch: Buffer): number[] {
  const bands = Array.from({ length: BANDS }, (_, band) => {
    const from = band * BAND_HASHES * HASH_BYTES;
    return numberOf(band, sketch.subarray(from, from + BAND_HASHES * HASH_BYTES));
  });
  return [numberOf(BANDS, sketch), ...bands];
}

function numberOf(band: number, part: Buffer): number {
  return hash('sha256', Buffer.concat([Buffer.from([band]), part]), 'buffer').readUIntBE(0, 6);
}

/** A text of fewer words is one shingle, whatever its length. */
function shinglesOf(text: string): Set<string> {
  const words = foldedWords(text);
  const shingles = new Set<string>();
  for (let at = 0; at <= Math.max(0, words.length - SHINGLE_WORDS); at += 1) {
    shingles.add(words.slice(at, at + SHINGLE_WORDS).join(' '));
  }
  return shingles;
}

function foldedWords(text: string): string[] {
  return (
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** The finalizer of MurmurHash3: every bit of the input moves every bit of the output. */
function mix(input: number): number {
  let value = input;
  value = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2_ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
