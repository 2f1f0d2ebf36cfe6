/** @file Combination weights: least squares under w >= 0 and sum w = 1. */

/**
 * Minimises |sum_m w_m p_m - y|^2 over the simplex by projected coordinate exchange: mass moves between two members at
 * a time to the exact minimum of that line, until no exchange helps. Convex, so it ends at the global minimum.
 * @param predicted members x (n)
 * @see Bates and Granger, "The Combination of Forecasts", Operational Research Quarterly 20 (1969)
 */
export function fitWeights(predicted: readonly Float64Array[], actual: Float64Array): number[] {
  const m = predicted.length;
  const weights = new Array<number>(m).fill(1 / m);
  if (m < 2 || actual.length === 0) return weights;
  // Gram matrix of the members' errors: the loss is w'Ew on the simplex
  const errors = predicted.map((part) => part.map((value, i) => value - actual[i]));
  const gram = errors.map((a) => errors.map((b) => a.reduce((sum, value, i) => sum + value * b[i], 0)));
  const scale = Math.max(...gram.map((row, i) => row[i]));
  if (!(scale > 0)) return weights;
  for (let sweep = 0; sweep < 1000; sweep++) {
    let moved = 0;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < i; j++) {
        // w_i + d, w_j - d: derivative of w'Ew along (e_i - e_j)
        let slope = 0;
        for (let k = 0; k < m; k++) slope += (gram[i][k] - gram[j][k]) * weights[k];
        const curvature = gram[i][i] + gram[j][j] - 2 * gram[i][j];
        if (!(curvature > 1e-14 * scale)) continue;
        const step = Math.max(-weights[i], Math.min(weights[j], -slope / curvature));
        weights[i] += step;
        weights[j] -= step;
        moved = Math.max(moved, Math.abs(step));
      }
    if (moved < 1e-10) break;
  }
  return weights.map((weight) => Math.max(0, weight));
}
