/** @file The boosting loop: prediction = base + sum over rounds of learning_rate x tree(x). */
import type { FitContext } from '../estimator.ts';
import { createRandom } from '../random.ts';
import { binColumns } from './binning.ts';
import { Grower } from './grower.ts';
import { createLoss, residualQuantile } from './losses.ts';
import type { Loss } from './losses.ts';
import { autoChildWeight } from './params.ts';
import type { XgboostParams } from './params.ts';
import { addTree, addTreeBinned } from './predictor.ts';
import type { Forest } from './predictor.ts';
import type { Tree } from './types.ts';

export interface TrainingSet {
  readonly columns: readonly Float64Array[];
  readonly rows: number;
  readonly target: Float64Array;
  readonly weight: Float64Array | null;
}

export interface TrainedForest {
  readonly forest: Forest;
  /** rounds kept, and the validation loss there */
  readonly bestRound: number;
}

/** Lets messages of the run process through. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface TrainOptions {
  readonly params: XgboostParams;
  readonly rounds: number;
  readonly seed: number;
  /** leads of one origin among the rows, for `min_child_weight: auto` */
  readonly leads: number;
  /** watched for early stopping; null without it */
  readonly validation: TrainingSet | null;
}

export async function train(
  set: TrainingSet,
  { params, rounds, seed, leads, validation }: TrainOptions,
  context: FitContext,
): Promise<TrainedForest> {
  const loss = createLoss(params);
  const bins = binColumns(set.columns, set.rows, set.weight, params.max_bin);
  const grower = new Grower(bins, {
    maxDepth: params.max_depth,
    gamma: params.gamma,
    learningRate: params.learning_rate,
    lambda: params.reg_lambda,
    alpha: params.reg_alpha,
    minChildWeight: params.min_child_weight === 'auto' ? autoChildWeight(leads, set.rows) : params.min_child_weight,
    maxDeltaStep: params.max_delta_step,
    columnShareByTree: params.colsample_bytree,
    columnShareByLevel: params.colsample_bylevel,
    columnShareByNode: params.colsample_bynode,
    seed,
  });
  const n = set.rows;
  const base = Float64Array.from({ length: loss.outputs }, (_, k) => params.base_score ?? loss.start(set.target, set.weight, k));
  const predicted = Array.from(base, (value) => new Float64Array(n).fill(value));
  const watched = validation === null ? null : Array.from(base, (value) => new Float64Array(validation.rows).fill(value));
  const gradient = new Float32Array(n);
  const hessian = loss.constantHessian && set.weight === null ? null : new Float32Array(n);
  const present = presentRows(set);
  const trees: Tree[] = [];
  let bestLoss = Number.POSITIVE_INFINITY;
  let bestRound = rounds;
  for (let round = 0; round < rounds; round++) {
    const sample = params.subsample < 1 ? subsample(present, params.subsample, seed, round) : present;
    for (let k = 0; k < loss.outputs; k++) {
      loss.gradients(set.target, predicted[k], set.weight, k, gradient, hessian);
      const tree = grower.grow(sample, gradient, hessian, round * loss.outputs + k, leafValue(loss, k, set, predicted[k]));
      trees.push(tree);
      grower.addTo(predicted[k], tree);
      if (sample.length < n) addTreeBinned(tree, bins, absent(sample, n), predicted[k]);
      if (validation !== null && watched !== null) addTree(tree, validation.columns, validation.rows, watched[k]);
    }
    if (round % 10 === 9 || round === rounds - 1) {
      context.curve(`train ${loss.metric}`, round + 1, loss.evaluate(set.target, predicted, set.weight));
      context.progress((round + 1) / rounds, `round ${round + 1} of ${rounds}`);
      await pause();
    }
    if (validation !== null && watched !== null) {
      const value = loss.evaluate(validation.target, watched, validation.weight);
      if (round % 10 === 9) context.curve(`validation ${loss.metric}`, round + 1, value);
      if (value < bestLoss) {
        bestLoss = value;
        bestRound = round + 1;
      } else if (round + 1 - bestRound >= (params.early_stopping_rounds ?? rounds)) break;
    }
  }
  return { forest: { outputs: loss.outputs, base, trees }, bestRound };
}

/** Rows of weight 0 are as good as absent. */
function presentRows(set: TrainingSet): Uint32Array {
  const rows = new Uint32Array(set.rows);
  let n = 0;
  for (let i = 0; i < set.rows; i++) if (set.weight === null || set.weight[i] > 0) rows[n++] = i;
  return rows.slice(0, n);
}

/** Rows 0..n-1 that are not in `sample`. */
function absent(sample: Uint32Array, n: number): Uint32Array {
  const rows = new Uint32Array(n - sample.length);
  let at = 0;
  let next = 0;
  for (let row = 0; row < n; row++)
    if (next < sample.length && sample[next] === row) next++;
    else rows[at++] = row;
  return rows;
}

function subsample(present: Uint32Array, part: number, seed: number, round: number): Uint32Array {
  const random = createRandom(seed, round, 4);
  const rows = new Uint32Array(present.length);
  let n = 0;
  for (const row of present) if (random.next() < part) rows[n++] = row;
  return n > 0 ? rows.subarray(0, n) : present;
}

function leafValue(loss: Loss, k: number, set: TrainingSet, predicted: Float64Array) {
  const level = loss.leafLevel(k);
  if (level === null) return null;
  return (rows: Uint32Array): number => {
    const residual = Float64Array.from(rows, (row) => set.target[row] - predicted[row]);
    const weight = set.weight;
    return residualQuantile(residual, weight === null ? null : Float64Array.from(rows, (row) => weight[row]), level);
  };
}

