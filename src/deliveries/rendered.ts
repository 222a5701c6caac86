import type { MailMessage } from '../mail/mail.ts';
import type { Office } from '../offices/office.ts';
import type { Delivery, Quote, QuotedText } from './delivery.ts';

/** A mail to an office, with its sender and its Message-ID. */
export type OfficeMail = MailMessage & { messageId: string; from: { name: string; address: string } };

/** A delivery as a mail, and what of it must still hold when it goes out. */
export type Composition = {
  message: OfficeMail;
  quotes: Quote[];
  texts: QuotedText[];
  /** people by place, as `lib/places.ts` codes it */
  places: Record<string, number>;
  isClosing?: true;
};

/** Writes a delivery from the data of this moment; null when nobody may be quoted any more in what is a letter. */
export type Compositions = {
  compose(delivery: Delivery, office: Office, to: string): Promise<Composition | null>;
};

/** What a letter tells of its writer: name and address only by their consent for that office (law 11). */
export type LetterWriter = QuotedText;
export type GetLetterWriter = (ref: string, officeId: string) => Promise<LetterWriter | null>;
