/** @file Models that give several quantiles. */

/** Quantiles that do not cross: sorted row by row, in place. @param levels shape (levels)(rows) */
export function uncrossed(levels: Float64Array[]): Float64Array[] {
  if (levels.length === 1) return levels;
  const row = new Float64Array(levels.length);
  for (let i = 0; i < levels[0].length; i++) {
    for (let k = 0; k < levels.length; k++) row[k] = levels[k][i];
    row.sort();
    for (let k = 0; k < levels.length; k++) levels[k][i] = row[k];
  }
  return levels;
}

/** Which level is nearest to the median; 0 without levels. */
export function middleLevel(levels: readonly number[] | null): number {
  let best = 0;
  levels?.forEach((level, k) => {
    if (Math.abs(level - 0.5) < Math.abs(levels[best] - 0.5)) best = k;
  });
  return best;
}
