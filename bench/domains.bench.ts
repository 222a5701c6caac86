import { correctedDomain } from '../public/form.js';
import { MISTYPED, REAL } from './mail-domains.ts';
import type { Row } from './table.ts';

/** How often the domain that was meant is offered, and how often another one than somebody's own. */
export function scoreDomains(): {
  right: number;
  wrong: number;
  all: number;
  real: number;
  missed: string[];
} {
  const typed = Object.entries(MISTYPED).flatMap(([meant, list]) =>
    list.split(' ').map((domain) => ({ domain, meant })),
  );
  const missed = typed.filter(({ domain, meant }) => correctedDomain(domain) !== meant);
  const wrong = REAL.filter((domain) => correctedDomain(domain) !== undefined);
  return {
    right: typed.length - missed.length,
    wrong: wrong.length,
    all: typed.length,
    real: REAL.length,
    missed: [...missed.map(({ domain }) => domain), ...wrong],
  };
}

export async function benchDomains(): Promise<Row[]> {
  const { right, wrong, all, real } = scoreDomains();
  const one = (count: number) => ({ median: count, min: count, max: count });
  return [
    { what: `mistyped domains offered right, of ${all}`, ...one(right), unit: '', atLeast: 95 },
    { what: `real domains offered another, of ${real}`, ...one(wrong), unit: '', atMost: 0 },
  ];
}
