import { isLocalHost } from '../lib/hosts.ts';
import { pdfStrings } from '../lib/pdf/links.ts';

const URL_IN_TEXT = /\b(?:https?:\/\/|www\.)[^\s<>"'()]+/gi;
const TAG = /<[a-z][^<>]*>/gi;
const URL_IN_TAG = /\b(?:href|src|action|background)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;
/** They lead to no page. */
const NO_PAGE = /^(?:mailto:|tel:|cid:|#)/i;
const AS_IT_IS = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
} as const;

/** Every link in every part of a mail: head, text, HTML and documents. */
export async function linksOfMail(raw: Buffer): Promise<string[]> {
  const { simpleParser } = await import('mailparser');
  const { headerLines, subject = '', text = '', html, attachments } = await simpleParser(raw, AS_IT_IS);
  const markup = html || '';
  const written = [
    ...headerLines.map(({ line }) => line),
    subject,
    text,
    markup.replace(TAG, ' '),
    ...attachments.flatMap(({ contentType, content }) =>
      contentType === 'application/pdf' ? pdfStrings(content) : content.toString(),
    ),
  ];
  const found = written.flatMap((part) => part.match(URL_IN_TEXT) ?? []);
  const targets = (markup.match(TAG) ?? []).flatMap((tag) =>
    [...tag.matchAll(URL_IN_TAG)].map(([, one, two, three]) => one ?? two ?? three ?? ''),
  );
  return [...new Set([...found, ...targets.filter((target) => target !== '' && !NO_PAGE.test(target))])];
}

/** `foreign`: links to neither this installation nor a published source. `dead`: links that nobody outside can open. */
export type LinkFaults = { foreign: string[]; dead: string[] };

/** `published`: pages that are cited as sources, or where an office is reached. */
export function linkFaults(
  links: readonly string[],
  { publicUrl, published }: { publicUrl: string; published: readonly string[] },
): LinkFaults {
  const known = new Set([publicUrl, ...published].flatMap((url) => originOf(url) ?? []));
  return {
    foreign: links.filter((link) => !known.has(originOf(link) ?? '')),
    dead: links.filter((link) => isLocalHost(hostOf(link))),
  };
}

function read(link: string): URL | undefined {
  return URL.parse(/^www\./i.test(link) ? `https://${link}` : link) ?? undefined;
}

/** http and https lead to one page. */
const originOf = (link: string) => read(link)?.host.toLowerCase();
const hostOf = (link: string) => read(link)?.hostname ?? '';
