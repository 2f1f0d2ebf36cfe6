/** @file Several runs in one picture, and what may be said about their differences. Pure. */
import type { Comparison, MetricName, RunSummary } from '../../src-preload/contract/index.ts';
import { higherIsBetter, metricNames } from '../../src-preload/contract/metrics.ts';

type Maybe = number | null;
export type ColumnName = MetricName | 'skill';

/** Distance from the ideal; the smallest is the best. */
export function badness(name: ColumnName, value: number): number {
  if (name === 'bias' || name === 'nmbe') return Math.abs(value);
  if (name === 'coverage80') return Math.abs(value - 0.8);
  return name === 'skill' || higherIsBetter.has(name) ? -value : value;
}

export const valueOfMetric = (run: RunSummary, name: ColumnName): Maybe =>
  name === 'skill' ? run.skill : (run.metrics?.[name] ?? null);

/** Per metric the runs that hold the best value (several when they tie); nothing is marked where only one has a value. */
export function bestRuns(runs: readonly RunSummary[]): ReadonlyMap<ColumnName, ReadonlySet<string>> {
  const best = new Map<ColumnName, ReadonlySet<string>>();
  for (const name of [...metricNames, 'skill'] as const) {
    const known = runs.flatMap((run) => {
      const value = valueOfMetric(run, name);
      return value === null ? [] : [{ id: run.id, bad: badness(name, value) }];
    });
    if (known.length < 2) continue;
    const least = Math.min(...known.map((item) => item.bad));
    best.set(name, new Set(known.filter((item) => item.bad === least).map((item) => item.id)));
  }
  return best;
}

/** Best first; runs without the figure last. */
export function rankRuns(runs: readonly RunSummary[], by: ColumnName, descending = false): RunSummary[] {
  const sign = descending ? -1 : 1;
  const rank = (run: RunSummary): number | null => {
    const value = valueOfMetric(run, by);
    return value === null ? null : badness(by, value);
  };
  return runs.toSorted((a, b) => {
    const x = rank(a);
    const y = rank(b);
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    return sign * (x - y);
  });
}

/** One row per position, one key per run. `first` is the position of the first value. */
export function overlayRows(
  curves: readonly { readonly runId: string; readonly values: readonly Maybe[] }[],
  first = 0,
  scale = 1,
): Record<string, Maybe>[] {
  const length = Math.max(0, ...curves.map((curve) => curve.values.length));
  return Array.from({ length }, (_, i) => ({
    x: (i + first) * scale,
    ...Object.fromEntries(curves.map((curve) => [curve.runId, curve.values[i] ?? null])),
  }));
}

/**
 * The predictions of several runs on one time axis for the canvas chart: seconds, actual, then one column per run.
 * Runs thinned to different instants leave holes (undefined: the line goes on) rather than invented values.
 */
export function joinSeries(diagnostics: Comparison['diagnostics']): {
  readonly columns: [number[], ...(Maybe | undefined)[][]];
  readonly runIds: readonly string[];
} {
  const times = [...new Set(diagnostics.flatMap((item) => item.series.t))].sort((a, b) => a - b);
  const at = new Map(times.map((t, i) => [t, i]));
  const actual: (Maybe | undefined)[] = new Array<Maybe | undefined>(times.length).fill(undefined);
  const predictions = diagnostics.map((item) => {
    const column = new Array<Maybe | undefined>(times.length).fill(undefined);
    item.series.t.forEach((t, i) => {
      const row = at.get(t)!;
      column[row] = item.series.predicted[i] ?? null;
      actual[row] ??= item.series.actual[i] ?? null;
    });
    return column;
  });
  return {
    columns: [times.map((ms) => ms / 1000), actual, ...predictions],
    runIds: diagnostics.map((item) => item.runId),
  };
}

/** What the significance test lets us say, in words the user can act on. */
export type Significance = 'reference' | 'better' | 'worse' | 'chance' | 'unknown';

/** Below this chance of a coincidence a difference counts as real. */
export const surePValue = 0.05;

/**
 * @param comparison its first run is the reference
 * The direction comes from the MAE itself, on which the test is based, not from the sign convention of its statistic.
 */
export function significanceOf(comparison: Comparison, runId: string): Significance {
  const reference = comparison.runs[0];
  if (reference === undefined || reference.id === runId) return 'reference';
  const run = comparison.runs.find((item) => item.id === runId);
  const pValue = comparison.significance.find((item) => item.runId === runId)?.pValue ?? null;
  const mine = run?.metrics?.mae ?? null;
  const theirs = reference.metrics?.mae ?? null;
  if (!comparison.sameSplit && run?.splitKey !== reference.splitKey) return 'unknown';
  if (pValue === null || mine === null || theirs === null) return 'unknown';
  if (pValue >= surePValue || mine === theirs) return 'chance';
  return mine < theirs ? 'better' : 'worse';
}

/**
 * Runs to show without being asked: the finished ones of the newest backtest of this dataset, best first. Of several runs
 * of one recipe the newest; the champion always.
 */
export function suggestRuns(runs: readonly RunSummary[], dataset: string | null, most = 12): string[] {
  const done = runs.filter(
    (run) => run.status === 'succeeded' && (dataset === null || run.dataset === dataset) && run.metrics,
  );
  const newest = done.toSorted((a, b) => b.createdAt - a.createdAt)[0];
  if (!newest) return [];
  const together = done.filter(
    (run) => run.experiment === newest.experiment && run.splitKey === newest.splitKey,
  );
  const newestOf = new Map<string, number>();
  for (const run of together)
    newestOf.set(run.recipe, Math.max(newestOf.get(run.recipe) ?? 0, run.createdAt));
  const current = together.filter((run) => run.champion || newestOf.get(run.recipe) === run.createdAt);
  return rankRuns(current, 'mae')
    .slice(0, most)
    .map((run) => run.id);
}
