import { keepCompiled } from './process/compiled.mjs';

process.umask(0o077);
keepCompiled();

// Processes that are split by ROLES are started one by one; otherwise the web and the workers run beside each other.
if (process.env.ROLES) await import('./server.ts');
else {
  const { runInTwoProcesses } = await import('./process/two-processes.ts');
  const { wordsOn } = await import('./process/words-on.ts');
  await runInTwoProcesses().catch((error) => {
    process.stderr.write(`${wordsOn(error)}\n`);
    process.exit(1);
  });
}
