/** A mail's header is no longer than this; what follows is not read. */
export const HEADER_MAX = 8_000;

/**
 * The Message-ID in what somebody pasted: the id alone, with or without brackets, its header line, or the whole header
 * (RFC 5322, 3.6.4; lines may be folded). Undefined when there is none.
 */
export function messageIdIn(pasted: string): string | undefined {
  const text = pasted.slice(0, HEADER_MAX).trim();
  const line = /^message-id[ \t]*:\s*<?([^<>\s]+)>?/im.exec(text)?.[1];
  if (line) return plausible(line);
  return /\s/.test(text) ? undefined : plausible(text.replace(/^<|>$/g, ''));
}

function plausible(id: string): string | undefined {
  return id.length <= 300 && /^[^@\s<>]+@[^@\s<>]+$/.test(id) ? id : undefined;
}
