import { parseArgs } from 'node:util';
import { benchCommand } from './command.bench.ts';
import { benchConfirm } from './confirm.bench.ts';
import { benchConsolesOpen } from './consoles-open.bench.ts';
import { benchDashboard } from './dashboard.bench.ts';
import { benchDigest } from './digest.bench.ts';
import { benchDomains } from './domains.bench.ts';
import { benchExport } from './export.bench.ts';
import { benchIncoming } from './incoming.bench.ts';
import { benchJourney } from './journey.bench.ts';
import { benchLighthouse } from './lighthouse.bench.ts';
import { benchMail } from './mail.bench.ts';
import { benchPage } from './page.bench.ts';
import { benchPatterns } from './patterns.bench.ts';
import { benchRule } from './rule.bench.ts';
import { benchSign, benchSignAgainst, benchSignOnPypi } from './sign.bench.ts';
import { benchSignIn } from './sign-in.bench.ts';
import { printTable, type Row } from './table.ts';
import { benchToday } from './today.bench.ts';
import { benchVoices } from './voices.bench.ts';

const { values } = parseArgs({
  options: {
    only: {
      type: 'string',
      description:
        'sign, pypi, page, confirm, mail, incoming, voices, patterns, domains, command, journey, lighthouse',
    } as never,
    // One page of those that Lighthouse looks at: home, petition, check.
    page: { type: 'string' },
    stored: { type: 'string', default: '200000' },
    // How many signatures the dashboard is looked at with, and how many rows are exported.
    many: { type: 'string', default: '1000000' },
    // The folder of another build: signing, commands and the way to a signature are measured against it, in turns.
    against: { type: 'string' },
  },
});

const benches: Record<string, () => Promise<Row[]>> = {
  page: benchPage,
  confirm: benchConfirm,
  mail: benchMail,
  incoming: benchIncoming,
  voices: benchVoices,
  patterns: benchPatterns,
  digest: benchDigest,
  domains: benchDomains,
  today: benchToday,
  rule: benchRule,
  dashboard: () => benchDashboard(Number(values.many)),
  'consoles-open': benchConsolesOpen,
  export: () => benchExport(Number(values.many)),
  'sign-in': benchSignIn,
  pypi: benchSignOnPypi,
  command: () => benchCommand(values.against),
  lighthouse: () => benchLighthouse(values.page),
  journey: () => benchJourney(values.against),
  sign: () => (values.against ? benchSignAgainst(values.against) : benchSign(Number(values.stored))),
};

/** Program, database and load share this machine's cores: rates are floors, ratios are what to compare. */
const rows: Row[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (values.only && values.only !== name) continue;
  console.log(`${name} …`);
  rows.push(...(await bench()));
}
printTable(rows);
