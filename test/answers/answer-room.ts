import { setTimeout as sleep } from 'node:timers/promises';
import { TESTER } from '../support/actor.ts';
import { openCampaign } from '../support/campaign.ts';
import { releaseAll } from '../support/letters.ts';

export const SLUG = 'no-more-unsafe-returns';
export const DHS = 'us-dhs-secretary';
const INM = 'mx-inm';
const seen = { source: 'https://example.org/contact', checked: '2026-11-24' };

/** A campaign of three people that has written to two offices. */
export async function openAnswered(env: Record<string, string> = {}) {
  const campaign = await openCampaign(env);
  const { services, clock } = campaign;
  await services.offices.verifyEmailChannel(TESTER, DHS, { email: 'letters@dhs.example', ...seen });
  await services.offices.verifyEmailChannel(TESTER, INM, { email: 'cartas@inm.example', ...seen });
  for (const name of ['a', 'b', 'c']) await campaign.addSupporter(`${name}@home.example`);
  await campaign.count();
  await services.planner.planDigests();
  await releaseAll(services);
  await services.mailWorker.drainOffices();
  const delivery = await services.letters.getDelivery(`${SLUG}:${DHS}:digest:1`);
  const token = await services.officeAnswer.mint(delivery);
  const reply = {
    deliveryId: delivery._id,
    petitionId: SLUG,
    officeId: DHS,
    from: 'Ana Rosa Núñez <ana.rosa@dhs.example>',
    subject: 'Re: your report',
    text: 'We have read it.\nWrite to ana.rosa@dhs.example.',
    at: clock.now(),
    messageId: 'r1@dhs.example',
    unread: [] as string[],
    attachments: [] as string[],
    raw: Buffer.from('From: ana.rosa@dhs.example\r\n\r\nWe have read it.'),
  };

  return {
    ...campaign,
    delivery,
    token,
    reply,
    answerPath: `/en/answer/${token}`,
    postAnswer: (fields: Record<string, string>, headers: Record<string, string> = {}) =>
      campaign.post(`/en/answer/${token}`, fields, headers),
    /** once every cache has had its time, also one that gave on what it knew while the database was slow */
    async page(path: string): Promise<string> {
      clock.advance(2_500);
      await campaign.get(path);
      await sleep(50);
      clock.advance(2_500);
      const answer = await campaign.get(path);
      if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode}`);
      return answer.body;
    },
    /** as if the offices had never said anything, nor asked for silence */
    async forgetAnswers(): Promise<void> {
      await campaign.connection.collection('answers').deleteMany({});
      await services.stores.offices.changeOffice(DHS, (office) => ({
        ...office,
        channels: office.channels.map((one) =>
          one.kind === 'email' ? { ...one, state: 'verified' as const } : one,
        ),
      }));
      clock.advance(5_000);
    },
    listAll: async () => campaign.connection.collection('answers').find().sort({ at: 1 }).toArray(),
  };
}
export type Answered = Awaited<ReturnType<typeof openAnswered>>;
