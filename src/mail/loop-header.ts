/** Every mail of ours bears it, with our domain: by it we know our own when one comes back. */
export const LOOP_HEADER = 'X-Safe-Passage';
