/**
 * @file Partial dependence by brute force: the mean prediction over the rows when all of them have one value of a feature.
 * The lines of single rows (individual conditional expectation) come with it as a band.
 * @see Friedman, "Greedy function approximation", Annals of Statistics 29 (2001); Goldstein et al., "Peeking Inside the
 * Black Box" (2015)
 */
import type { FeatureMatrix } from '../estimator.ts';

export interface Dependence {
  /** values of the feature, ascending */
  readonly value: readonly number[];
  readonly mean: readonly number[];
  /** a tenth of the rows lies below and above */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Quantiles of the values that occur, each once; of categories and of few different values, all of them. */
export function gridOf(values: readonly number[], points: number): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const different = [...new Set(sorted)];
  if (different.length <= points) return different;
  // the outermost hundredths are left out: a model is not to be judged where it hardly ever was
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return [...new Set(Array.from({ length: points }, (_, i) => at(0.01 + (0.98 * i) / (points - 1))))];
}

/**
 * @param set gives matrices in which the feature has this value in every row
 * @param predict shape (rows)
 */
export function partialDependence(
  grid: readonly number[],
  set: (value: number) => readonly FeatureMatrix[],
  predict: (features: readonly FeatureMatrix[]) => Float64Array,
): Dependence {
  const mean: number[] = [];
  const low: number[] = [];
  const high: number[] = [];
  for (const value of grid) {
    const predicted = predict(set(value)).sort();
    const n = predicted.length;
    mean.push(predicted.reduce((sum, y) => sum + y, 0) / n);
    low.push(predicted[Math.floor(0.1 * (n - 1))]);
    high.push(predicted[Math.ceil(0.9 * (n - 1))]);
  }
  return { value: grid, mean, low, high };
}
