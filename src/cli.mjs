import { keepCompiled } from './process/compiled.mjs';

// What a command writes may hold people's data: it is its owner's alone.
process.umask(0o077);
keepCompiled();

const { runTyped } = await import('./command-process.ts');
await runTyped(process.argv.slice(2));
