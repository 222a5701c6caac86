export const NEEDED_NODE: number;
export function nodeFault(node: {
  version: string;
  platform: string;
  agent: string | undefined;
}): string | undefined;
