import type { Classified } from './incoming.ts';
import { unquoted } from './incoming-auto.ts';
import type { IncomingMessage } from './incoming-message.ts';
import { saysStop } from './incoming-stop.ts';

/** What an office sent back about one thing that we sent to it; `id` is the same however often it comes. */
type About = { id: string; deliveryId: string; at: Date };
export type OfficeBounce = About & {
  /** no address like this; `soft`: this one did not arrive; `delayed`: it is still being tried */
  severity: 'hard' | 'soft' | 'delayed';
  code?: string;
  /** the server's words, without addresses */
  text: string;
  /** it names another address than the one that was written to: a member of a list, an onward way */
  isOther: boolean;
};
export type OfficeReply = About & {
  from: string;
  subject: string;
  text: string;
  messageId: string;
  /** names of the files that it brings */
  attachments: string[];
  /** the whole message, files and all */
  raw: Buffer;
  /** it asks for no more mail */
  wantsStop: boolean;
};
export type OfficeMail = {
  /** null for a token that is not ours, or was never sent to anybody */
  findSent(token: string): Promise<{ deliveryId: string; address?: string } | null>;
  onBounce(bounce: OfficeBounce): Promise<void>;
  onComplaint(complaint: About & { text: string }): Promise<void>;
  onAutoReply(reply: About & { text: string }): Promise<void>;
  onReply(reply: OfficeReply): Promise<void>;
};

const NOTE_LENGTH = 200;

/** Hands what came to the letters room, in its words. `address` is where the mail that it is about went. */
export async function tellOffices(
  offices: OfficeMail,
  came: { found: Classified; message: IncomingMessage; about: About; address: string | undefined },
): Promise<void> {
  const { found, message, about, address } = came;
  const { subject, text, from, messageId, attachments } = message;
  switch (found.kind) {
    case 'bounce': {
      const { severity, code, diagnostic, recipients } = found;
      const isOther =
        address !== undefined && recipients.length > 0 && !recipients.includes(address.toLowerCase());
      return offices.onBounce({ ...about, severity, text: diagnostic, isOther, ...(code && { code }) });
    }
    case 'complaint':
      return offices.onComplaint({ ...about, text: found.feedback });
    case 'auto-reply':
      return offices.onAutoReply({ ...about, text: firstWords(subject, text) });
    case 'reply':
      return offices.onReply({
        ...about,
        from: from.name === '' ? from.address : `${from.name} <${from.address}>`,
        subject,
        text,
        messageId: messageId || about.id,
        attachments: attachments.map(({ name }) => name.slice(0, NOTE_LENGTH)),
        raw: message.raw,
        wantsStop: saysStop(message),
      });
    default:
      return undefined;
  }
}

function firstWords(subject: string, text: string): string {
  const words = unquoted(text).replace(/\s+/g, ' ').slice(0, NOTE_LENGTH);
  return words === '' ? subject.slice(0, NOTE_LENGTH) : `${subject.slice(0, NOTE_LENGTH)}: ${words}`;
}
