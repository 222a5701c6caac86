export const NEEDED_NODE: number;
export function nodeFault(node: {
  version: string;
  platform: string;
  npmVersion: string | undefined;
}): string | undefined;
