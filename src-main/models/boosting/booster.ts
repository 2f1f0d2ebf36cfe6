/**
 * @file The boosting loop and the regressor around it.
 *
 *   prediction = base + sum over rounds of learning_rate x tree(x)
 *
 * With early stopping the last rows (rows are in time order) are held out, the best number of rounds is found on them,
 * and the model is then grown again on all rows with that number: the newest weeks are worth most to a forecaster.
 */
import { z } from 'zod';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { FeatureMatrix, FitContext, FittedRegressor, Regressor } from '../estimator.ts';
import { parseModel } from '../codec.ts';
import { createRandom } from '../random.ts';
import { binColumns } from './binning.ts';
import { Grower } from './grower.ts';
import { createLoss, quantileLevels, residualQuantile } from './losses.ts';
import type { Loss } from './losses.ts';
import type { XgboostParams } from './params.ts';
import { addTree, addTreeBinned, forestFromJson, forestSchema, forestToJson, predictForest, totalGain } from './predictor.ts';
import type { Forest } from './predictor.ts';
import type { Tree } from './types.ts';

interface TrainingSet {
  readonly columns: readonly Float64Array[];
  readonly rows: number;
  readonly target: Float64Array;
  readonly weight: Float64Array | null;
}

interface TrainedForest {
  readonly forest: Forest;
  /** rounds kept, and the validation loss there */
  readonly bestRound: number;
}

/** Lets messages of the run process through. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function train(
  set: TrainingSet,
  validation: TrainingSet | null,
  params: XgboostParams,
  rounds: number,
  seed: number,
  context: FitContext,
  report: (fraction: number) => void,
): Promise<TrainedForest> {
  const loss = createLoss(params);
  const bins = binColumns(set.columns, set.rows, set.weight, params.max_bin);
  const grower = new Grower(bins, {
    maxDepth: params.max_depth,
    gamma: params.gamma,
    learningRate: params.learning_rate,
    lambda: params.reg_lambda,
    alpha: params.reg_alpha,
    minChildWeight: params.min_child_weight,
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
      report((round + 1) / rounds);
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

const slice = (set: TrainingSet, from: number, to: number): TrainingSet => ({
  columns: set.columns.map((column) => column.subarray(from, to)),
  rows: to - from,
  target: set.target.subarray(from, to),
  weight: set.weight === null ? null : set.weight.subarray(from, to),
});

export class FittedBooster implements FittedRegressor {
  readonly levels: readonly number[] | null;
  readonly #names: readonly string[];
  readonly #forest: Forest;

  constructor(names: readonly string[], forest: Forest, levels: readonly number[] | null) {
    this.#names = names;
    this.#forest = forest;
    this.levels = levels;
  }

  get rounds(): number {
    return this.#forest.trees.length / this.#forest.outputs;
  }

  /** The level nearest to the median where there are several. */
  predict(features: FeatureMatrix): Float64Array {
    const all = this.predictQuantiles(features);
    return all[middleLevel(this.levels)];
  }

  /** One array of shape (rows) per level, not crossing: sorted row by row. */
  predictQuantiles(features: FeatureMatrix): Float64Array[] {
    const out = predictForest(this.#forest, features.columns, features.rows);
    if (out.length === 1) return out;
    const row = new Float64Array(out.length);
    for (let i = 0; i < features.rows; i++) {
      for (let k = 0; k < out.length; k++) row[k] = out[k][i];
      row.sort();
      for (let k = 0; k < out.length; k++) out[k][i] = row[k];
    }
    return out;
  }

  importance(): readonly { readonly name: string; readonly share: number }[] {
    const gain = totalGain(this.#forest, this.#names.length);
    const total = gain.reduce((sum, value) => sum + value, 0);
    if (total <= 0) return [];
    return this.#names
      .map((name, f) => ({ name, share: gain[f] / total }))
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share);
  }

  toJSON(): z.infer<typeof fittedSchema> {
    return {
      format: 'voltcast-booster',
      version: 1,
      names: [...this.#names],
      levels: this.levels === null ? null : [...this.levels],
      forest: forestToJson(this.#forest),
    };
  }
}

function middleLevel(levels: readonly number[] | null): number {
  if (levels === null) return 0;
  let best = 0;
  levels.forEach((level, k) => {
    if (Math.abs(level - 0.5) < Math.abs(levels[best] - 0.5)) best = k;
  });
  return best;
}

const fittedSchema = z.strictObject({
  format: z.literal('voltcast-booster'),
  version: z.literal(1),
  names: z.array(z.string()).max(100_000),
  levels: z.array(z.number().gt(0).lt(1)).min(1).nullable(),
  forest: forestSchema,
});

/** @throws AppError `model-invalid` */
export function reviveBooster(json: unknown): FittedBooster {
  const parsed = parseModel(fittedSchema, json, 'booster');
  const forest = forestFromJson(parsed.forest, parsed.names.length);
  if ((parsed.levels?.length ?? 1) !== forest.outputs)
    throw parseModelError('booster.levels: one level per output is needed');
  return new FittedBooster(parsed.names, forest, parsed.levels);
}
const parseModelError = (message: string): AppError =>
  new AppError({ code: 'model-invalid', message: `This is not a usable Voltcast model: ${message}.` });

/** Depth-wise histogram gradient boosting with XGBoost's second-order gain. Rows are in time order. */
export function createBooster(params: XgboostParams): Regressor {
  return {
    async fit(features, target, weight, context) {
      if (features.rows === 0)
        throw new AppError({
          code: 'no-training-rows',
          message: 'There is no complete row to train on.',
          hint: 'Use a longer history or a shorter horizon.',
        });
      const all: TrainingSet = { columns: features.columns, rows: features.rows, target, weight };
      const seed = params.seed ?? context.seed;
      let rounds = params.n_estimators;
      const held = Math.floor(features.rows * params.validation_fraction);
      const stopping = params.early_stopping_rounds !== undefined && held > 0 && held < features.rows;
      if (stopping) {
        const cut = features.rows - held;
        const first = await train(slice(all, 0, cut), slice(all, cut, features.rows), params, rounds, seed, context, (f) =>
          context.progress(f / 2, 'finding the number of rounds'),
        );
        rounds = first.bestRound;
        context.log('info', `early stopping: ${rounds} rounds were best on the last ${held} rows`);
      }
      const { forest } = await train(all, null, params, rounds, seed, stopping ? { ...context, curve: () => undefined } : context, (f) =>
        context.progress(stopping ? 0.5 + f / 2 : f, `round ${Math.round(f * rounds)} of ${rounds}`),
      );
      return new FittedBooster(features.names, forest, quantileLevels(params));
    },
  };
}
