/**
 * @file Who is champion of an experiment. A run that ends well takes the alias by itself when its recipe says
 * `tracking.champion: auto` and it is the better one:
 *
 *  - nobody holds the alias: it takes it;
 *  - both were scored on the same split (same rows, origins, target): the better `tracking.metric` takes it;
 *  - the splits differ (new data, another horizon or test span), so the figures do not compare: the run that was
 *    *asked for* later takes it. The newest training session decides, and within it the best run, because after its
 *    first run they share a split. A straggler of an older session never takes the alias back;
 *  - a forecast takes it from a regression, never the reverse: the champion is what forecasts are made with.
 *
 * Baselines are treated like any model: they hold the alias exactly as long as nothing is better.
 */
import type { RunSummary } from '../../src-preload/contract/index.ts';
import type { Workspace } from '../workspace/types.ts';

/** @returns true when the alias moved to `run` */
export function considerChampion(workspace: Workspace, run: RunSummary): boolean {
  if (run.status !== 'succeeded' || run.champion) return false;
  const { tracking } = workspace.getRunRequest(run.id).recipe;
  if (tracking.champion !== 'auto') return false;
  const current = workspace.championOf(run.experiment);
  if (!isBetter(run, current, tracking.metric)) return false;
  workspace.promote(run.id);
  return true;
}

/** The rule above as a pure function; smaller is better for every metric a recipe may track. */
export function isBetter(
  run: RunSummary,
  current: RunSummary | null,
  metric: 'mae' | 'rmse' | 'wape' | 'mase' | 'wql',
): boolean {
  const value = run.metrics?.[metric] ?? null;
  if (value === null) return false;
  if (current === null) return true;
  if (run.task !== current.task) return run.task === 'forecast';
  const comparable =
    run.splitKey !== null && run.splitKey === current.splitKey && run.dataset === current.dataset;
  if (!comparable) return run.createdAt >= current.createdAt;
  const best = current.metrics?.[metric] ?? null;
  return best === null || value < best;
}
