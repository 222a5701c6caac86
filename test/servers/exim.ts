import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MailServer } from './postfix.ts';

const run = promisify(execFile);
export const EXIM = process.env.EXIM ?? 'exim4';

/** Exim from Debian under its own configuration, spool and port on loopback; all of it runs as its own user. */
export async function startExim(options: {
  dir: string;
  port: number;
  hostname: string;
  domains: readonly string[];
  routers: string;
  transports: string;
  main?: string;
}): Promise<MailServer> {
  const { dir, port, hostname, domains, routers, transports, main = '' } = options;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'Debian-exim'])).stdout)),
  );
  for (const name of ['', 'spool', 'log']) {
    await mkdir(join(dir, name), { recursive: true, mode: 0o755 });
    await chown(join(dir, name), uid ?? 0, gid ?? 0);
  }
  const path = join(dir, 'exim.conf');
  await writeFile(path, configuration({ dir, port, hostname, domains, routers, transports, main }), {
    mode: 0o644,
  });
  const daemon: ChildProcess = spawn(EXIM, ['-C', path, '-bdf', '-q3s'], { stdio: 'ignore' });
  return {
    port,
    log: () => readFile(join(dir, 'log/mainlog'), 'utf8').catch(() => ''),
    flush: () => run(EXIM, ['-C', path, '-qff']).catch(() => undefined),
    async stop() {
      if (daemon.exitCode !== null) return;
      daemon.kill('SIGTERM');
      await once(daemon, 'exit');
    },
  };
}

function configuration(given: {
  dir: string;
  port: number;
  hostname: string;
  domains: readonly string[];
  routers: string;
  transports: string;
  main: string;
}): string {
  const { dir, port, hostname, domains, routers, transports, main } = given;
  return `
primary_hostname = ${hostname}
exim_user = Debian-exim
exim_path = ${EXIM}
exim_group = Debian-exim
deliver_drop_privilege = true
spool_directory = ${dir}/spool
log_file_path = ${dir}/log/%slog
pid_file_path = ${dir}/spool/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
domainlist local_domains = ${domains.join(' : ')}
hostlist relay_from_hosts = 127.0.0.1
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
smtp_accept_max = 50
acl_smtp_rcpt = acl_check_rcpt
acl_smtp_data = acl_check_data
${main}
begin acl
acl_check_rcpt:
  require verify = recipient
  accept
acl_check_data:
  accept
begin routers
${routers}
begin transports
${transports}
begin retry
* * F,2h,3s
`;
}
