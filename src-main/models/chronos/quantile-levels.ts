/** @file Quantile levels between those of the model, and quantiles of weighted samples, by the original's definitions. */
import { firstAbove } from '../first-above.ts';

/**
 * Values at other levels, by straight lines; beyond the outermost levels the outermost values.
 * @param levels ascending, with `values` beside them
 */
export function atLevels(
  levels: readonly number[],
  values: ArrayLike<number>,
  wanted: readonly number[],
): number[] {
  const last = levels.length - 1;
  const xs = [...(levels[0] > 0 ? [0] : []), ...levels, ...(levels[last] < 1 ? [1] : [])];
  const first = levels[0] > 0 ? 1 : 0;
  const valueAt = (i: number): number => values[Math.min(last, Math.max(0, i - first))];
  return wanted.map((u) => {
    const upper = Math.max(1, firstAbove(xs, u));
    const width = xs[upper] - xs[upper - 1];
    const share = width === 0 ? 0 : (u - xs[upper - 1]) / width;
    return valueAt(upper - 1) + share * (valueAt(upper) - valueAt(upper - 1));
  });
}

/** Share of probability that each level stands for: half the way to its neighbours, 0 and 1 at the ends; sum 1. */
export function massOf(levels: readonly number[]): number[] {
  const mass = levels.map((_, i) => ((levels[i + 1] ?? 1) - (levels[i - 1] ?? 0)) / 2);
  const total = mass.reduce((a, b) => a + b, 0);
  return mass.map((value) => value / total);
}

/** Quantiles of samples with weights: the levels are the sums of weights up to and with each sample. */
export function weightedQuantiles(
  samples: readonly number[],
  weights: readonly number[],
  wanted: readonly number[],
): number[] {
  const order = samples.map((_, i) => i).sort((a, b) => samples[a] - samples[b]);
  const total = weights.reduce((a, b) => a + b, 0);
  let sum = 0;
  const levels = order.map((i) => Math.min(1, (sum += weights[i] / total)));
  return atLevels(
    levels,
    order.map((i) => samples[i]),
    wanted,
  );
}
