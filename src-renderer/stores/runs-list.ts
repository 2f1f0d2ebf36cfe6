/** @file Which runs the table shows and in which order. Pure, over thousands of rows. */
import type { MetricName, RunStatus, RunSummary } from '../../src-preload/contract/index.ts';
import { higherIsBetter } from '../../src-preload/contract/metrics.ts';

export interface RunFilter {
  readonly status: RunStatus | null;
  readonly experiment: string | null;
  readonly dataset: string | null;
  /** part of recipe, model, experiment, tag or id */
  readonly text: string;
}
export const noFilter: RunFilter = { status: null, experiment: null, dataset: null, text: '' };

export type RunColumn =
  'createdAt' | 'recipe' | 'modelType' | 'status' | 'durationMs' | 'skill' | 'experiment' | MetricName;
export interface RunOrder {
  readonly column: RunColumn;
  readonly descending: boolean;
}
export const newestFirst: RunOrder = { column: 'createdAt', descending: true };

export function matches(run: RunSummary, filter: RunFilter): boolean {
  if (filter.status && run.status !== filter.status) return false;
  if (filter.experiment && run.experiment !== filter.experiment) return false;
  if (filter.dataset && run.dataset !== filter.dataset) return false;
  const text = filter.text.trim().toLowerCase();
  if (text === '') return true;
  const tags = Object.entries(run.tags).flat();
  return [run.recipe, run.modelType, run.experiment, run.id, ...tags].some((part) =>
    part.toLowerCase().includes(text),
  );
}

/** The value a column sorts by; null (not measured, not finished) goes last whatever the direction. */
export function sortValue(run: RunSummary, column: RunColumn): number | string | null {
  switch (column) {
    case 'createdAt':
      return run.createdAt;
    case 'recipe':
      return run.recipe;
    case 'modelType':
      return run.modelType;
    case 'experiment':
      return run.experiment;
    case 'status':
      return statusRank[run.status];
    case 'durationMs':
      return run.durationMs;
    case 'skill':
      return run.skill;
    case 'bias':
    case 'nmbe': {
      const value = run.metrics?.[column] ?? null;
      return value === null ? null : Math.abs(value);
    }
    default:
      return run.metrics?.[column] ?? null;
  }
}

/** What needs the user's eye first. */
const statusRank: Readonly<Record<RunStatus, number>> = {
  running: 0,
  queued: 1,
  failed: 2,
  interrupted: 3,
  cancelled: 4,
  succeeded: 5,
};

export function sortRuns(runs: readonly RunSummary[], order: RunOrder): RunSummary[] {
  const sign = order.descending ? -1 : 1;
  return runs
    .map((run) => ({ run, value: sortValue(run, order.column) }))
    .sort((a, b) => compareValues(a.value, b.value, sign) || b.run.createdAt - a.run.createdAt)
    .map((entry) => entry.run);
}

function compareValues(a: number | string | null, b: number | string | null, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  return sign * String(a).localeCompare(String(b));
}

export function visibleRuns(
  byId: Readonly<Record<string, RunSummary>>,
  filter: RunFilter,
  order: RunOrder,
): RunSummary[] {
  return sortRuns(
    Object.values(byId).filter((run) => matches(run, filter)),
    order,
  );
}

/** Which direction a click on a metric's head sorts first: the best on top. */
export const bestFirst = (column: RunColumn): boolean =>
  column === 'createdAt' ||
  column === 'skill' ||
  column === 'coverage80' ||
  higherIsBetter.has(column as MetricName);

export function countByStatus(runs: Iterable<RunSummary>): Record<RunStatus, number> {
  const counts = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, interrupted: 0 };
  for (const run of runs) counts[run.status]++;
  return counts;
}

/**
 * Together: how far the unfinished runs have come, and the longest time any of them says it still needs; null while one
 * of them waits or cannot say.
 */
export function overallProgress(
  runs: readonly RunSummary[],
): { fraction: number; etaMs: number | null; active: number } | null {
  const active = runs.filter((run) => run.status === 'queued' || run.status === 'running');
  if (active.length === 0) return null;
  const fraction = active.reduce((sum, run) => sum + run.fraction, 0) / active.length;
  const etas = active.map((run) => run.etaMs).filter((eta) => eta !== null);
  return { fraction, etaMs: etas.length < active.length ? null : Math.max(...etas), active: active.length };
}
