/** @file Draws the rows of a tree. Every draw comes from (seed, round, tree), never from what was drawn before. */
import { firstAbove } from '../../first-above.ts';
import { createRandom } from '../../random.ts';
import type { Sampling } from './config.ts';

export interface Draw {
  /** ascending; null: all */
  readonly rows: Uint32Array | null;
  /** shape (rows): factor on first and second derivative; null for 1 */
  readonly factor: Float32Array | null;
}

export const everyRow: Draw = { rows: null, factor: null };

/** Names the random streams of this file. */
const stream = 4;

export interface DrawRequest {
  readonly sampling: Sampling;
  readonly rows: number;
  /** shape (rows), above 0; null or absent for 1; read by bootstrap only */
  readonly weight?: Float64Array | null;
  /** derivatives of the round; read by goss and mvs only */
  readonly gradient: Float32Array;
  readonly hessian: Float32Array | null;
  readonly seed: number;
  /** counted from 0 */
  readonly round: number;
  /** tells trees of one round apart */
  readonly tree: number;
  /** scratch of shape (rows), overwritten where a factor is given */
  readonly scratch: Float32Array;
}

export function drawRows(request: DrawRequest): Draw {
  const { sampling } = request;
  switch (sampling.kind) {
    case 'all':
      return everyRow;
    case 'share':
      return drawShare(request, sampling.share, sampling.every);
    case 'goss':
      return request.round < sampling.from ? everyRow : drawGoss(request, sampling.top, sampling.other);
    case 'bayesian':
      return drawBayesian(request, sampling.temperature);
    case 'mvs':
      return drawMvs(request, sampling.share);
    case 'bootstrap':
      return drawBootstrap(
        request,
        'draws' in sampling ? sampling.draws : null,
        'share' in sampling ? sampling.share : 1,
      );
  }
}

function drawShare({ rows, seed, round, tree }: DrawRequest, share: number, every: number): Draw {
  if (share >= 1) return everyRow;
  const random = createRandom(seed, round - (round % every), stream, tree);
  const drawn = new Uint32Array(rows);
  let n = 0;
  for (let i = 0; i < rows; i++) if (random.next() < share) drawn[n++] = i;
  return n > 0 ? { rows: drawn.subarray(0, n), factor: null } : everyRow;
}

/**
 * Gradient-based one-side sampling.
 * @see Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", NeurIPS 2017, algorithm 2
 */
function drawGoss(request: DrawRequest, top: number, other: number): Draw {
  const { rows, gradient, hessian, seed, round, tree, scratch } = request;
  const keep = Math.max(1, Math.floor(rows * top));
  const few = Math.max(1, Math.floor(rows * other));
  if (keep + few >= rows) return everyRow;
  for (let i = 0; i < rows; i++) scratch[i] = Math.abs(gradient[i] * (hessian === null ? 1 : hessian[i]));
  const limit = scratch.slice().sort()[rows - keep];
  const random = createRandom(seed, round, stream, tree);
  const factor = (rows - keep) / few;
  const drawn = new Uint32Array(rows);
  let n = 0;
  let fewLeft = few;
  let smallLeft = rows - keep;
  for (let i = 0; i < rows; i++) {
    const isLarge = scratch[i] >= limit;
    if (isLarge) scratch[i] = 1;
    else {
      const taken = random.next() * smallLeft < fewLeft;
      smallLeft--;
      if (!taken) continue;
      fewLeft--;
      scratch[i] = factor;
    }
    drawn[n++] = i;
  }
  return { rows: drawn.subarray(0, n), factor: scratch };
}

/** @see catboost catboost/private/libs/algo/tensor_search_helpers.cpp, GenerateBayesianWeightsForPairs and beside it */
function drawBayesian({ rows, seed, round, tree, scratch }: DrawRequest, temperature: number): Draw {
  if (temperature === 0) return everyRow;
  const random = createRandom(seed, round, stream, tree);
  for (let i = 0; i < rows; i++) scratch[i] = (-Math.log(random.next() + 1e-100)) ** temperature;
  return { rows: null, factor: scratch };
}

/**
 * A row is drawn with probability min(1, s / mu), s = sqrt(g^2 + lambda), mu such that `share` of the rows come in all; it
 * counts 1 / probability. Lambda is the squared mean of |g|.
 * @see Ibragimov and Gusev, "Minimal Variance Sampling in Stochastic Gradient Boosting", NeurIPS 2019
 */
function drawMvs({ rows, gradient, seed, round, tree, scratch }: DrawRequest, share: number): Draw {
  if (share >= 1 || rows === 0) return everyRow;
  let mean = 0;
  for (let i = 0; i < rows; i++) mean += Math.abs(gradient[i]) / rows;
  if (mean === 0) return everyRow;
  const lambda = mean * mean;
  for (let i = 0; i < rows; i++) scratch[i] = Math.sqrt(gradient[i] * gradient[i] + lambda);
  const mu = thresholdOf(scratch, share * rows);
  const random = createRandom(seed, round, stream, tree);
  const drawn = new Uint32Array(rows);
  let n = 0;
  for (let i = 0; i < rows; i++) {
    const probability = Math.min(1, scratch[i] / mu);
    if (random.next() >= probability) continue;
    scratch[i] = 1 / probability;
    drawn[n++] = i;
  }
  return n > 0 ? { rows: drawn.subarray(0, n), factor: scratch } : everyRow;
}

/**
 * mu with sum of min(1, s / mu) = wanted: those above mu are sure to be drawn, the others share what is left. Every pass finds
 * more that are sure, until there are no more.
 */
function thresholdOf(sizes: Float32Array, wanted: number): number {
  let mu = Number.POSITIVE_INFINITY;
  for (;;) {
    let rest = 0;
    let sure = 0;
    for (let i = 0; i < sizes.length; i++)
      if (sizes[i] > mu) sure++;
      else rest += sizes[i];
    const next = rest / (wanted - sure);
    if (!(next < mu)) return mu;
    mu = next;
  }
}

/**
 * As in scikit-learn weights say how often a row is drawn, and a tree sees the draws alone.
 * @see Breiman, "Random Forests", Machine Learning 45 (2001); sklearn/ensemble/_forest.py, _generate_sample_indices
 */
function drawBootstrap(request: DrawRequest, draws: number | null, share: number): Draw {
  const { rows, weight = null, seed, round, tree, scratch } = request;
  const random = createRandom(seed, round, stream, tree);
  const upTo = weight === null ? null : runningSum(weight);
  const total = upTo?.[rows - 1] ?? rows;
  const wanted = draws ?? Math.max(1, Math.floor(total * share + 1e-9));
  scratch.fill(0);
  for (let k = 0; k < wanted; k++)
    scratch[upTo === null ? random.integer(rows) : firstAbove(upTo, random.next() * total)]++;
  const drawn = new Uint32Array(rows);
  let n = 0;
  for (let i = 0; i < rows; i++) {
    if (scratch[i] === 0) continue;
    drawn[n++] = i;
    // derivatives hold the weight already
    if (weight !== null) scratch[i] /= weight[i];
  }
  return { rows: drawn.subarray(0, n), factor: scratch };
}

function runningSum(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => (sum += value));
}
