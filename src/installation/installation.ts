/** What mails and pages say of where this installation is: all of its processes say the same. */
export type Site = {
  /** without a slash at its end */
  publicUrl: string;
  mailDomain: string;
  /** sender of mail to people, `Name <address>` */
  mailFrom: string;
};

/** What sending rests on, beside the addresses. */
export type Sending = { hasRelay: boolean; dkimSelector?: string };

/** A server that renders with what the record says; its word lasts until `until`, or until it has stopped. */
export type Holder = { id: string; host: string; pid: number; startedAt?: string; until: Date };

/** The one record that every process reads before it renders anything. */
export type Installation = Site &
  Sending & {
    _id: 'installation';
    /** raised by each change */
    revision: number;
    holders: readonly Holder[];
  };

const FIELDS = ['publicUrl', 'mailDomain', 'mailFrom'] as const;

export function siteOf({ publicUrl, mailDomain, mailFrom }: Site): Site {
  return { publicUrl, mailDomain, mailFrom };
}

export function isSameSite(one: Site, other: Site): boolean {
  return FIELDS.every((field) => one[field] === other[field]);
}

/** The process that renders a mail signs it; the process that sends a mail hands it to the relay. */
export type Work = 'render' | 'send';

/** Why a process with this configuration must not do this work; undefined when it may. */
export function faultOf(work: Work, own: Sending, record: Sending): string | undefined {
  if (record.dkimSelector && !own.dkimSelector)
    return 'DKIM_KEY is not set here, and the server signs its mail';
  if (work === 'send' && record.hasRelay && !own.hasRelay)
    return 'SMTP_URL is not set here, and the server sends through a relay';
  return undefined;
}

/**
 * What sending rests on once this server has started. A relay and a key that another process brought stay, unless this
 * server is the only one and does everything itself.
 */
export function mergeSending(own: Sending, before: Sending | undefined, isAlone: boolean): Sending {
  if (!before || isAlone) return sendingOf(own);
  const dkimSelector = own.dkimSelector ?? before.dkimSelector;
  return { hasRelay: own.hasRelay || before.hasRelay, ...(dkimSelector && { dkimSelector }) };
}

function sendingOf({ hasRelay, dkimSelector }: Sending): Sending {
  return { hasRelay, ...(dkimSelector && { dkimSelector }) };
}
