// Plain JavaScript of long ago: a node that is too old must be able to read this, and say so.
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The only place that says which Node the program runs on. */
export const NEEDED_NODE = [24, 7];
/** An older npm passes over packages that are built for one platform, and says so in a warning alone. */
const NEEDED_FOR_NPM = [20, 19];
const FETCHED = 'npx -y -p node@24 npm ci';

/**
 * What is wrong with the Node that the scripts of package.json find, or with the one that npm was run by; undefined when
 * both serve. Versions are as "18.20.4"; without npm there is no `npmVersion`.
 */
export function nodeFault({ version, platform, npmVersion }) {
  if (platform === 'win32')
    return 'Safe Passage does not run on Windows itself: install WSL (wsl --install), and run it there.';
  if (npmVersion && !isAtLeast(npmVersion.split('.').map(Number), NEEDED_FOR_NPM))
    return `npm was run by Node ${npmVersion}, which leaves out packages that are needed: it takes ${NEEDED_FOR_NPM.join('.')} or newer. Run this, which changes nothing else on the machine: ${FETCHED}`;
  if (!isNewEnough(version))
    return `Safe Passage runs on Node ${NEEDED_NODE.join('.')} or newer, and this is Node ${version}: install Node ${NEEDED_NODE[0]} (https://nodejs.org). On Linux x64 it comes with the packages, unless npm was told to omit the optional ones.`;
  return undefined;
}

/** Of a version as "24.7.0": before 24.7 Node has no Argon2. */
export function isNewEnough(version) {
  return isAtLeast(version.split('.').map(Number), NEEDED_NODE);
}

function isAtLeast([major, minor], [neededMajor, neededMinor]) {
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

/** Not by `npm_config_user_agent`: an npm that was started by npx says there who started npx. */
function npmVersion(program) {
  return program && execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().slice(1);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const fault = nodeFault({
    version: process.versions.node,
    platform: process.platform,
    npmVersion: npmVersion(process.env.npm_node_execpath),
  });
  if (fault) {
    process.stderr.write(`\n${fault}\n\n`);
    process.exitCode = 1;
  }
}
