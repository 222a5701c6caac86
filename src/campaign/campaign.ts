import type { Translator } from '../lib/i18n.ts';
import type { Locale, Localized } from '../lib/locales.ts';

/** Who runs this installation (law 16). Until all of it is filled, pages say "trial installation". */
export type Campaign = {
  _id: 'campaign';
  legalName?: string;
  postalAddress?: string;
  contactEmail?: string;
  privacyEmail?: string;
  /** IANA zone in which supporters read dates */
  zone?: string;
  /** what the site is called where it is called otherwise than in the texts that ship; each language for itself */
  siteName?: Partial<Localized<string>>;
};

const DEFAULT_ZONE = 'America/Mexico_City';

/** The zone of every date that is neither an office's own nor a moment in a log. */
export function zoneOf({ zone = DEFAULT_ZONE }: Pick<Campaign, 'zone'>): string {
  return zone;
}

export function siteNameOf({ siteName }: Campaign, { t }: Pick<Translator, 't'>, locale: Locale): string {
  return siteName?.[locale] ?? t(locale, 'common.site');
}

/** What every page says of who runs the site. */
export function whoOf(campaign: Campaign, translator: Pick<Translator, 't'>, locale: Locale) {
  const { legalName, postalAddress, contactEmail } = campaign;
  return {
    siteName: siteNameOf(campaign, translator, locale),
    isTrial: !isCampaignComplete(campaign),
    ...(legalName && { legalName }),
    ...(postalAddress && { postalAddress }),
    ...(contactEmail && { contactEmail }),
  };
}

export function isCampaignComplete(campaign: Campaign): boolean {
  return Boolean(
    campaign.legalName && campaign.postalAddress && campaign.contactEmail && campaign.privacyEmail,
  );
}

/** RFC 2606 and RFC 6761 names: the only office addresses that a trial installation may write to. */
export function isTrialAddress(email: string): boolean {
  return /(^|[.@])(example|test)$/i.test(email.slice(email.lastIndexOf('@')));
}
