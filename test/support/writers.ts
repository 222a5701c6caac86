import type { Delivery } from '../../src/deliveries/delivery.ts';
import { plannedLetter } from '../../src/letters/letter.planner.ts';
import { createSealer } from '../../src/lib/sealed.ts';
import { type Person, signatureContext } from '../../src/signatures/signature.ts';
import type { TestCampaign } from './campaign.ts';
import { buildSignature } from './signatures.ts';

const PLACES = 'river station church road shelter market bridge school hospital border desert kitchen'.split(
  ' ',
);
const PEOPLE =
  'grandmother teacher nurse neighbour brother driver cousin lawyer sister doctor farmer singer'.split(' ');
const DEEDS = 'walked waited wrote cooked sang stood cried prayed asked listened slept laughed'.split(' ');
const THINGS =
  'letter bread blanket song photograph promise shoe lamp book notebook candle drum window coat stone map'.split(
    ' ',
  );

/** A text of its own for each number: the same whenever it is asked for, and unlike the others. */
export function wordsOf(number: number): string {
  let state = number + 1;
  const pick = (list: readonly string[]) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return list[(state >>> 16) % list.length] ?? '';
  };
  const told = Array.from(
    { length: 6 },
    () => `The ${pick(PEOPLE)} ${pick(DEEDS)} at the ${pick(PLACES)} with a ${pick(THINGS)}.`,
  );
  return `My ${pick(PEOPLE)} told it ${number + 2} times. ${told.join(' ')}`;
}

/** People whose own words an organiser has approved, written straight into the database. Answers their refs. */
export async function addWriters(
  { services, connection }: TestCampaign,
  petitionId: string,
  numbers: readonly number[],
  more: { officeConsents?: { officeId: string; name: boolean; reply: boolean }[]; words?: string } = {},
): Promise<string[]> {
  const sealer = createSealer(services.keys.data);
  const refs: string[] = [];
  for (const number of numbers) {
    const signature = await buildSignature(connection, {
      petitionId,
      consent: { showName: false, shareWords: true, updates: false },
      wordsState: 'approved',
      wordsOriginality: 1,
      ...(more.officeConsents && {
        officeConsents: more.officeConsents.map((one) => ({ ...one, version: 'test', at: new Date() })),
      }),
    });
    const person: Person = {
      name: `Ana Rosa ${number}`,
      email: `writer-${number}@home.example`,
      words: more.words ?? wordsOf(number),
    };
    await connection.collection('signatures').updateOne(
      { _id: signature._id as never },
      {
        $set: { sealed: sealer.seal(person, signatureContext(signature._id)) },
      },
    );
    refs.push(signature.ref);
  }
  return refs;
}

/** A letter of one of them that an organiser has approved, as it lies in the database. */
export function approvedLetter(petitionId: string, officeId: string, ref: string, at: Date): Delivery {
  return {
    ...plannedLetter(petitionId, officeId, ref, at),
    state: 'approved',
    approvedAt: at,
    approvedBy: 'Organiser',
  };
}
