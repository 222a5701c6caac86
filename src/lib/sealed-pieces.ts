import { setImmediate as othersFirst } from 'node:timers/promises';
import { AppError } from './errors.ts';
import { joinPieces, PIECE_BYTES, piecesOf } from './pieces.ts';
import { newRef } from './ref.ts';
import type { Sealer } from './sealed.ts';

/** Pieces that were put away one after the other: under which name, and how many. */
export type Pieces = { ref: string; count: number };
/** Bytes sealed: in one, or in pieces where they are many. */
export type SealedWhole = { sealed?: Buffer | undefined; pieces?: Pieces | undefined };

/**
 * Seals bytes. What is larger than a piece is put away piece by piece; it is whole only once its `pieces` are written
 * down, so whoever breaks off before leaves nothing that could be read.
 */
export async function sealWhole(
  { sealBytes }: Pick<Sealer, 'sealBytes'>,
  bytes: Buffer,
  context: string,
  putPiece: (piece: { ref: string; index: number; sealed: Buffer }) => Promise<unknown>,
): Promise<SealedWhole> {
  if (bytes.length <= PIECE_BYTES) return { sealed: sealBytes(bytes, context) };
  const pieces = { ref: newRef(), count: Math.ceil(bytes.length / PIECE_BYTES) };
  let index = 0;
  for await (const piece of piecesOf(bytes)) {
    const plain = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const sealed = sealBytes(plain, pieceContext(context, pieces, index));
    // To seal one and to pack it for the database are two turns.
    await othersFirst();
    await putPiece({ ref: pieces.ref, index, sealed });
    index += 1;
  }
  return { pieces };
}

/** @throws SEALED_INVALID also when a piece is missing, or is another's */
export async function openWhole(
  { openBytes }: Pick<Sealer, 'openBytes'>,
  { sealed, pieces }: SealedWhole,
  context: string,
  findPiece: (ref: string, index: number) => Promise<Buffer | null>,
): Promise<Buffer> {
  if (!pieces) {
    if (!sealed) throw new AppError('SEALED_INVALID');
    return openBytes(sealed, context);
  }
  const opened: Buffer[] = [];
  for (let index = 0; index < pieces.count; index += 1) {
    const piece = await findPiece(pieces.ref, index);
    if (!piece) throw new AppError('SEALED_INVALID');
    opened.push(openBytes(piece, pieceContext(context, pieces, index)));
  }
  return joinPieces(opened);
}

/** None can stand in the place of another, of the same bytes or of others, nor can the last ones be left out. */
function pieceContext(context: string, { ref, count }: Pieces, index: number): string {
  return `${context}#${ref}:${index}/${count}`;
}
