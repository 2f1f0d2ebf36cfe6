/** @file Quantiles of samples that all count the same. */

/** By straight lines between the sorted samples, the smallest at level 0 and the largest at 1 (type 7 of Hyndman and Fan, 1996). */
export function sampleQuantiles(samples: Float32Array | Float64Array, levels: readonly number[]): number[] {
  const sorted = samples.toSorted();
  const last = sorted.length - 1;
  return levels.map((level) => {
    const rank = level * last;
    const below = Math.min(last, Math.floor(rank));
    const above = Math.min(last, below + 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  });
}
