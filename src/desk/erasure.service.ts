import type { Asking, KeptMailService } from '../mail/incoming/kept-mail.service.ts';
import type { OptOutService } from '../signatures/opt-out.service.ts';

/** What is held of one address: the petitions, and mail that came from it or tells of it. */
export type Held = { person: Asking; petitionIds: string[]; mails: number };

/** Everything that is held of one address, deleted at its owner's written request. */
export function createErasure(deps: {
  optOut: Pick<OptOutService, 'eraseAddress' | 'listErasable' | 'listRefs'>;
  keptMail: Pick<KeptMailService, 'countMail' | 'eraseMail'>;
  listLettersOf(refs: readonly string[]): Promise<string[]>;
}) {
  const { optOut, keptMail, listLettersOf } = deps;

  async function look(emailKey: string): Promise<Held> {
    const petitionIds = await optOut.listErasable(emailKey);
    const deliveryIds = await listLettersOf(await optOut.listRefs(emailKey));
    const person = { emailKey, deliveryIds };
    return { person, petitionIds, mails: await keptMail.countMail(person) };
  }

  const eraseSignatures = ({ person }: Held) => optOut.eraseAddress(person.emailKey);

  const eraseMail = async ({ person, mails }: Held) => (mails === 0 ? 0 : keptMail.eraseMail(person));

  return { look, eraseSignatures, eraseMail };
}
export type Erasure = ReturnType<typeof createErasure>;
