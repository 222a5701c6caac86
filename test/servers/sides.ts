import { execFile } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../src/database/local/free-port.ts';
import { startDovecot } from './dovecot.ts';
import { startExim } from './exim.ts';
import { type MailServer, startPostfix } from './postfix.ts';

const run = promisify(execFile);

export const OURS = 'campaign.example';
const THEIRS = ['office.example', 'home.example'];
const MAILBOXES = ['answer', 'member', 'away', 'stop', 'ana'];
const PIPE = join(import.meta.dirname, '../../deploy/mail-receive');

export type Way = { kind: 'lmtp'; port: number } | { kind: 'pipe'; envFile: string };
type Side = MailServer & { mail: string };
type Given = { dir: string; port: number; other: number };

/** Our relay and MX: these are the recipes of docs/incoming-mail.md. */
export const ours = {
  postfix: ({ dir, port, other, way }: Given & { way: Way }) => {
    const home = way.kind === 'lmtp' ? `lmtp:inet:127.0.0.1:${way.port}` : 'safe-passage:';
    const away = THEIRS.map((domain) => `{ ${domain} = smtp:[127.0.0.1]:${other} }`).join(', ');
    return startPostfix({
      dir,
      port,
      hostname: `mx.${OURS}`,
      main: {
        relay_domains: OURS,
        transport_maps: `inline:{ { ${OURS} = ${home} }, ${away} }`,
        'safe-passage_destination_recipient_limit': '1',
        delay_warning_time: '4h',
        message_size_limit: '10485760',
      },
      services:
        way.kind === 'lmtp'
          ? []
          : [
              'safe-passage unix - n n - 2 pipe flags=Rq user=nobody directory=/',
              `  argv=${PIPE} --env-file=${way.envFile} --sender=\${sender} --recipient=\${recipient}`,
            ],
    });
  },
  exim: ({ dir, port, other, way }: Given & { way: Way }) =>
    startExim({
      dir,
      port,
      hostname: `mx.${OURS}`,
      domains: [OURS],
      main: 'message_size_limit = 10M\ndelay_warning = 4h',
      routers: `
theirs:
  driver = manualroute
  domains = ${THEIRS.join(' : ')}
  transport = theirs
  route_list = * 127.0.0.1 byname
  self = send
safe_passage:
  driver = ${way.kind === 'lmtp' ? 'manualroute' : 'accept'}
  domains = ${OURS}
  transport = safe_passage
${way.kind === 'lmtp' ? '  route_list = * 127.0.0.1 byname\n  self = send' : ''}
`,
      transports: `
theirs:
  driver = smtp
  port = ${other}
  allow_localhost
safe_passage:
${
  way.kind === 'lmtp'
    ? `  driver = smtp\n  protocol = lmtp\n  port = ${way.port}\n  allow_localhost`
    : `  driver = pipe
  command = ${PIPE} --env-file=${way.envFile} --exim
  return_path_add
  temp_errors = 75
  log_output
  home_directory = /
  current_directory = /`
}
`,
    }),
};

/** The offices' server, and the people's: mailboxes, an alias with a dead member, a list, somebody who is away. */
export const theirs = {
  async exim({ dir, port, other }: Given): Promise<Side> {
    const server = await startExim({
      dir,
      port,
      hostname: 'mx.office.example',
      domains: THEIRS,
      routers: `
away_home:
  driver = manualroute
  domains = ${OURS}
  transport = home
  route_list = * 127.0.0.1 byname
  self = send
alias:
  driver = redirect
  local_parts = alias
  data = member@office.example, dead@office.example
  check_ancestor
list:
  driver = redirect
  local_parts = list
  data = member@office.example
vacation:
  driver = accept
  unseen
  local_parts = away
  transport = vacation
mailboxes:
  driver = accept
  domains = +local_domains
  local_parts = ${MAILBOXES.join(' : ')}
  transport = maildir
`,
      transports: `
home:
  driver = smtp
  port = ${other}
  allow_localhost
maildir:
  driver = appendfile
  directory = ${dir}/mail/$domain_data/$local_part_data
  maildir_format
  create_directory
vacation:
  driver = autoreply
  to = $sender_address
  subject = Fuera de la oficina
  text = Estoy de vacaciones.
`,
    });
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'Debian-exim'])).stdout)),
    );
    // What an envelope says may name no file: only these folders are looked up.
    for (const path of [
      '',
      ...THEIRS.flatMap((domain) => ['', ...MAILBOXES].map((name) => join(domain, name))),
    ]) {
      await mkdir(join(dir, 'mail', path), { recursive: true });
      await chown(join(dir, 'mail', path), uid ?? 0, gid ?? 0);
    }
    return { ...server, mail: join(dir, 'mail') };
  },

  /** With Dovecot behind it, whose sieve answers for whoever is away. */
  async postfix({ dir, port, other }: Given): Promise<Side> {
    const dovecot = await startDovecot({
      dir: join(dir, 'dovecot'),
      port: await freePort(),
      away: 'away@office.example',
      submitTo: port,
    });
    const boxes = THEIRS.flatMap((domain) => MAILBOXES.map((name) => `{ ${name}@${domain} = x }`));
    const server = await startPostfix({
      dir: join(dir, 'postfix'),
      port,
      hostname: 'mx.office.example',
      main: {
        virtual_mailbox_domains: THEIRS.join(' '),
        virtual_mailbox_maps: `inline:{ ${boxes.join(', ')} }`,
        virtual_alias_maps:
          'inline:{ { alias@office.example = member@office.example dead@office.example }, { list@office.example = member@office.example } }',
        virtual_transport: `lmtp:inet:127.0.0.1:${dovecot.port}`,
        transport_maps: `inline:{ { ${OURS} = smtp:[127.0.0.1]:${other} }, { dead@office.example = error:5.1.1 Nobody has this address } }`,
      },
    });
    return {
      ...server,
      mail: dovecot.mail,
      async stop() {
        await Promise.all([server.stop(), dovecot.stop()]);
      },
    };
  },
};
