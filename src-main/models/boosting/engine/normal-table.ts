/** @file Normal numbers out of a table: quantiles at the middles of equal shares. */

let made: Float64Array | null = null;

/** Quantiles of the standard normal distribution at (i + 0.5) / 4096, made when first asked for: that takes milliseconds. */
export function normals(): Float64Array {
  made ??= normalTable(4096);
  return made;
}

/** @returns quantiles at (i + 0.5) / size, scaled to variance 1 */
function normalTable(size: number): Float64Array {
  const table = Float64Array.from({ length: size }, (_, i) => normalQuantile((i + 0.5) / size));
  const deviation = Math.sqrt(table.reduce((sum, x) => sum + x * x, 0) / size);
  return table.map((x) => x / deviation);
}

/** Acklam's rational approximation, relative error below 1.2e-9. */
export function normalQuantile(p: number): number {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
    2.506628277459239,
  ];
  const b = [
    -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
  ];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  if (p > 0.5) return -normalQuantile(1 - p);
  const polynomial = (coefficients: readonly number[], x: number): number =>
    coefficients.reduce((sum, k) => sum * x + k, 0);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(c, q) / polynomial([...d, 1], q);
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(a, r) * q) / polynomial([...b, 1], r);
}
