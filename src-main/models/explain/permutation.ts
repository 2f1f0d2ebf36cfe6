/**
 * @file Permutation importance: how much larger the error gets when a feature's values are shuffled among the rows. It
 * needs predictions only, so it works for every regressor.
 * @see Breiman, "Random Forests", Machine Learning 45 (2001); scikit-learn's `permutation_importance`
 */
import { createRandom } from '../random.ts';
import type { FeatureMatrix } from '../estimator.ts';

export interface PermutationResult {
  /** mean rise of the error over the repeats */
  readonly mean: number;
  /** standard deviation over the repeats */
  readonly deviation: number;
}

export interface PermutationTask {
  readonly features: readonly FeatureMatrix[];
  /** columns that are shuffled together, per feature: [matrix, column] */
  readonly groups: readonly (readonly (readonly [number, number])[])[];
  /** shape (rows) of all matrices together */
  predict(features: readonly FeatureMatrix[]): Float64Array;
  /** the smaller the better */
  error(predicted: Float64Array): number;
  readonly repeats: number;
  readonly seed: number;
}

export function permutationImportance(task: PermutationTask): PermutationResult[] {
  const { features, groups, repeats, seed } = task;
  const rows = features[0]?.rows ?? 0;
  const baseline = task.error(task.predict(features));
  return groups.map((group) => {
    const rises = Array.from({ length: repeats }, (_, repeat) => {
      const order = shuffled(rows, seed, repeat);
      const mixed = features.map((matrix, m) => ({
        ...matrix,
        columns: matrix.columns.map((column, c) =>
          group.some(([part, at]) => part === m && at === c)
            ? Float64Array.from(order, (row) => column[row])
            : column,
        ),
      }));
      return task.error(task.predict(mixed)) - baseline;
    });
    const mean = rises.reduce((sum, rise) => sum + rise, 0) / Math.max(1, repeats);
    const variance = rises.reduce((sum, rise) => sum + (rise - mean) ** 2, 0) / Math.max(1, repeats);
    return { mean, deviation: Math.sqrt(variance) };
  });
}

/** Fisher-Yates; the same order for every feature of a repeat, so that features are compared on equal terms. */
function shuffled(rows: number, seed: number, repeat: number): Int32Array {
  const random = createRandom(seed, 71, repeat);
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  for (let i = rows - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  return order;
}
