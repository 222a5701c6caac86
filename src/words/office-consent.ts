import { emailChannel, isDoNotContact, type Office } from '../offices/office.ts';
import { type Petition, waysOf } from '../petitions/petition.ts';

/**
 * Which wording of the boxes is true of an office. What an office that does not itself detain or deport gets may still be
 * passed on, and the text says so.
 */
export function consentWording({ enforcesImmigrationLaw = true }: Office): 'enforces' | 'other' {
  return enforcesImmigrationLaw ? 'enforces' : 'other';
}

/** What reaches an office of a petition's own words: why nothing does, or that it waits for an address. */
export function reachOf(petition: Petition, office: Office): 'mail' | 'unverified' | 'post-only' | 'no-mail' {
  if (isDoNotContact(office)) return 'no-mail';
  if (office.isPostOnly) return 'post-only';
  const ways = waysOf(petition, office._id);
  if (!ways.includes('digest') && !ways.includes('letters')) return 'no-mail';
  return emailChannel(office) ? 'mail' : 'unverified';
}

/** Those that the boxes are shown for: offices that we write to, or shall once their address is verified. */
export function consentedOffices(petition: Petition, offices: readonly Office[]): Office[] {
  return offices.filter((office) => {
    const reach = reachOf(petition, office);
    return petition.officeIds.includes(office._id) && (reach === 'mail' || reach === 'unverified');
  });
}
