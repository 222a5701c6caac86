// Plain JavaScript of long ago: a node that is too old must be able to read this, and say so.
import { realpathSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The only place that says which Node the program runs on. */
export const NEEDED_NODE = 24;
/** An older npm passes over packages that are built for one platform, and says so in a warning alone. */
const NEEDED_FOR_NPM = [20, 19];
const FETCHED = 'npx -y -p node@24 npm ci';

/**
 * What is wrong with the Node that the scripts of package.json find, or with the one that npm was run by; undefined when
 * both serve. `agent` is npm's own `npm_config_user_agent`, as "npm/9.2.0 node/v18.20.4 linux x64".
 */
export function nodeFault({ version, platform, agent }) {
  if (platform === 'win32')
    return 'Safe Passage does not run on Windows itself: install WSL (wsl --install), and run it there.';
  const npmNode = /\bnode\/v(\d+)\.(\d+)/.exec(agent || '');
  if (npmNode && !isAtLeast([Number(npmNode[1]), Number(npmNode[2])], NEEDED_FOR_NPM))
    return `npm was run by Node ${npmNode[1]}.${npmNode[2]}, which leaves out packages that are needed: it takes ${NEEDED_FOR_NPM.join('.')} or newer. Run this, which changes nothing else on the machine: ${FETCHED}`;
  if (Number.parseInt(version, 10) < NEEDED_NODE)
    return `Safe Passage runs on Node ${NEEDED_NODE} or newer, and this is Node ${version}: install Node ${NEEDED_NODE} (https://nodejs.org). On Linux x64 it comes with the packages, unless npm was told to omit the optional ones.`;
  return undefined;
}

function isAtLeast([major, minor], [neededMajor, neededMinor]) {
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const fault = nodeFault({
    version: process.versions.node,
    platform: process.platform,
    agent: process.env.npm_config_user_agent,
  });
  if (fault) {
    process.stderr.write(`\n${fault}\n\n`);
    process.exitCode = 1;
  }
}
