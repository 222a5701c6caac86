import { setImmediate as othersFirst } from 'node:timers/promises';

/** So much is copied, hashed, sealed or packed for the database within a few milliseconds, also into memory that is new. */
export const PIECE_BYTES = 512 * 1024;

/** Megabytes piece by piece; between any two, whoever else waits for the loop has a turn. */
export async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    if (at > 0) await othersFirst();
    yield bytes.subarray(at, at + PIECE_BYTES);
  }
}

/** What `Buffer.concat` makes, without holding the loop; of one chunk it is a copy in memory of its own. */
export async function joinPieces(chunks: readonly Uint8Array[]): Promise<Buffer<ArrayBuffer>> {
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  const joined = Buffer.allocUnsafeSlow(size);
  let at = 0;
  let sinceTurn = 0;
  for (const chunk of chunks) {
    for await (const piece of piecesOf(chunk)) {
      joined.set(piece, at);
      at += piece.length;
      sinceTurn += piece.length;
    }
    if (sinceTurn < PIECE_BYTES) continue;
    await othersFirst();
    sinceTurn = 0;
  }
  return joined;
}
