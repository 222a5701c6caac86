import { execFile } from 'node:child_process';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Settings = Record<string, string>;

/** Postfix from Debian under its own configuration, queue and port on loopback. Wants root, as its master does. */
export async function startPostfix(options: {
  dir: string;
  port: number;
  hostname: string;
  main: Settings;
  services?: readonly string[];
}) {
  const { dir, port, hostname, main, services = [] } = options;
  const [etc, queue, data] = ['etc', 'queue', 'data'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [dir, etc, queue, data]) await mkdir(folder, { recursive: true, mode: 0o755 });
  const { stdout } = await run('id', ['-u', 'postfix']);
  await chown(data, Number(stdout), 0);
  const log = join(dir, 'log');
  const settings: Settings = {
    compatibility_level: '3.6',
    queue_directory: queue,
    data_directory: data,
    daemon_directory: '/usr/lib/postfix/sbin',
    command_directory: '/usr/sbin',
    mail_owner: 'postfix',
    setgid_group: 'postdrop',
    maillog_file: log,
    maillog_file_prefixes: dir,
    myhostname: hostname,
    myorigin: hostname,
    mydestination: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    smtp_dns_support_level: 'disabled',
    smtp_host_lookup: 'native',
    alias_maps: '',
    alias_database: '',
    local_recipient_maps: '',
    // A mail that is to come again comes soon.
    queue_run_delay: '3s',
    minimal_backoff_time: '3s',
    maximal_backoff_time: '6s',
    ...main,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  await writeFile(join(etc, 'main.cf'), `${lines.join('\n')}\n`);
  await writeFile(join(etc, 'master.cf'), `${[...standardServices(port), ...services].join('\n')}\n`);
  await run('postfix', ['-c', etc, 'start']);
  return {
    port,
    log: () => readFile(log, 'utf8').catch(() => ''),
    flush: () => run('postqueue', ['-c', etc, '-f']).catch(() => undefined),
    stop: () =>
      run('postfix', ['-c', etc, 'stop']).then(
        () => undefined,
        () => undefined,
      ),
  };
}
export type MailServer = {
  port: number;
  log(): Promise<string>;
  flush(): Promise<unknown>;
  stop(): Promise<void>;
};

function standardServices(port: number): string[] {
  return [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'pickup unix n - n 60 1 pickup',
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'rewrite unix - - n - - trivial-rewrite',
    ...['bounce', 'defer', 'trace'].map((name) => `${name} unix - - n - 0 bounce`),
    'verify unix - - n - 1 verify',
    'flush unix n - n 1000? 0 flush',
    'proxymap unix - - n - - proxymap',
    'smtp unix - - n - - smtp',
    'relay unix - - n - - smtp',
    'showq unix n - n - - showq',
    'error unix - - n - - error',
    'retry unix - - n - - error',
    'local unix - n n - - local',
    'virtual unix - n n - - virtual',
    'lmtp unix - - n - - lmtp',
    'anvil unix - - n - 1 anvil',
    'scache unix - - n - 1 scache',
    'postlog unix-dgram n - n - 1 postlogd',
  ];
}
