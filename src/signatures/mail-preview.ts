import type { Infra } from '../infra.ts';
import type { Locale } from '../lib/locales.ts';
import type { RenderMail } from '../mail/mail.ts';
import type { Petition } from '../petitions/petition.ts';
import { createMailLinks } from './mail-links.ts';
import { createSignatureMail } from './signature.mail.ts';
import { type Signature, signatureId } from './signature.ts';

/** The mail that everybody gets who signs, as it would say it of this petition; its links lead nowhere. */
export function createMailPreview(
  deps: Pick<Infra, 'translator' | 'clock'> & { renderMail: RenderMail; publicUrl: string },
) {
  const linksFor = createMailLinks({ links: { mint: () => '…' }, publicUrl: deps.publicUrl });
  const mail = createSignatureMail({ ...deps, linksFor });

  return async (petition: Petition, locale: Locale): Promise<{ subject: string; text: string }> => {
    const signature: Signature = {
      _id: signatureId(petition._id, 'preview'),
      petitionId: petition._id,
      state: 'pending',
      held: false,
      consent: { showName: false, shareWords: false, updates: false },
      country: '',
      source: 'direct',
      locale,
      linkVersion: 0,
      createdAt: deps.clock.now(),
    };
    const { subject, text } = await mail.confirm({
      petition,
      signature,
      person: { name: '', email: '' },
      locale,
    });
    return { subject, text };
  };
}
export type MailPreview = ReturnType<typeof createMailPreview>;
