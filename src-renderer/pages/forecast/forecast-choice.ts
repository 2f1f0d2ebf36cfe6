/** @file Which runs can forecast a dataset, and which of them is offered first. Pure. */
import type { RunSummary } from '../../../src-preload/contract/index.ts';

/** Finished forecasting runs of the dataset: champion first, then by MAE, newest first among equals. */
export const usableRuns = (runs: readonly RunSummary[], dataset: string): RunSummary[] =>
  runs
    .filter((run) => run.dataset === dataset && run.status === 'succeeded' && run.task === 'forecast')
    .toSorted(
      (a, b) =>
        Number(b.champion) - Number(a.champion) ||
        (a.metrics?.mae ?? Infinity) - (b.metrics?.mae ?? Infinity) ||
        b.createdAt - a.createdAt,
    );

export const quantilePresets = {
  median: [0.1, 0.5, 0.9],
  deciles: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
  wide: [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975],
} as const satisfies Record<string, readonly number[]>;
export type QuantilePreset = keyof typeof quantilePresets;
