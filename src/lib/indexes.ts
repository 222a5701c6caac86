/** A declared index; the only way that indexes come into being. */
export type IndexDeclaration = {
  collection: string;
  key: Record<string, 1 | -1>;
  options: { name: string; unique?: boolean; partialFilterExpression?: Record<string, unknown> };
};
