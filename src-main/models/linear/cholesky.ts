/** @file Solves A x = b for a symmetric positive definite A, and accumulates normal equations. */

/**
 * In place: A (n x n, row-major, lower triangle used) becomes its factor L. A pivot that rounding has made
 * non-positive means a column that follows from those before it: it is left out (its solution is 0).
 */
export function solveSymmetric(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = Float64Array.from(b);
  const dropped = new Uint8Array(n);
  for (let j = 0; j < n; j++) {
    const rowJ = j * n;
    const diagonal = a[rowJ + j];
    let pivot = diagonal;
    for (let k = 0; k < j; k++) pivot -= a[rowJ + k] * a[rowJ + k];
    if (!(pivot > 1e-12 * Math.max(diagonal, 1e-300))) {
      dropped[j] = 1;
      for (let i = j; i < n; i++) a[i * n + j] = 0;
      a[rowJ + j] = 1;
      continue;
    }
    const root = Math.sqrt(pivot);
    a[rowJ + j] = root;
    for (let i = j + 1; i < n; i++) {
      const rowI = i * n;
      let sum = a[rowI + j];
      for (let k = 0; k < j; k++) sum -= a[rowI + k] * a[rowJ + k];
      a[rowI + j] = sum / root;
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = dropped[i] ? 0 : x[i];
    if (!dropped[i]) for (let k = 0; k < i; k++) sum -= a[i * n + k] * x[k];
    x[i] = sum / a[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i];
    for (let k = i + 1; k < n; k++) sum -= a[k * n + i] * x[k];
    x[i] = dropped[i] ? 0 : sum / a[i * n + i];
  }
  return x;
}

/** A least squares problem: p columns and a target of shape (rows); `weight` null for 1. */
export interface Problem {
  readonly columns: readonly Float64Array[];
  readonly target: Float64Array;
  readonly weight: Float64Array | null;
}

/** Z'WZ (p x p, row-major, lower triangle), Z'Wy (p), and the sum of weights. */
export interface Equations {
  readonly gram: Float64Array;
  readonly right: Float64Array;
  weight: number;
}

export const emptyEquations = (p: number): Equations => ({
  gram: new Float64Array(p * p),
  right: new Float64Array(p),
  weight: 0,
});

/** Solves (Z'WZ + alpha x weight x I) b = Z'Wy; the equations are kept. */
export function solveRidge({ gram, right, weight }: Equations, alpha: number): Float64Array {
  const p = right.length;
  const penalised = gram.slice();
  for (let j = 0; j < p; j++) penalised[j * p + j] += alpha * weight;
  return solveSymmetric(penalised, right);
}

/** Adds rows `begin .. end - 1`. Columns are read in blocks of rows so that a block stays in cache. */
export function addNormalEquations(
  { columns, target, weight }: Problem,
  begin: number,
  end: number,
  equations: Equations,
): void {
  const { gram, right } = equations;
  const p = columns.length;
  const block = 1024;
  const scaled = new Float64Array(block);
  for (let i = begin; i < end; i++) equations.weight += weight === null ? 1 : weight[i];
  for (let from = begin; from < end; from += block) {
    const to = Math.min(end, from + block);
    const n = to - from;
    const parts = columns.map((column) => column.subarray(from, to));
    for (let i = 0; i < p; i++) {
      const a = parts[i];
      let any = false;
      for (let r = 0; r < n; r++) {
        const v = weight === null ? a[r] : a[r] * weight[from + r];
        scaled[r] = v;
        any ||= v !== 0;
      }
      if (!any) continue;
      let dot = 0;
      for (let r = 0; r < n; r++) dot += scaled[r] * target[from + r];
      right[i] += dot;
      addProducts(scaled.subarray(0, n), parts, gram.subarray(i * p, i * p + i + 1));
    }
  }
}

/**
 * sums[j] += a . parts[j]. Four columns at once keep the processor busy while an addition is under way; each is added up in
 * the same order as alone, in even and odd rows.
 */
function addProducts(a: Float64Array, parts: readonly Float64Array[], sums: Float64Array): void {
  const n = a.length;
  const whole = n - (n % 2);
  let j = 0;
  for (; j + 3 < sums.length; j += 4) {
    const [b, c, d, e] = [parts[j], parts[j + 1], parts[j + 2], parts[j + 3]];
    let [even0, even1, even2, even3] = [0, 0, 0, 0];
    let [odd0, odd1, odd2, odd3] = [0, 0, 0, 0];
    for (let r = 0; r < whole; r += 2) {
      const even = a[r];
      const odd = a[r + 1];
      even0 += even * b[r];
      odd0 += odd * b[r + 1];
      even1 += even * c[r];
      odd1 += odd * c[r + 1];
      even2 += even * d[r];
      odd2 += odd * d[r + 1];
      even3 += even * e[r];
      odd3 += odd * e[r + 1];
    }
    if (whole < n) {
      even0 += a[whole] * b[whole];
      even1 += a[whole] * c[whole];
      even2 += a[whole] * d[whole];
      even3 += a[whole] * e[whole];
    }
    sums[j] += even0 + odd0;
    sums[j + 1] += even1 + odd1;
    sums[j + 2] += even2 + odd2;
    sums[j + 3] += even3 + odd3;
  }
  for (; j < sums.length; j++) {
    const b = parts[j];
    let even = 0;
    let odd = 0;
    for (let r = 0; r < whole; r += 2) {
      even += a[r] * b[r];
      odd += a[r + 1] * b[r + 1];
    }
    if (whole < n) even += a[whole] * b[whole];
    sums[j] += even + odd;
  }
}
