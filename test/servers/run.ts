import { execFileSync } from 'node:child_process';
import { EXIM } from './exim.ts';
import { playRound, type Seen } from './round.ts';

const USAGE = `
Mail on its way out and home between real servers, each under its own configuration on loopback. Run it as root:

  node test/servers/run.ts            all four rounds; needs these packages of Debian 12, none of them started:
  apt-get install postfix dovecot-core dovecot-lmtpd dovecot-sieve
  apt-get install exim4-daemon-light  stands in the way of postfix; unpack it beside:
    apt-get download exim4-daemon-light exim4-base && for f in exim4*.deb; do dpkg -x $f /opt/exim; done
    apt-get install libidn12 && useradd -r Debian-exim
    EXIM=/opt/exim/usr/sbin/exim4 node test/servers/run.ts
  node test/servers/run.ts postfix exim lmtp    one round: our server, the office's server, the way home
`;

const ROUNDS = [
  ['postfix', 'exim', 'lmtp'],
  ['postfix', 'exim', 'pipe'],
  ['exim', 'postfix', 'lmtp'],
  ['exim', 'postfix', 'pipe'],
] as const;

function lacking(): string[] {
  return ['postfix', 'dovecot', EXIM].filter((program) => {
    try {
      execFileSync('which', [program]);
      return false;
    } catch {
      return true;
    }
  });
}

const given = process.argv.slice(2);
const rounds = ROUNDS.filter((round) => given.length === 0 || given.join() === round.join());
const missing = lacking();
if (rounds.length === 0 || missing.length > 0 || process.getuid?.() !== 0) {
  console.log(USAGE, missing.length > 0 ? `Not found: ${missing.join(', ')}` : '');
  process.exit(2);
}
let failed = 0;
for (const [ours, theirs, home] of rounds) {
  console.log(`\nout by ${ours}, to an office on ${theirs}, home by ${home}`);
  const seen: Seen[] = await playRound({ ours, theirs, home });
  for (const { what, saw, isRight } of seen) console.log(`  ${isRight ? 'ok  ' : 'FAIL'} ${what}: ${saw}`);
  failed += seen.filter(({ isRight }) => !isRight).length;
}
console.log(failed === 0 ? '\nall of it came home' : `\n${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
