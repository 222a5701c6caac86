export const NEEDED_NODE: [number, number];
export function nodeFault(node: {
  version: string;
  platform: string;
  npmVersion: string | undefined;
}): string | undefined;
export function isNewEnough(version: string): boolean;
