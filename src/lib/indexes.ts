/** A declared index; the only way that indexes come into being. */
export type IndexDeclaration = {
  collection: string;
  key: Record<string, 1 | -1>;
  options: {
    name: string;
    unique?: boolean;
    /** holds only documents that have the field: what `$exists` as a partial filter says, and every server chooses it */
    sparse?: boolean;
    partialFilterExpression?: Record<string, unknown>;
  };
  /** name of the index that a former version made in its stead, which goes first */
  replaces?: string;
};
