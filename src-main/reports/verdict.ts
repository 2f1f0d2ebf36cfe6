/** @file How good, against what, and can the interval be trusted: the judgement, still without words. */
import type { RunSummary } from '../../src-preload/contract/index.ts';

export type Quality = 'strong' | 'useful' | 'slight' | 'none' | 'unknown';
export type Trust = 'trusted' | 'narrow' | 'wide' | 'unknown';

export interface Verdict {
  readonly quality: Quality;
  readonly skill: number | null;
  /** what the 80 % interval held, a share */
  readonly coverage80: number | null;
  readonly trust: Trust;
  /** the next best run on the same rows, and whether chance explains the difference (p of Diebold-Mariano) */
  readonly runnerUp: { readonly run: RunSummary; readonly pValue: number | null } | null;
}

/** Coverage of an 80 % interval that is as good as nominal, with the spread a test span of some weeks has. */
const TRUSTED: readonly [number, number] = [0.75, 0.85];

export function judge(
  main: RunSummary,
  others: readonly {
    readonly run: RunSummary;
    readonly pValue: number | null;
    readonly comparable: boolean;
  }[],
): Verdict {
  const coverage80 = main.metrics?.coverage80 ?? null;
  const runnerUp = others.find((row) => row.run.id !== main.id && row.comparable) ?? null;
  return {
    quality: qualityOf(main.skill),
    skill: main.skill,
    coverage80,
    trust:
      coverage80 === null
        ? 'unknown'
        : coverage80 < TRUSTED[0]
          ? 'narrow'
          : coverage80 > TRUSTED[1]
            ? 'wide'
            : 'trusted',
    runnerUp: runnerUp && { run: runnerUp.run, pValue: runnerUp.pValue },
  };
}

function qualityOf(skill: number | null): Quality {
  if (skill === null) return 'unknown';
  if (skill >= 0.3) return 'strong';
  if (skill >= 0.1) return 'useful';
  return skill > 0.005 ? 'slight' : 'none';
}
