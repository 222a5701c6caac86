import autocannon from 'autocannon';

export type LoadResult = { perSecond: number; answered: number; other: number; p50: number; p99: number };

/** Signs with a new address each time; every answer must be the 303 that acknowledges. */
export async function loadSign(
  url: string,
  options: { seconds: number; connections: number; tag: string; slug: string },
): Promise<LoadResult> {
  let n = 0;
  const body = () =>
    new URLSearchParams({
      name: 'Ana Rosa',
      email: `ana-${options.tag}-${n++}@home.example`,
      country: 'US',
      region: 'US-TX',
      words: '',
      over16: 'on',
      source: 'whatsapp',
    }).toString();
  return run(url, options, [
    {
      method: 'POST',
      path: `/en/petitions/${options.slug}/signatures`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      setupRequest: (request) => ({ ...request, body: body() }),
    },
  ]);
}

/** POSTs each path once, in order, until all are used or the time is over. */
export async function loadPosts(
  url: string,
  options: { seconds: number; connections: number; paths: string[] },
): Promise<LoadResult> {
  let n = 0;
  return run(url, { ...options, amount: options.paths.length }, [
    {
      method: 'POST',
      setupRequest: (request) => ({ ...request, path: options.paths[n++ % options.paths.length] ?? '/' }),
    },
  ]);
}

export async function loadPage(
  url: string,
  options: { seconds: number; connections: number; path: string },
): Promise<LoadResult> {
  return run(url, options, [{ method: 'GET', path: options.path, headers: { 'accept-encoding': 'br' } }]);
}

async function run(
  url: string,
  options: { seconds: number; connections: number; amount?: number },
  requests: autocannon.Request[],
): Promise<LoadResult> {
  const result = await autocannon({
    url,
    connections: options.connections,
    ...(options.amount ? { amount: options.amount } : { duration: options.seconds }),
    requests,
  });
  const { '2xx': ok, '3xx': redirected } = result as unknown as Record<'2xx' | '3xx', number>;
  const answered = ok + redirected;
  return {
    perSecond: Math.round(answered / result.duration),
    answered,
    other: result['4xx'] + result['5xx'] + result.errors + result.timeouts,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}
