/**
 * @file The boosting regressor: its fit, its fitted form and its JSON.
 *
 * With early stopping the last rows (rows are in time order) are held out, the best number of rounds is found on them,
 * and the model is then grown again on all rows with that number: the newest weeks are worth most to a forecaster.
 */
import { z } from 'zod';
import { AppError } from '../../../src-preload/contract/index.ts';
import { invalidModel, parseModel } from '../codec.ts';
import { noCurve, partOf } from '../context.ts';
import type { FeatureMatrix, FittedRegressor, Regressor } from '../estimator.ts';
import { quantileLevels } from './losses.ts';
import type { XgboostParams } from './params.ts';
import { forestFromJson, forestSchema, forestToJson, predictForest, totalGain } from './predictor.ts';
import type { Forest } from './predictor.ts';
import { train } from './train.ts';
import type { TrainingSet } from './train.ts';

const slice = (set: TrainingSet, from: number, to: number): TrainingSet => ({
  columns: set.columns.map((column) => column.subarray(from, to)),
  rows: to - from,
  target: set.target.subarray(from, to),
  weight: set.weight === null ? null : set.weight.subarray(from, to),
});

export class FittedBooster implements FittedRegressor {
  readonly levels: readonly number[] | null;
  readonly names: readonly string[];
  readonly #forest: Forest;

  constructor(names: readonly string[], forest: Forest, levels: readonly number[] | null) {
    this.names = names;
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
    const gain = totalGain(this.#forest, this.names.length);
    const total = gain.reduce((sum, value) => sum + value, 0);
    if (total <= 0) return [];
    return this.names
      .map((name, f) => ({ name, share: gain[f] / total }))
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share);
  }

  toJSON(): z.infer<typeof fittedSchema> {
    return {
      format: 'voltcast-booster',
      version: 1,
      names: [...this.names],
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
    throw invalidModel('booster.levels: one level per output is needed');
  return new FittedBooster(parsed.names, forest, parsed.levels);
}

/**
 * Depth-wise histogram gradient boosting with XGBoost's second-order gain. Rows are in time order.
 * @param leads how many leads of one origin the rows hold, for `min_child_weight: auto`
 */
export function createBooster(params: XgboostParams, leads = 1): Regressor {
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
      const held = Math.floor(features.rows * params.validation_fraction);
      const stopping = params.early_stopping_rounds !== undefined && held > 0 && held < features.rows;
      let options = { params, rounds: params.n_estimators, seed, leads, validation: null };
      if (stopping) {
        const cut = features.rows - held;
        const validation = slice(all, cut, features.rows);
        const { bestRound } = await train(slice(all, 0, cut), { ...options, validation }, partOf(context, 0, 0.5));
        options = { ...options, rounds: bestRound };
        context.log('info', `early stopping: ${bestRound} rounds were best on the last ${held} rows`);
      }
      const { forest } = await train(all, options, stopping ? partOf(context, 0.5, 0.5, { curve: noCurve }) : context);
      return new FittedBooster(features.names, forest, quantileLevels(params));
    },
  };
}
