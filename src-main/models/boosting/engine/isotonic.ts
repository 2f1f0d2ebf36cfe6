/**
 * @file Monotone constraints of symmetric trees, as CatBoost keeps them: leaves that differ only in answers about constrained
 * columns are put in line, and their values are replaced by the nearest ones that do not fall along it. The line is one of
 * those that agree with the constraints, not their partial order: a little more is asked of the values than needed.
 * @see https://catboost.ai/docs/en/concepts/constraints
 */

/**
 * Lines of leaves along which values must not fall. The answer to question q is bit q of a leaf's number.
 * @param directions by question: 1, -1, or 0 for a column that may do what it likes
 */
export function linesOfLeaves(directions: readonly number[]): Uint32Array[] {
  const constrained = [...directions.keys()].filter((q) => directions[q] !== 0);
  if (constrained.length === 0) return [];
  const mask = constrained.reduce((bits, q) => bits | (1 << q), 0);
  const falling = constrained.reduce((bits, q) => (directions[q] < 0 ? bits | (1 << q) : bits), 0);
  // the first question that was asked is the coarsest step along the line
  const steps = Uint32Array.from({ length: 2 ** constrained.length }, (_, rank) => {
    let leaf = 0;
    constrained.forEach((q, k) => (leaf |= ((rank >> (constrained.length - 1 - k)) & 1) << q));
    return leaf ^ falling;
  });
  const lines: Uint32Array[] = [];
  for (let leaf = 0; leaf < 2 ** directions.length; leaf++)
    if ((leaf & mask) === 0) lines.push(steps.map((step) => step | leaf));
  return lines;
}

/** a leaf without rows must not decide anything, nor divide by 0 */
const leastWeight = 1e-12;

/**
 * Replaces `values` along `line` by the nearest that do not fall, by weighted squares.
 * @see Barlow et al., "Statistical Inference under Order Restrictions" (1972): pool adjacent violators
 */
export function makeIsotonic(values: Float64Array, weights: Float64Array, line: Uint32Array): void {
  const n = line.length;
  const mean = new Float64Array(n);
  const weight = new Float64Array(n);
  const end = new Int32Array(n);
  let pools = 0;
  for (let i = 0; i < n; i++) {
    let w = Math.max(leastWeight, weights[line[i]]);
    let m = values[line[i]];
    while (pools > 0 && mean[pools - 1] >= m) {
      pools--;
      m = (m * w + mean[pools] * weight[pools]) / (w + weight[pools]);
      w += weight[pools];
    }
    mean[pools] = m;
    weight[pools] = w;
    end[pools++] = i + 1;
  }
  for (let p = 0, i = 0; p < pools; p++) for (; i < end[p]; i++) values[line[i]] = mean[p];
}
