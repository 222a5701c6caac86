import { type MimeNode, Splitter } from '@zone-eu/mailsplit';
import { printableLine } from '../../lib/text/printable.ts';
import { decodeQuotedPrintable } from './quoted-printable.ts';

/** A part that is no multipart, in the order in which it stands. */
export type Part = {
  /** lower case, `text/plain` where none is given */
  type: string;
  charset: string | undefined;
  isFlowed: boolean;
  deletesSpace: boolean;
  isAttachment: boolean;
  /** on one line; empty when it has none */
  name: string;
  /** decoded and cut to the part that is read; empty unless it is text or a message */
  bytes: Buffer;
  sizeBytes: number;
  /** of the `multipart/alternative` that it is one version in, the innermost: the same number for each */
  alternative: number | undefined;
};

const LIMITS = { ignoreEmbedded: true, maxHeadSize: 1024 * 1024, maxChildNodes: 400 };
/** Encoded: more words than anybody reads. */
const MAX_PART_BYTES = 2 * 1024 * 1024;
const LOOKED_AT = /^(text|message)\/|^multipart\//;
/** How a part begins whose boundary nobody announced. */
const BOUNDARY_LINE = /^--([!-~](?:[ -~]{0,68}[!-~])?)[ \t]{0,20}\r?$/m;

type Node = { node: MimeNode; chunks: Buffer[]; kept: number; sizeBytes: number };

/**
 * The parts of a message (RFC 2046), those of a message inside it not among them. What is broken is read as far as it goes.
 */
export async function splitParts(raw: Buffer): Promise<Part[]> {
  return readNodes(raw, true);
}

async function readNodes(raw: Buffer, mayHeal: boolean): Promise<Part[]> {
  const nodes = await split(raw);
  const parents = new Set(nodes.map(({ node }) => node.parentNode));
  const alternatives = new Map<MimeNode, number>();
  const parts: Part[] = [];
  for (const one of nodes) {
    if (!one.node.multipart) parts.push(partOf(one, alternatives));
    else if (!parents.has(one.node)) parts.push(...(await heal(one, mayHeal)));
  }
  return parts;
}

async function split(raw: Buffer): Promise<Node[]> {
  const splitter = new Splitter(LIMITS);
  const nodes = new Map<MimeNode, Node>();
  try {
    splitter.end(raw);
    for await (const chunk of splitter) {
      if (chunk.type === 'node') nodes.set(chunk, { node: chunk, chunks: [], kept: 0, sizeBytes: 0 });
      else keep(nodes.get(chunk.node), chunk.value);
    }
  } catch {
    // A head too long, or too many parts: what stands before it was read.
  }
  return [...nodes.values()];
}

function keep(one: Node | undefined, value: Buffer | undefined): void {
  if (!one || !value) return;
  one.sizeBytes += value.length;
  if (one.kept >= MAX_PART_BYTES || !LOOKED_AT.test(one.node.contentType || 'text/plain')) return;
  one.chunks.push(value);
  one.kept += value.length;
}

/**
 * A multipart whose declared boundary never occurs: it is split at the boundary that does occur, or else read as plain
 * text.
 */
async function heal(one: Node, mayHeal: boolean): Promise<Part[]> {
  const body = Buffer.concat(one.chunks);
  const boundary = BOUNDARY_LINE.exec(body.subarray(0, 100_000).toString('latin1'))?.[1];
  if (mayHeal && boundary) {
    const type = `multipart/${one.node.multipart || 'mixed'}`;
    const head = `Content-Type: ${type}; boundary="${boundary.replaceAll(/["\\]/g, '\\$&')}"\r\n\r\n`;
    const found = await readNodes(Buffer.concat([Buffer.from(head, 'latin1'), body]), false);
    if (found.length > 0) return found;
  }
  if (body.toString('latin1').trim() === '') return [];
  return [{ ...partOf(one, new Map()), type: 'text/plain', bytes: body, isAttachment: false }];
}

function partOf({ node, chunks, sizeBytes }: Node, alternatives: Map<MimeNode, number>): Part {
  const type = node.contentType || 'text/plain';
  const isBase64 = node.encoding === 'base64';
  return {
    type,
    charset: node.charset || undefined,
    isFlowed: node.flowed,
    deletesSpace: node.delSp,
    isAttachment: node.disposition === 'attachment',
    name: printableLine(node.filename || '').slice(0, 200),
    bytes: decode(Buffer.concat(chunks), node.encoding || ''),
    sizeBytes: isBase64 ? Math.floor((sizeBytes * 3) / 4) : sizeBytes,
    alternative: alternativeOf(node, alternatives),
  };
}

function alternativeOf(node: MimeNode, alternatives: Map<MimeNode, number>): number | undefined {
  for (let parent = node.parentNode; parent; parent = parent.parentNode) {
    if (parent.multipart !== 'alternative') continue;
    const number = alternatives.get(parent) ?? alternatives.size;
    alternatives.set(parent, number);
    return number;
  }
  return undefined;
}

function decode(bytes: Buffer, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(bytes.toString('latin1'), 'base64');
  return encoding === 'quoted-printable' ? decodeQuotedPrintable(bytes) : bytes;
}
