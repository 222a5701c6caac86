/** Shows one draft to whoever has the link. */
export type DraftLink = {
  /** hash of what the link carries */
  _id: string;
  ref: string;
  petitionId: string;
  by: string;
  createdAt: Date;
  expiresAt: Date;
};
