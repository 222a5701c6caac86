/** `refused`: it claims to be about somebody and carries no valid token of ours. `organisers`: a person wrote to us. */
export const CONCERNS = ['delivery', 'person', 'organisers', 'nobody', 'refused'] as const;
export type Concern = (typeof CONCERNS)[number];
