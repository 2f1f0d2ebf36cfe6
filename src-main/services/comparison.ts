/** @file Side by side: metrics, the parameters that differ, errors by lead and hour, and whether a difference is real. */
import { runSummarySchema } from '../../src-preload/contract/index.ts';
import type { Comparison, Diagnostics, RunDetail, RunSummary } from '../../src-preload/contract/index.ts';
import type { Backtest } from '../metrics/backtest.ts';
import { diagnose } from '../metrics/diagnostics.ts';
import { compareBacktests } from '../metrics/significance.ts';
import type { Workspace } from '../workspace/types.ts';
import { findArtifact, hasBacktest, readBacktest, readCurves, readImportance } from './run-artifacts.ts';

export interface ComparisonService {
  /** Runs in the order of `ids`; runs without a backtest appear with their status but no diagnostics. */
  compare(ids: readonly string[]): Comparison;
  /** @throws {AppError} `run-not-found`, `run-not-evaluated` */
  diagnostics(id: string, points: number): Diagnostics;
}

/** Points of all series of one comparison together: what a browser draws without effort. */
const TOTAL_POINTS = 16_000;
const MAX_POINTS = 2000;
const MIN_POINTS = 60;
/** Decoded backtests kept between calls; the compare page asks for the same ones again with each click. */
const CACHED_BACKTESTS = 40;

export function createComparisonService(deps: { readonly workspace: Workspace }): ComparisonService {
  const { workspace } = deps;
  const cached = backtestCache(workspace);
  return {
    compare(ids) {
      const runs = ids.map((id) => workspace.getRun(id));
      const backtests = runs.map((run) => (hasBacktest(run) ? cached(run) : null));
      const points = Math.max(MIN_POINTS, Math.min(MAX_POINTS, Math.floor(TOTAL_POINTS / runs.length)));
      return {
        runs: runs.map(summaryOf),
        sameSplit: new Set(runs.map((run) => run.splitKey).filter((key) => key !== null)).size <= 1,
        params: differingParams(runs),
        diagnostics: runs.flatMap((run, i) => {
          const backtest = backtests[i];
          if (backtest === null) return [];
          const { runId, byLead, byHourOfWeek, series } = diagnose(backtest, { runId: run.id, points });
          return [{ runId, byLead, byHourOfWeek, series }];
        }),
        significance: runs.map((run, i) => ({
          runId: run.id,
          ...significanceOf(backtests[i], backtests[0], i),
        })),
      };
    },
    diagnostics(id, points) {
      const run = workspace.getRun(id);
      return diagnose(cached(run), {
        runId: run.id,
        points,
        featureImportance: readImportance(workspace, run),
        curves: readCurves(workspace, run),
      });
    },
  };
}

/** Steps, recipe text and artifacts of two hundred runs would be most of the answer and are not asked for. */
const summaryKeys = Object.keys(runSummarySchema.shape) as (keyof RunSummary)[];
const summaryOf = (run: RunDetail): RunSummary =>
  Object.fromEntries(summaryKeys.map((key) => [key, run[key]])) as RunSummary;

function significanceOf(
  own: Backtest | null,
  first: Backtest | null,
  index: number,
): { statistic: number | null; pValue: number | null } {
  if (index === 0 || own === null || first === null) return { statistic: null, pValue: null };
  return compareBacktests(own, first);
}

/** Keys whose values are not the same in all runs, in the order they are first met. */
export function differingParams(runs: readonly Pick<RunDetail, 'params'>[]): Comparison['params'] {
  const keys = new Set(runs.flatMap((run) => Object.keys(run.params)));
  return [...keys]
    .map((key) => ({ key, values: runs.map((run) => run.params[key] ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** Least recently used first out; content-addressed, so an entry never goes stale. */
function backtestCache(workspace: Workspace): (run: RunDetail) => Backtest {
  const entries = new Map<string, Backtest>();
  return (run) => {
    const hash = findArtifact(run, 'backtest.bin')?.hash ?? '';
    const backtest = entries.get(hash) ?? readBacktest(workspace, run);
    entries.delete(hash);
    entries.set(hash, backtest);
    if (entries.size > CACHED_BACKTESTS) entries.delete(entries.keys().next().value ?? '');
    return backtest;
  };
}
