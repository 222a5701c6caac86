import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Dovecot's LMTP with sieve: mailboxes as Maildir under `dir`/mail, and a vacation script for one of them. */
export async function startDovecot(options: { dir: string; port: number; away: string; submitTo: number }) {
  const { dir, port, away, submitTo } = options;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'nobody'])).stdout)),
  );
  for (const name of ['', 'mail', 'run', 'state', 'sieve']) {
    await mkdir(join(dir, name), { recursive: true, mode: 0o755 });
    if (name === 'mail' || name === 'sieve') await chown(join(dir, name), uid ?? 0, gid ?? 0);
  }
  const script = `require ["vacation"];\nvacation :days 1 :addresses ["${away}"] "Estoy de vacaciones.";\n`;
  const name = away.replace('@', '_at_');
  await writeFile(join(dir, 'sieve', `${name}.sieve`), script, { mode: 0o644 });
  await chown(join(dir, 'sieve', `${name}.sieve`), uid ?? 0, gid ?? 0);
  const path = join(dir, 'dovecot.conf');
  await writeFile(
    path,
    `
base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/log
protocols = lmtp
ssl = no
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
first_valid_uid = 1
postmaster_address = postmaster@office.example
submission_host = 127.0.0.1:${submitTo}
mail_location = maildir:${dir}/mail/%d/%n
auth_username_format = %Lu
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=${dir}/mail/%d/%n allow_all_users=yes
}
passdb {
  driver = static
  args = nopassword=y
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${port}
  }
}
protocol lmtp {
  mail_plugins = sieve
}
plugin {
  sieve = file:${dir}/sieve/%n_at_%d.sieve
}
`,
  );
  const daemon: ChildProcess = spawn('dovecot', ['-F', '-c', path], { stdio: 'ignore' });
  return {
    port,
    mail: join(dir, 'mail'),
    async stop() {
      if (daemon.exitCode !== null) return;
      daemon.kill('SIGTERM');
      await once(daemon, 'exit');
    },
  };
}
