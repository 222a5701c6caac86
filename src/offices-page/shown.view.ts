import type { Locale } from '../lib/locales.ts';
import type { ReachedView } from './reached.view.ts';

export type OfficeCard = { name: string; path: string; country: string; status: string };
/** A dated word of an office; `lang` is there where it is in another language than the page. */
export type SaidView = { label: string; on: string; reason?: string; lang?: Locale; translation?: string };
export type AnswerView = {
  heading: string;
  petitionTitle: string;
  lang?: Locale;
  paragraphs: string[];
  /** ours, where the office wrote in another language */
  translation?: string[];
  statements: { demand: string; label: string; reason?: string; lang?: Locale; translation?: string }[];
};
export type OfficeView = {
  name: string;
  country: string;
  status: string;
  reached: ReachedView[];
  petitions: {
    title: string;
    path: string;
    demandsPath: string;
    demands: { text: string; follows: boolean; said: string }[];
  }[];
  sent: { on: string; petitionTitle: string; kind: string; people: number; entries: string; state: string }[];
  isCut: boolean;
  answers: AnswerView[];
};
export type DemandsView = {
  petitionTitle: string;
  petitionPath: string;
  offices: { name: string; path: string }[];
  demands: {
    number: number;
    text: string;
    cells: { office: string; isAsked: boolean; label: string; said?: SaidView; older: SaidView[] }[];
  }[];
};
