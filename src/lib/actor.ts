/**
 * Who acts: somebody at the operator's shell, by the name that they give, or an organiser who is signed in. What an
 * organiser is called is sealed, so that records name them by their ref.
 */
export type Actor =
  | { via: 'shell'; name: string }
  | { via: 'console'; organiser: string /** keyed, as of the key ring */; network: string };

const ORGANISER = 'organiser:';

/** What a record keeps of who acted: the name given at the shell, or an organiser's ref. */
export function byOf(actor: Actor): string {
  return actor.via === 'shell' ? actor.name : ORGANISER + actor.organiser;
}

/** The ref in what a record kept, or undefined where it is a name that was typed. */
export function organiserOf(by: string): string | undefined {
  return by.startsWith(ORGANISER) ? by.slice(ORGANISER.length) : undefined;
}

export function shellActor(name: string): Actor {
  return { via: 'shell', name };
}
