import { releaseAll } from '../test/support/letters.ts';
import { attach } from './seed.ts';

/** Plans and releases the digests that are due, in a process of its own; prints seconds and its largest resident memory. */
const { services, close } = await attach(process.argv[2] ?? '');
const start = performance.now();
await services.planner.planDigests('hand', { withPdf: true });
const released = await releaseAll(services);
const seconds = (performance.now() - start) / 1000;
const results = released.map(({ result }) => result);
const [digest] = await services.letters.listDeliveries();
const quotes = digest?.quotes.length ?? 0;
await close();
const megabytes = (process.resourceUsage().maxRSS * 1024) / 1_000_000;
process.stdout.write(`${JSON.stringify({ seconds, megabytes, results, quotes })}\n`);
