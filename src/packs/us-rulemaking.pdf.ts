import { createPdf, type Pdf } from '../lib/pdf/pdf.ts';
import type { PackPdfOptions } from './mx-article-8.pdf.ts';
import type { Pack } from './pack.ts';

/*
 * English alone: the department reads English. The page that it is downloaded from explains it in both languages.
 * What a petition must and should hold: 6 CFR 3.5(a) and 3.7(a). By post only, no courier: 6 CFR 3.5(b).
 */
const ADDRESS = [
  'U.S. Department of Homeland Security',
  'Office of the General Counsel, Mail Stop 0485',
  'Attn: Regulatory Affairs Law Division',
  '245 Murray Lane SW.',
  'Washington, DC 20528-0485',
];
/** The edition of 6 CFR 3.5(b)(1) that the address was read in. */
const ADDRESS_AS_OF = 'November 2024';

/** A sheet that explains, and the petition. Names no holder (law 9) and no supporter. */
export async function renderUsPack(pack: Pack, options: PackPdfOptions): Promise<Buffer> {
  const { paper, date, petitionUrl } = options;
  const pdf = await createPdf({
    paper,
    lang: 'en-US',
    title: `Petition for Rulemaking: ${pack.title}`,
    subject: 'A template to be read by a lawyer; not legal advice',
    date,
    foot: (page, pages, part) =>
      part === 1 ? 'Instruction sheet: do not mail' : `Petition for Rulemaking · page ${page} of ${pages}`,
  });
  writeInstructions(pdf, petitionUrl);
  pdf.newPart();
  writeHead(pdf, pack);
  writeBody(pdf, pack, petitionUrl);
  return pdf.end();
}

function writeInstructions(pdf: Pdf, petitionUrl: string): void {
  pdf.heading(1, 'Before you use this petition');
  pdf.frame('This is a template, not legal advice', [
    'Have a lawyer read it before you sign it. Change whatever does not fit. Sections 4 and 5 have lines that only you and your lawyer can fill in.',
  ]);
  pdf.frame('This department enforces immigration law', [
    'It gets your name and your address, and may keep them and pass them on; what you send may become public. If that could put you or somebody close to you at risk, do not send it.',
  ]);
  pdf.heading(2, 'How to use it');
  pdf.list(
    [
      'Print it. Fill in your name and a mailing address: the rules require both, and the Department answers to that address.',
      'Sign and date it, and keep a copy.',
      'Mail it. The Department takes petitions for rulemaking by mail at the address below, and takes none that is delivered by courier (6 CFR 3.5). Ask the post office for a receipt and keep its number.',
      'Tell whoever runs this campaign the day and the number of the receipt, if you wish the days without an answer to be counted in public. Your name is not published.',
    ].map((text, n) => ({ mark: `${n + 1}.`, text })),
  );
  pdf.frame('Mailing address', [
    ADDRESS.join('\n'),
    `As 6 CFR 3.5(b)(1) gave it in ${ADDRESS_AS_OF}. Compare it with today’s text at ecfr.gov, title 6, section 3.5, before you mail.`,
  ]);
  pdf.heading(2, 'What the law says about an answer');
  pdf.paragraph(
    'An agency must give any interested person the right to petition for a rule to be issued, amended or repealed (5 U.S.C. 553(e)). It must conclude a matter that is presented to it within a reasonable time (5 U.S.C. 555(b)), and must give prompt notice when it denies a petition, with a brief statement of the grounds (5 U.S.C. 555(e)). The law sets no number of days. An answer is not a yes.',
  );
  pdf.paragraph(`The petition on which this is built, with its facts and sources: ${petitionUrl}`);
}

function writeHead(pdf: Pdf, { title }: Pack): void {
  pdf.heading(1, 'PETITION FOR RULEMAKING', 'center');
  pdf.paragraph('to the U.S. Department of Homeland Security\nunder 5 U.S.C. 553(e) and 6 CFR Part 3', {
    align: 'center',
    gap: 10,
  });
  pdf.heading(2, `In the matter of: ${title}`);
  pdf.paragraph(ADDRESS.join('\n'), { gap: 10 });
  pdf.blank('Petitioner’s name:');
  pdf.blank('Mailing address:', 2);
  pdf.blank('Telephone or e-mail (optional):');
}

function writeBody(pdf: Pdf, { facts, demands, laws }: Pack, petitionUrl: string): void {
  pdf.heading(2, '1. The problem (6 CFR 3.7(a)(1))');
  pdf.paragraph('These facts, each with its period, describe the problem:');
  pdf.list(facts.map(({ text, period }) => ({ mark: '•', text: `${text} (${period})` })));
  pdf.heading(2, '2. How a rule would resolve it (6 CFR 3.7(a)(2))');
  pdf.paragraph(
    'A published rule binds every officer in the same way, tells children and those who help them what to expect, and can be checked. It would turn the laws cited in section 5 into steps that must be taken and recorded in each case, where they are now left to practice.',
  );
  pdf.heading(2, '3. Data and sources (6 CFR 3.7(a)(3))');
  const sources = [...Map.groupBy(facts, ({ source }) => source)];
  pdf.list(
    sources.map(([source, told]) => ({
      mark: '•',
      text: `${source}. Periods: ${[...new Set(told.map(({ period }) => period))].join('; ')}.`,
    })),
  );
  pdf.paragraph(
    `Each figure stands with its period and source, and the number of people who ask for the same, at ${petitionUrl}`,
  );
  pdf.heading(2, '4. The rule asked for (6 CFR 3.7(a)(4))');
  pdf.paragraph('I petition the Department to issue a rule that requires it and its components to:');
  pdf.list(
    demands.map(({ text, follows }, n) => ({
      mark: `(${n + 1})`,
      text: follows
        ? `${text} (The source of the facts makes no separate demand of this office; the petitioner holds that it follows from what it asks of both governments.)`
        : text,
    })),
  );
  pdf.blank('Text that the petitioner proposes, if any:', 3);
  pdf.heading(2, '5. Law and authority (6 CFR 3.7(a)(5))');
  pdf.list(laws.map(({ name, text }) => ({ mark: '•', text: `${name}: ${text}` })));
  pdf.blank(
    'Regulations that the rule would add to or amend, and the Department’s authority to issue it (to be completed with a lawyer):',
    3,
  );
  pdf.needs(200);
  pdf.heading(2, '6. Request for an answer');
  pdf.paragraph(
    'I ask the Department to conclude this matter within a reasonable time (5 U.S.C. 555(b)) and, should it deny the petition in whole or in part, to give prompt notice with a brief statement of the grounds (5 U.S.C. 555(e)), at the mailing address above.',
  );
  pdf.blank('Signature:');
  pdf.blank('Date:');
}
