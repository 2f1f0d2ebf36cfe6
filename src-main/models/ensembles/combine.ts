/**
 * @file Least squares over base forecasts, with the constraints a combination may have.
 *
 *   minimise    |c + P w - y|^2 / n  +  penalty |w - aim|^2
 *   subject to  w >= 0 (positive)  and  sum w = 1 (sumToOne), each where asked for
 *
 * solved by exchange between two weights (with the sum fixed) or one weight at a time, always to the exact minimum of that
 * line, until no exchange helps. Convex, so it ends at the global minimum.
 * @see Bates and Granger, "The Combination of Forecasts", Operational Research Quarterly 20 (1969); Breiman, "Stacked
 *   Regressions", Machine Learning 24 (1996) for w >= 0; Diebold and Shin, "Machine learning for regularized survey
 *   forecast combination", International Journal of Forecasting 35 (2019) for the pull towards equal weights
 */

export interface CombineOptions {
  /** per row, in the square of the target's unit */
  readonly penalty: number;
  readonly positive: boolean;
  readonly sumToOne: boolean;
  readonly intercept: boolean;
  /** what each weight is drawn to: 1 / members, or 0 */
  readonly aim: number;
}

export interface Combination {
  readonly weights: readonly number[];
  /** target unit; 0 without one */
  readonly intercept: number;
}

/** Sums over rows that the solution needs, so that stretches of rows are added up once and solved often. */
export interface Moments {
  /** members */
  readonly size: number;
  /** sums of products of (forecasts, target), shape (size + 1) x (size + 1), row-major; the target is last */
  readonly products: Float64Array;
  /** sums of forecasts and of the target, shape (size + 1) */
  readonly sums: Float64Array;
  rows: number;
}

export const emptyMoments = (size: number): Moments => ({
  size,
  products: new Float64Array((size + 1) ** 2),
  sums: new Float64Array(size + 1),
  rows: 0,
});

/**
 * Adds rows `from .. to - 1`.
 * @param base members x (rows), target unit, no NaN
 * @param actual (rows), no NaN
 */
export function addMoments(
  moments: Moments,
  base: readonly Float64Array[],
  actual: Float64Array,
  from: number,
  to: number,
): void {
  const columns = [...base, actual];
  const width = columns.length;
  columns.forEach((a, i) => {
    for (let r = from; r < to; r++) moments.sums[i] += a[r];
    for (let j = 0; j <= i; j++) {
      const b = columns[j];
      let sum = 0;
      for (let r = from; r < to; r++) sum += a[r] * b[r];
      moments.products[i * width + j] += sum;
      if (j < i) moments.products[j * width + i] += sum;
    }
  });
  moments.rows += to - from;
}

/** Mean squared error of a combination over the rows of the moments. */
export function meanSquaredError(moments: Moments, { weights, intercept }: Combination): number {
  const { size, products, sums, rows } = moments;
  const width = size + 1;
  const w = [...weights, -1];
  let total = rows * intercept * intercept;
  for (let i = 0; i < width; i++) {
    total += 2 * intercept * w[i] * sums[i];
    for (let j = 0; j < width; j++) total += w[i] * w[j] * products[i * width + j];
  }
  return rows === 0 ? Number.NaN : Math.max(0, total / rows);
}

export const equalWeights = (size: number): Combination => ({
  weights: new Array<number>(size).fill(1 / size),
  intercept: 0,
});

const maxSweeps = 20_000;

/** The best combination; equal weights where there is nothing to learn from. */
export function combine(moments: Moments, options: CombineOptions): Combination {
  const { size, rows } = moments;
  if (size === 0 || rows === 0) return equalWeights(size);
  const { a, b, scale } = normalEquations(moments, options);
  if (!(scale > 0)) return equalWeights(size);
  const { positive, sumToOne } = options;
  const weights = new Array<number>(size).fill(1 / size);
  // b - A w, kept up to date
  const slope = weights.map((_, i) => a[i].reduce((sum, value, j) => sum - value * weights[j], b[i]));
  const move = (k: number, step: number): void => {
    weights[k] += step;
    for (let i = 0; i < size; i++) slope[i] -= a[i][k] * step;
  };
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let moved = 0;
    for (let i = 0; i < size; i++)
      for (let j = 0; j < (sumToOne ? i : 1); j++) {
        const curvature = sumToOne ? a[i][i] + a[j][j] - 2 * a[i][j] : a[i][i];
        if (!(curvature > 1e-14 * scale)) continue;
        let step = (sumToOne ? slope[i] - slope[j] : slope[i]) / curvature;
        if (positive) step = Math.max(-weights[i], sumToOne ? Math.min(weights[j], step) : step);
        if (step === 0) continue;
        move(i, step);
        if (sumToOne) move(j, -step);
        moved = Math.max(moved, Math.abs(step));
      }
    if (moved < 1e-11) break;
  }
  const clean = positive ? weights.map((weight) => Math.max(0, weight)) : weights;
  const { sums } = moments;
  const intercept = options.intercept
    ? clean.reduce((left, weight, i) => left - weight * sums[i], sums[size]) / rows
    : 0;
  return { weights: clean, intercept };
}

/** A w = b of the penalised problem, centred where there is an intercept. */
function normalEquations(
  { size, products, sums, rows }: Moments,
  { penalty, aim, intercept }: CombineOptions,
): { a: number[][]; b: number[]; scale: number } {
  const width = size + 1;
  const product = (i: number, j: number): number =>
    products[i * width + j] - (intercept ? (sums[i] * sums[j]) / rows : 0);
  const ridge = penalty * rows;
  const indices = Array.from({ length: size }, (_, i) => i);
  const a = indices.map((i) => indices.map((j) => product(i, j) + (i === j ? ridge : 0)));
  const b = indices.map((i) => product(i, size) + ridge * aim);
  return { a, b, scale: Math.max(...indices.map((i) => a[i][i])) };
}
