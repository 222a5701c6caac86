// Plain JavaScript of long ago: a node that is too old must be able to read this far, and say so.
import process from 'node:process';
import { isNewEnough, NEEDED_NODE } from './process/check-node.mjs';

/** sysexits.h EX_TEMPFAIL: the mail server keeps the message, and brings it again. */
const EX_TEMPFAIL = 75;

function later(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(EX_TEMPFAIL);
}

if (!isNewEnough(process.versions.node))
  later(
    `Safe Passage needs Node ${NEEDED_NODE.join('.')} or newer; ${process.execPath} is ${process.versions.node}.`,
  );

import('./mail-receive.ts').catch((error) => later(`It cannot be started: ${String(error).split('\n')[0]}`));
