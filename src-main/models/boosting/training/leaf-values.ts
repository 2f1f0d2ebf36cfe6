/** @file Leaf values that do not follow from the histograms: quantiles of residuals, and CatBoost's steps over all rows. */
import type { LeafRule, Objective, Scores } from '../objectives/types.ts';
import { linesOfLeaves, makeIsotonic } from '../engine/isotonic.ts';
import type { LeafEstimation } from './config.ts';

/** Rows of each leaf in line, ascending within a leaf. */
interface RowsByLeaf {
  /** shape (leaves + 1) */
  readonly start: Int32Array;
  readonly rows: Uint32Array;
}

/** @param drawn rows that count; null: all */
export function rowsByLeaf(leafOf: Int32Array, leaves: number, drawn: Uint32Array | null): RowsByLeaf {
  const n = drawn?.length ?? leafOf.length;
  const start = new Int32Array(leaves + 1);
  for (let i = 0; i < n; i++) start[leafOf[drawn === null ? i : drawn[i]] + 1]++;
  for (let leaf = 0; leaf < leaves; leaf++) start[leaf + 1] += start[leaf];
  const next = start.slice();
  const rows = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const row = drawn === null ? i : drawn[i];
    rows[next[leafOf[row]]++] = row;
  }
  return { start, rows };
}

export interface LeafRequest {
  readonly scores: Scores;
  /** which output the tree adds to */
  readonly k: number;
  readonly leafOf: Int32Array;
  readonly leaves: number;
  /** rows that grew the tree, for rules that read them only; null: all */
  readonly drawn: Uint32Array | null;
  /** factor on weights from the draw; null for 1 */
  readonly factor: Float32Array | null;
  readonly learningRate: number;
  /** symmetric trees: by question the direction that values must keep (monotone constraints); absent: none */
  readonly directions?: readonly number[];
}

/**
 * Values by the objective's own rule, shrinkage included, shape (leaves); a leaf without rows adds 0. Where constraints hold
 * they are put in line by the leaves' weights; CatBoost leaves such values (its `Exact`) as they are.
 */
export function ruledLeaves(request: LeafRequest, rule: LeafRule): Float64Array {
  const { scores, k, leafOf, leaves, learningRate } = request;
  const [drawn, factor] = rule.rows === 'all' ? [null, null] : [request.drawn, request.factor];
  const { start, rows } = rowsByLeaf(leafOf, leaves, drawn);
  const { target, weight } = scores;
  const score = scores.predicted[k];
  const values = new Float64Array(leaves);
  const leafWeight = new Float64Array(leaves);
  const residual = new Float64Array(rows.length);
  const weights = weight !== null || factor !== null ? new Float64Array(rows.length) : null;
  for (let leaf = 0; leaf < leaves; leaf++) {
    const n = start[leaf + 1] - start[leaf];
    if (n === 0) continue;
    for (let i = 0; i < n; i++) {
      const row = rows[start[leaf] + i];
      residual[i] = target[row] - score[row];
      if (weights !== null)
        weights[i] = (weight === null ? 1 : weight[row]) * (factor === null ? 1 : factor[row]);
    }
    values[leaf] = learningRate * rule.value(k, residual, weights, n);
    leafWeight[leaf] = weights === null ? n : weights.subarray(0, n).reduce((sum, w) => sum + w, 0);
  }
  for (const line of linesOfLeaves(request.directions ?? [])) makeIsotonic(values, leafWeight, line);
  return values;
}

/**
 * CatBoost's leaf estimation: from all training rows, whatever sample grew the tree, by one or several steps
 * -G / (H + lambda), H the sum of weights (`gradient`) or of second derivatives (`newton`).
 * @returns shrinkage included, shape (leaves)
 * @see https://catboost.ai/docs/en/references/training-parameters/common#leaf_estimation_method
 */
export function steppedLeaves(
  { scores, k, leafOf, leaves, learningRate, directions = [] }: LeafRequest,
  objective: Objective,
  { method, iterations, lambda }: Extract<LeafEstimation, { kind: 'all-rows' }>,
): Float64Array {
  const n = leafOf.length;
  const gradient = new Float32Array(n);
  const newton = method === 'newton' && !objective.constantHessian;
  const hessian = newton ? new Float32Array(n) : null;
  const total = new Float64Array(leaves);
  const lines = linesOfLeaves(directions);
  let now = scores;
  for (let step = 0; step < iterations; step++) {
    if (step > 0) {
      const own = scores.predicted[k].map((score, i) => score + total[leafOf[i]]);
      now = { ...scores, predicted: scores.predicted.map((score, j) => (j === k ? own : score)) };
    }
    objective.gradients(now, k, gradient, hessian, 0, n);
    const g = new Float64Array(leaves);
    const h = new Float64Array(leaves);
    for (let i = 0; i < n; i++) {
      const leaf = leafOf[i];
      g[leaf] += gradient[i];
      h[leaf] += hessian !== null ? hessian[i] : scores.weight === null ? 1 : scores.weight[i];
    }
    for (let leaf = 0; leaf < leaves; leaf++)
      if (h[leaf] + lambda > 0) total[leaf] -= g[leaf] / (h[leaf] + lambda);
    if (lines.length > 0) {
      const weight = h.map((sum) => sum + lambda);
      for (const line of lines) makeIsotonic(total, weight, line);
    }
  }
  return total.map((value) => learningRate * value);
}

/**
 * Values of leaves that hold every output, shape (leaves x outputs), shrinkage included. Outputs whose second derivatives
 * touch each other take one Newton step together, as in CatBoost: (H + lambda I) v = -G with the matrix H of a leaf.
 */
export function sharedLeaves(request: LeafRequest, objective: Objective, how: LeafEstimation): Float64Array {
  const { scores, leaves } = request;
  const { outputs } = objective;
  objective.prepare?.(scores);
  if (
    objective.leaf === null &&
    how.kind === 'all-rows' &&
    how.method === 'newton' &&
    objective.crossed !== undefined
  )
    return crossedLeaves(request, objective, objective.crossed, how.lambda);
  const values = new Float64Array(leaves * outputs);
  for (let k = 0; k < outputs; k++) {
    const own =
      objective.leaf !== null
        ? ruledLeaves({ ...request, k }, objective.leaf)
        : how.kind === 'grown'
          ? new Float64Array(leaves)
          : steppedLeaves({ ...request, k }, objective, how);
    own.forEach((value, leaf) => (values[leaf * outputs + k] = value));
  }
  return values;
}

function crossedLeaves(
  { scores, leafOf, leaves, learningRate }: LeafRequest,
  objective: Objective,
  crossed: NonNullable<Objective['crossed']>,
  lambda: number,
): Float64Array {
  const { outputs } = objective;
  const n = leafOf.length;
  const g = new Float64Array(leaves * outputs);
  const gradient = new Float32Array(n);
  for (let k = 0; k < outputs; k++) {
    objective.gradients(scores, k, gradient, null, 0, n);
    for (let i = 0; i < n; i++) g[leafOf[i] * outputs + k] += gradient[i];
  }
  const size = outputs * outputs;
  const h = new Float64Array(leaves * size);
  for (let i = 0; i < n; i++) crossed(scores, i, h, leafOf[i] * size);
  const values = new Float64Array(leaves * outputs);
  for (let leaf = 0; leaf < leaves; leaf++) {
    const step = solvePenalised(
      h.subarray(leaf * size, (leaf + 1) * size),
      g.subarray(leaf * outputs, (leaf + 1) * outputs),
      lambda,
    );
    step.forEach((value, k) => (values[leaf * outputs + k] = -learningRate * value));
  }
  return values;
}

/** (H + lambda I) x = g by Cholesky; lambda is at least a 32-bit rounding of H's largest entry, so that H may be singular. */
function solvePenalised(h: Float64Array, g: Float64Array, lambda: number): Float64Array {
  const n = g.length;
  let largest = lambda;
  for (let k = 0; k < n; k++) largest = Math.max(largest, h[k * n + k]);
  const penalty = Math.max(lambda, largest * 2 ** -23);
  const x = Float64Array.from(g);
  if (!(penalty > 0)) return x.fill(0);
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = h[i * n + j] + (i === j ? penalty : 0);
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j];
    }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= l[i * n + k] * x[k];
    x[i] /= l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= l[k * n + i] * x[k];
    x[i] /= l[i * n + i];
  }
  return x;
}
