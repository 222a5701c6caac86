/** What stands still: `all`, `office:<id>` or `petition:<slug>`. */
export type Pause = { _id: string; by: string; because: string; at: Date };

export type Scope = { officeId?: string; petitionId?: string };

export function scopeId({ officeId, petitionId }: Scope): string {
  if (officeId) return `office:${officeId}`;
  return petitionId ? `petition:${petitionId}` : 'all';
}

/** The pause that holds a delivery, if any does. */
export function pauseOf(
  pauses: readonly Pause[],
  { officeId, petitionId }: { officeId: string; petitionId: string },
): Pause | undefined {
  const scopes = ['all', `office:${officeId}`, `petition:${petitionId}`];
  return pauses.find(({ _id }) => scopes.includes(_id));
}
