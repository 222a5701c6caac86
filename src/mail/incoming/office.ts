import type { IncomingReading } from './read-incoming.ts';

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
  /** what of it could not be read, a sentence each */
  unread: string[];
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

/** What came back, as the letters room takes it. `address` is where the mail went that this is about. */
export async function tellOffices(
  offices: OfficeMail,
  came: { reading: IncomingReading; raw: Buffer; about: About; address: string | undefined },
): Promise<void> {
  const { reading, raw, about, address } = came;
  const { found, from, subject, text, unread, messageId, attachments, wantsStop } = reading;
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
      return offices.onAutoReply({ ...about, text: reading.note });
    case 'reply':
      return offices.onReply({
        ...about,
        from,
        subject,
        text,
        unread,
        messageId: messageId || about.id,
        attachments,
        raw,
        wantsStop,
      });
    default:
      return undefined;
  }
}
