import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TestCampaign } from '../support/campaign.ts';
import { CHILD_ENV } from '../support/child-env.ts';
import type { SmtpSink } from '../support/smtp.ts';

/** Runs a sender of this folder in a process of its own, and kills it as the server takes its `more`th mail. */
export async function killAfter(
  more: number,
  { campaign, sink, sender }: { campaign: TestCampaign; sink: SmtpSink; sender: string },
): Promise<void> {
  const until = sink.mails.length + more;
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, sender), campaign.clock.now().toISOString()],
    {
      env: {
        ...CHILD_ENV,
        MONGODB_URI: campaign.uri,
        DATA_DIR: campaign.config.dataDir,
        SMTP_URL: sink.url,
        LOG_LEVEL: 'silent',
      },
      stdio: 'inherit',
    },
  );
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  const watch = setInterval(() => sink.mails.length >= until && child.kill('SIGKILL'), 1);
  expect(await ended).toBe('SIGKILL');
  clearInterval(watch);
}
