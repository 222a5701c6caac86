/**
 * Who acts: somebody at the operator's shell, by the name that they give, or an organiser who is signed in, or an office,
 * through its own link or by its own mail. What an organiser is called is sealed, so that records name them by their ref.
 */
export type Actor =
  | { via: 'shell'; name: string }
  | { via: 'console'; organiser: string /** keyed, as of the key ring */; network: string }
  | { via: 'office'; office: string };

const ORGANISER = 'organiser:';

/** What a record keeps of who acted: the name given at the shell, an organiser's ref, or the office. */
export function byOf(actor: Actor): string {
  if (actor.via === 'shell') return actor.name;
  return actor.via === 'office' ? `office:${actor.office}` : ORGANISER + actor.organiser;
}

/** The ref in what a record kept, or undefined where it is a name that was typed. */
export function organiserOf(by: string): string | undefined {
  return by.startsWith(ORGANISER) ? by.slice(ORGANISER.length) : undefined;
}

export function shellActor(name: string): Actor {
  return { via: 'shell', name };
}
