import { type Campaign, isCampaignComplete, siteNameOf } from '../campaign/campaign.ts';
import { formatList, formatNumber } from '../lib/format.ts';
import type { MessageValues, Translator } from '../lib/i18n.ts';
import { INTL_TAG } from '../lib/locales.ts';
import { createPdf, type Paper, type Pdf } from '../lib/pdf/pdf.ts';
import { printable, UNPRINTABLE_MARK } from '../lib/pdf/text.ts';
import type { Digest } from './digest.ts';

/** Themes as a digest shows them: the quotes by the numbers that stand in the digest. */
type DigestVoices = {
  themes: readonly { label: string; people: number; quotes: readonly string[] }[];
  ungrouped: number;
};

export type DigestPdfOptions = {
  translator: Pick<Translator, 't'>;
  /** of the document; the same digest with the same date gives the same bytes */
  date: Date;
  petitionUrl: string;
  campaign: Campaign;
  voices?: DigestVoices;
  /** both countries print on letter */
  paper?: Paper;
};

type Tell = (key: string, values?: MessageValues) => string;

/**
 * The totals, places, themes, words and ledger head of a digest, to be printed or filed. It adds nothing to the mail
 * that it goes with, and names nobody.
 */
export async function renderDigestPdf(digest: Digest, options: DigestPdfOptions): Promise<Buffer> {
  const { translator, date, petitionUrl, campaign, voices, paper = 'letter' } = options;
  const { locale, officeName, asOf } = digest;
  const tell: Tell = (key, values) => translator.t(locale, key, values);
  const siteName = siteNameOf(campaign, translator, locale);
  const pdf = await createPdf({
    paper,
    lang: INTL_TAG[locale],
    title: `${tell('digestPdf.title', { officeName })}: ${digest.petitionTitle}`,
    date,
    foot: (page, pages) => tell('digestPdf.foot', { siteName, asOf, page, pages }),
  });
  pdf.heading(1, tell('digestPdf.title', { officeName }));
  pdf.paragraph(digest.petitionTitle, { bold: true });
  writeTotals(pdf, digest, tell);
  writePlaces(pdf, digest, tell);
  if (voices && voices.themes.length > 0) writeVoices(pdf, voices, tell, locale);
  writeQuotes(pdf, digest, tell);
  writeCheck(pdf, digest, tell, petitionUrl);
  pdf.heading(2, tell('letter.who'));
  pdf.paragraph(
    isCampaignComplete(campaign)
      ? tell('letter.who.text', {
          siteName,
          legalName: campaign.legalName ?? '',
          postalAddress: campaign.postalAddress ?? '',
          contactEmail: campaign.contactEmail ?? '',
        })
      : tell('letter.who.trial', { siteName }),
  );
  return pdf.end();
}

function writeTotals(pdf: Pdf, digest: Digest, tell: Tell): void {
  const { isFirst, added, removed, late, closedOn, total, petitionTitle, asOf } = digest;
  pdf.heading(2, tell('digestPdf.totals'));
  pdf.paragraph(
    isFirst
      ? tell('letter.first', { total, petitionTitle })
      : tell('letter.next', { added, total, petitionTitle }),
  );
  if (late > 0) pdf.paragraph(tell('letter.late', { late }));
  if (removed > 0) pdf.paragraph(tell('letter.removed', { removed }));
  if (closedOn) pdf.paragraph(tell('letter.closed', { closedOn }));
  pdf.paragraph(tell('letter.asOf', { asOf }));
}

function writePlaces(pdf: Pdf, { places, otherPlaces, locale }: Digest, tell: Tell): void {
  if (places.length === 0) return;
  pdf.heading(2, tell('letter.places'));
  const rows = places.map(({ label, count, isRest }) => ({
    place: isRest ? tell('letter.places.rest', { country: label }) : label,
    count,
  }));
  if (otherPlaces > 0) rows.push({ place: tell('letter.places.other'), count: otherPlaces });
  pdf.list(rows.map(({ place, count }) => ({ mark: '•', text: `${place}: ${formatNumber(count, locale)}` })));
  pdf.paragraph(tell('letter.places.note'));
}

function writeVoices(pdf: Pdf, voices: DigestVoices, tell: Tell, locale: Digest['locale']): void {
  pdf.heading(2, tell('digestPdf.voices'));
  pdf.paragraph(tell('digestPdf.voices.note'));
  pdf.list(
    voices.themes.map(({ label, people, quotes }) => {
      const numbers =
        quotes.length > 0 && tell('digestPdf.voices.quotes', { numbers: formatList(quotes, locale) });
      const parts = [tell('digestPdf.voices.people', { people }), numbers].filter(Boolean);
      return { mark: '•', text: `${label}: ${parts.join('; ')}` };
    }),
  );
  if (voices.ungrouped > 0) pdf.paragraph(tell('digestPdf.voices.ungrouped', { people: voices.ungrouped }));
}

function writeQuotes(pdf: Pdf, { quotes }: Digest, tell: Tell): void {
  if (quotes.length === 0) return;
  pdf.heading(2, tell('letter.words'));
  pdf.paragraph(tell('letter.words.note'));
  const isWhole = quotes.every(({ paragraphs }) => paragraphs.every((text) => printable(text).isWhole));
  if (!isWhole) pdf.paragraph(tell('digestPdf.marks', { mark: UNPRINTABLE_MARK }));
  for (const { number, place, paragraphs, lang } of quotes) {
    pdf.quotation(`${number} ${tell('letter.person', { place })}:`, paragraphs, lang);
  }
}

function writeCheck(pdf: Pdf, { ledgerSeq, ledgerHash }: Digest, tell: Tell, petitionUrl: string): void {
  pdf.heading(2, tell('letter.check'));
  pdf.paragraph(tell('letter.check.text', { ledgerSeq }));
  pdf.paragraph(ledgerHash, { size: 9 });
  pdf.paragraph(`${tell('letter.check.page')} ${petitionUrl}`);
  pdf.paragraph(tell('digestPdf.nobody'));
}
