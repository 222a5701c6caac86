import * as z from 'zod';
import { LOCALES } from '../lib/locales.ts';

/**
 * The parts of a path. Only the language is checked for what it is: an unknown petition and a link that was altered have
 * pages of their own, and whoever looks them up answers with those.
 */
const locale = z.enum(LOCALES);
const text = z.string().min(1);

export const LocaleParams = z.object({ locale });
export const SlugParams = z.object({ locale, slug: text });
export const TokenParams = z.object({ locale, token: text });
export const PackFileParams = z.object({ locale, slug: text, file: text });
export const OfficeOfParams = z.object({ locale, slug: text, officeId: text });

export type SlugParams = z.output<typeof SlugParams>;
export type TokenParams = z.output<typeof TokenParams>;
export type PackFileParams = z.output<typeof PackFileParams>;
export type OfficeOfParams = z.output<typeof OfficeOfParams>;

/** Options of a route whose path holds these. */
export const SLUG = { schema: { params: SlugParams } } as const;
export const TOKEN = { schema: { params: TokenParams } } as const;
export const PACK_FILE = { schema: { params: PackFileParams } } as const;
export const OFFICE_OF = { schema: { params: OfficeOfParams } } as const;

/**
 * What a link may bring along in its query. Nothing of it is refused: what is no text, or is there twice, is as if it were
 * not there.
 */
const brought = z.string().optional().catch(undefined);
const mark = z
  .unknown()
  .optional()
  .transform((value) => value !== undefined);

const Query = z.object({
  /** where a supporter came from */
  source: brought,
  /** the office that somebody says they wrote to */
  said: brought,
  /** what was pasted to be looked up */
  id: brought,
  /** where the mail of the answer went, and the petition to go back to */
  at: brought,
  petition: brought,
  saved: mark,
  asked: mark,
});

export function readQuery({ query }: { query: unknown }): z.output<typeof Query> {
  return Query.parse(query ?? {});
}
