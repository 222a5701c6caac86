import * as z from 'zod';

/** Each field once: of two it cannot be known which was meant. Boxes are named `name-<office>` and `reply-<office>`. */
export const PreviewForm = z.record(z.string(), z.string({ error: 'unreadable' })).transform((fields) => ({
  isBack: fields.do === 'back',
  /** the text that the button stood under */
  shown: fields.shown ?? '',
  /** the writer says of what is unsure that it may stand */
  hasLooked: fields.looked === 'on',
  ticked: { name: tickedIn(fields, 'name-'), reply: tickedIn(fields, 'reply-') },
}));

function tickedIn(fields: Readonly<Record<string, string>>, prefix: string): Set<string> {
  const ticked = Object.keys(fields).filter((name) => name.startsWith(prefix) && fields[name] === 'on');
  return new Set(ticked.map((name) => name.slice(prefix.length)));
}
