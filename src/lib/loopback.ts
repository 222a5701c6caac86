/** Whether a host of a URL is this same machine, by its name alone. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(hostname) || hostname.endsWith('.localhost');
}
