/** RFC 2369 and RFC 8058: short, on one line each, so that no relay folds them under a signature. */
export function oneClickHeaders(url: string): Record<string, string> {
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}
