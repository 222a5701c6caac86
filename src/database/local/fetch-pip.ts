import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const WHEEL = 'pip-25.3-py3-none-any.whl';
const SHA256 = '9655943313a94722b7774661c21049070f6bbb0a1516bf02f7c8d5d9201514cd';
const FETCH_MS = 60_000;

/**
 * Fetches pip for a Python that has none (Debian's): one file that Python runs as it is, from the index that pip is set
 * to ask. The index is read as PEP 503 says (https://peps.python.org/pep-0503/).
 * @throws Error when no index is set; Error that names the index, when it does not answer or gives another file than the known one
 */
export async function fetchPip(folder: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const index = await indexUrl(env);
  const project = new URL('pip/', index.href.endsWith('/') ? index.href : `${index.href}/`);
  const page = await get(project, index);
  const links = [...(await page.text()).matchAll(/href="([^"#]{1,500})/g)].map(([, link = '']) =>
    link.replaceAll('&amp;', '&'),
  );
  const link = links.find((one) => new URL(one, page.url).pathname.endsWith(`/${WHEEL}`));
  if (!link) throw new Error(`${named(index)} has no ${WHEEL}`);
  const wheel = Buffer.from(await (await get(new URL(link, page.url), index)).arrayBuffer());
  const hash = createHash('sha256').update(wheel).digest('hex');
  if (hash !== SHA256)
    throw new Error(`the ${WHEEL} of ${named(index)} is not the known one (sha256 ${hash})`);
  const file = join(folder, WHEEL);
  await writeFile(file, wheel);
  return file;
}

/** Where pip is set to look: by the environment, else by its files (https://pip.pypa.io/en/stable/topics/configuration/). */
async function indexUrl(env: NodeJS.ProcessEnv): Promise<URL> {
  const home = env.HOME ?? homedir();
  const files = env.PIP_CONFIG_FILE
    ? [env.PIP_CONFIG_FILE]
    : [
        join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'pip', 'pip.conf'),
        join(home, 'Library', 'Application Support', 'pip', 'pip.conf'),
        join(home, '.pip', 'pip.conf'),
        '/etc/pip.conf',
      ];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const [set] = texts.flatMap((text) => text.match(/^index[-_]url\s*[=:]\s*(\S+)/m)?.[1] ?? []);
  const index = env.PIP_INDEX_URL || set;
  if (!index)
    throw new Error(
      'Python has no pip, and no package index is set: install python3-pip, or set PIP_INDEX_URL',
    );
  return new URL(index);
}

/** A password in the index's address is for its own host alone. */
async function get(url: URL, index: URL): Promise<Response> {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  const login = `${decodeURIComponent(index.username)}:${decodeURIComponent(index.password)}`;
  const isOwn = bare.host === index.host && login !== ':';
  const headers = {
    accept: 'text/html, */*;q=0.1',
    ...(isOwn ? { authorization: `Basic ${Buffer.from(login).toString('base64')}` } : {}),
  };
  const signal = AbortSignal.timeout(FETCH_MS);
  const answer = await fetch(bare, { headers, signal }).catch((error) => {
    const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
    throw new Error(`${named(bare)} cannot be reached (${code ?? message})`);
  });
  if (!answer.ok) throw new Error(`${named(bare)} answers ${answer.status}`);
  return answer;
}

/** Without what an address may hold of passwords. */
function named({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
