import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where programs, browsers and databases are started: these tests take longest. */
const SLOW = [
  'test/faults/',
  'test/journeys/',
  'test/database/',
  'test/signatures/schedules',
  'test/ledger/restored',
];

/** The slow ones first, so that no worker is left alone with one at the end: on a fresh checkout no times are known. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => Number(isSlow(b)) - Number(isSlow(a)));
  }
}

function isSlow({ moduleId, project }: TestSpecification): boolean {
  const path = relative(project.config.root, moduleId);
  return SLOW.some((folder) => path.startsWith(folder));
}
