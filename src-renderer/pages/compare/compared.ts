/** @file Names and colours of compared runs, the same in every picture. Pure. */
import type { RunSummary } from '../../../src-preload/contract/index.ts';
import type { ComparedRun } from '../../charts/CompareCharts.tsx';

/** Two runs of one recipe get a number, so that no two lines share a name. */
export function labelled(
  runs: readonly Pick<RunSummary, 'id' | 'recipe'>[],
  titleOf: (recipe: string) => string,
  colorOf: (index: number) => string,
): ComparedRun[] {
  const total = new Map<string, number>();
  for (const run of runs) total.set(titleOf(run.recipe), (total.get(titleOf(run.recipe)) ?? 0) + 1);
  const seen = new Map<string, number>();
  return runs.map((run, i) => {
    const title = titleOf(run.recipe);
    const n = (seen.get(title) ?? 0) + 1;
    seen.set(title, n);
    return { id: run.id, label: total.get(title)! > 1 ? `${title} (${n})` : title, color: colorOf(i) };
  });
}
