import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import type { Sealer } from '../lib/sealed.ts';
import { absoluteUrl } from '../lib/urls.ts';
import type { Composer, OutboxRow, Prepared } from '../mail/mail.ts';
import { type OrganiserMail, organiserMailContext } from './organiser-mail.ts';

export type OrganiserMailView = { subject: string; paragraphs: string[]; linkUrl?: string };

/** Mail to organisers. It names no supporter, and the organiser neither: what it says stands in the console. */
export function createOrganiserComposer(deps: {
  translator: Pick<Translator, 't'>;
  publicUrl: string;
  renderMail(
    name: string,
    locale: Locale,
    view: OrganiserMailView,
  ): Promise<{ subject: string; html: string; text: string }>;
  sealer: Sealer;
}): Composer {
  const { translator, publicUrl, renderMail, sealer } = deps;

  async function prepare(row: OutboxRow): Promise<Prepared> {
    if (!row.sealed) return { do: 'cancel', reason: 'gone' };
    const { kind, to, locale, path, values } = sealer.open<OrganiserMail>(
      row.sealed,
      organiserMailContext(row._id),
    );
    const t = (key: string) =>
      translator.t(locale, `organiserMail.${kind}.${key}`, {
        ...values,
        host: new URL(publicUrl).host,
      });
    const rendered = await renderMail('organiser', locale, {
      subject: t('subject'),
      paragraphs: [t('text'), t('advice')],
      ...(path && { linkUrl: absoluteUrl(publicUrl, path) }),
    });
    return { do: 'send', message: { to, ...rendered } };
  }

  return { prepare };
}
