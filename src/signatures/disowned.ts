import { addMilliseconds, DAY } from '../lib/clock.ts';

/** So many "it was not me" from one network in a day, and what it posts is mailed to nobody (law 17). */
const NOT_ME_LIMIT = 3;

export async function isDisownedNetwork(
  { countNotMe }: { countNotMe(network: string, since: Date, now: Date): Promise<number> },
  network: string | undefined,
  now: Date,
): Promise<boolean> {
  return (
    network !== undefined && (await countNotMe(network, addMilliseconds(now, -DAY), now)) >= NOT_ME_LIMIT
  );
}
