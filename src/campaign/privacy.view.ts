import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { type Campaign, isCampaignComplete } from './campaign.ts';

export type PrivacySection = { heading: string; paragraphs: string[]; items: string[] };

const SECTIONS = ['who', 'what', 'offices', 'safe', 'long', 'rights'];

/** The notice, from numbered texts: `.p1`, `.p2` are paragraphs, `.i1`, `.i2` items. */
export function privacySections(
  translator: Translator,
  campaign: Campaign,
  locale: Locale,
): PrivacySection[] {
  const values = {
    isTrial: String(!isCampaignComplete(campaign)),
    legalName: campaign.legalName ?? '',
    postalAddress: campaign.postalAddress ?? '',
    privacyEmail: campaign.privacyEmail ?? '',
  };
  const numbered = (prefix: string): string[] => {
    const texts: string[] = [];
    for (let n = 1; translator.has(locale, `${prefix}${n}`); n += 1)
      texts.push(translator.t(locale, `${prefix}${n}`, values));
    return texts;
  };
  return SECTIONS.map((name) => ({
    heading: translator.t(locale, `privacy.${name}`),
    paragraphs: numbered(`privacy.${name}.p`),
    items: numbered(`privacy.${name}.i`),
  }));
}
