import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery } from '../../../src/deliveries/delivery.ts';
import { TESTER } from '../../support/actor.ts';
import { openCampaign } from '../../support/campaign.ts';
import { releaseAll } from '../../support/letters.ts';
import { startSmtpServer } from '../../support/smtp.ts';

const TOKEN = '0123456789abcdef01234567';
const SENT_TO = 'letters@office.example';
export const OFFICE = 'us-dhs-secretary';
export const DELIVERY = `no-more-unsafe-returns:${OFFICE}:digest:1`;

/** The whole product with one digest sent to an office, and mail to people going to a real SMTP server. */
export async function openIncomingRoom(env: Record<string, string> = {}) {
  const sink = await startSmtpServer();
  const campaign = await openCampaign({ SMTP_URL: sink.url, ...env });
  const { services } = campaign;
  await services.offices.verifyEmailChannel(TESTER, OFFICE, {
    email: SENT_TO,
    source: 'https://example.org/contact',
    checked: '2026-11-24',
  });
  await campaign.addSupporter('ana@home.example');
  await campaign.count();
  await campaign.sendMail();
  await services.planner.planDigests();
  await releaseAll(services);
  await services.mailWorker.drainOffices();
  const { token } = await services.letters.getDelivery(DELIVERY);
  const collection = (name: string) => campaign.connection.collection(name);
  const [deliveries, offices] = await Promise.all(
    ['deliveries', 'offices'].map((name) => collection(name).find().toArray()),
  );

  return {
    ...campaign,
    sink,
    token,
    delivery: (): Promise<Delivery> => services.letters.getDelivery(DELIVERY),
    office: () => services.offices.getOffice(OFFICE),
    /** A message of the corpus, about this digest, or about whatever `to` and `address` say. */
    corpus(name: string, over: { local?: string; address?: string } = {}): Buffer {
      const text = readFileSync(join(import.meta.dirname, 'corpus', `${name}.eml`), 'utf8');
      const { local = `letters+${token}`, address = SENT_TO } = over;
      return Buffer.from(
        text.replaceAll(`letters+${TOKEN}`, local).replaceAll(TOKEN, token).replaceAll(SENT_TO, address),
      );
    },
    receive: services.incoming.receive,
    /** The envelope sender of the first mail that went to a person. */
    bounceLocalOf(person: string): string {
      const mail = sink.mails.find(({ to }) => to[0] === person);
      return mail?.from.slice(0, mail.from.indexOf('@')) ?? '';
    },
    /** As it was when only the digest had gone out. */
    async reset() {
      campaign.clock.set('2026-11-24T12:00:00Z');
      const messages = ['incomingMessages', 'incomingMessagePieces', 'answerMessages', 'answerMessagePieces'];
      for (const name of ['incoming', ...messages, 'suppressions', 'deliveries', 'offices', 'answers'])
        await collection(name).deleteMany({});
      await collection('deliveries').insertMany(deliveries ?? []);
      await collection('offices').insertMany(offices ?? []);
    },
    async close() {
      await campaign.close();
      await sink.stop();
    },
  };
}
export type IncomingRoom = Awaited<ReturnType<typeof openIncomingRoom>>;
