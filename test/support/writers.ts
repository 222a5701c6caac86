import { createSealer } from '../../src/lib/sealed.ts';
import { type Person, signatureContext } from '../../src/signatures/signature.ts';
import type { TestCampaign } from './campaign.ts';
import { buildSignature } from './signatures.ts';

const OPENINGS = [
  'My grandmother',
  'Our teacher',
  'The nurse',
  'A neighbour',
  'My brother',
  'The bus driver',
];
const VERBS = ['walked with', 'waited for', 'wrote to', 'cooked for', 'sang to', 'stood beside'];
const WHOM = [
  'a girl from Huehuetenango',
  'two cousins',
  'a boy of nine',
  'her own sister',
  'a class of children',
];
const WHERE = ['at the river', 'in the station', 'behind the church', 'on the long road', 'near the shelter'];

/** A text that no other number has: eight rounds of it never come to an end within any test. */
export function wordsOf(number: number): string {
  const pick = (list: readonly string[], at: number) => list[at % list.length];
  return [
    `${pick(OPENINGS, number)} ${pick(VERBS, Math.floor(number / 6))} ${pick(WHOM, Math.floor(number / 36))}`,
    `${pick(WHERE, Math.floor(number / 180))}, and told it ${number + 2} times to whoever would listen.`,
    `Please keep number ${number * 7 + 3} in mind when you decide what happens to children.`,
  ].join(' ');
}

/** People whose own words an organiser has approved, written straight into the database. Answers their refs. */
export async function addWriters(
  { services, connection }: TestCampaign,
  petitionId: string,
  numbers: readonly number[],
  more: { officeConsents?: { officeId: string; name: boolean; reply: boolean }[] } = {},
): Promise<string[]> {
  const sealer = createSealer(services.keyRing.data);
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
      words: wordsOf(number),
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
