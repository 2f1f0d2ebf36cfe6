/**
 * @file Every tree model as a regressor: its fit, its fitted form and its JSON.
 *
 * With early stopping the last rows (rows are in time order) are held out, the best number of rounds is found on them,
 * and the model is then grown again on all rows with that number: the newest weeks are worth most to a forecaster.
 */
import { z } from 'zod';
import { AppError } from '../../../src-preload/contract/index.ts';
import { invalidModel, parseModel } from '../codec.ts';
import { noCurve, partOf } from '../context.ts';
import type { FeatureMatrix, FitContext, FittedRegressor, Regressor } from '../estimator.ts';
import { requireSameBoosting } from './continuable.ts';
import { treeCount } from './ensemble.ts';
import type { TreeEnsemble } from './ensemble.ts';
import type { Plan } from './params/plan.ts';
import { ensembleFromJson, ensembleToJson } from './predict/codec.ts';
import { middleLevel, uncrossed } from './predict/levels.ts';
import { createPredictor } from './predict/predictor.ts';
import type { Predictor } from './predict/predictor.ts';
import { splitImportances } from './explain/importances.ts';
import type { TrainConfig, TrainingSet } from './training/config.ts';
import { problemOf } from './training/present.ts';
import { train } from './training/train.ts';
import type { Trained } from './training/train.ts';

export class FittedBooster implements FittedRegressor {
  readonly levels: readonly number[] | null;
  readonly names: readonly string[];
  readonly ensemble: TreeEnsemble;
  readonly #predictor: Predictor;

  constructor(ensemble: TreeEnsemble) {
    this.ensemble = ensemble;
    this.levels = ensemble.levels;
    this.names = ensemble.features.map(({ name }) => name);
    this.#predictor = createPredictor(ensemble);
  }

  get rounds(): number {
    return roundsOf(this.ensemble);
  }

  /** The level nearest to the median where there are several. */
  predict(features: FeatureMatrix): Float64Array {
    const all = this.predictQuantiles(features);
    return all[middleLevel(this.levels)];
  }

  /** One array of shape (rows) per level, not crossing: sorted row by row. */
  predictQuantiles(features: FeatureMatrix): Float64Array[] {
    return uncrossed(this.#predictor.predict(features.columns, features.rows));
  }

  importance(): readonly { readonly name: string; readonly share: number }[] {
    const gain = splitImportances(this.ensemble).totalGain;
    const total = gain.reduce((sum, value) => sum + value, 0);
    if (total <= 0) return [];
    return this.names
      .map((name, f) => ({ name, share: gain[f] / total }))
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share);
  }

  toJSON(): z.input<typeof fittedSchema> {
    return { format: 'voltcast-booster', version: 2, ensemble: ensembleToJson(this.ensemble) };
  }
}

const roundsOf = (ensemble: TreeEnsemble): number => treeCount(ensemble) / ensemble.treesPerRound;

const fittedSchema = z.strictObject({
  format: z.literal('voltcast-booster'),
  version: z.literal(2),
  ensemble: z.unknown(),
});
const headSchema = z.looseObject({ version: z.number() });

/** @throws AppError `model-invalid`, `model-version` */
export function reviveBooster(json: unknown): FittedBooster {
  const head = headSchema.safeParse(json);
  if (head.success && head.data.version !== 2)
    throw new AppError({
      code: 'model-version',
      message: `This model holds trees in form ${head.data.version}; this version of Voltcast reads form 2.`,
      hint: 'Train the model again.',
    });
  const parsed = parseModel(fittedSchema, json, 'booster');
  const ensemble = ensembleFromJson(parsed.ensemble, 'booster.ensemble');
  if (ensemble.outputs > 1 && ensemble.levels === null)
    throw invalidModel('booster.ensemble: several outputs that are no quantiles');
  return new FittedBooster(ensemble);
}

/**
 * A later fit of the same plan keeps the number of rounds that early stopping found.
 * @param leads how many leads of one origin the rows hold, for least sizes of leaves that say `auto`
 */
export function createBooster(plan: Plan, leads = 1): Regressor {
  const plainConfig = (set: TrainingSet, context: FitContext): TrainConfig =>
    plan.config(problemOf(set, leads, plan.seed ?? context.seed));
  return {
    async fit(features, target, weight, context, start = null) {
      if (plan.classes !== null)
        throw new AppError({
          code: 'task-not-supported',
          message: 'An objective of classes gives probabilities, and this task needs quantities.',
          hint: 'Choose an objective of regression.',
          place: { key: 'model.params' },
        });
      const all: TrainingSet = { ...features, categories: null, target, weight };
      const init = start?.keep ? start.ensemble : null;
      const before = start === null || start.keep ? 0 : roundsOf(start.ensemble);
      const configFor = (set: TrainingSet): TrainConfig => {
        const config = plainConfig(set, context);
        if (start !== null) requireSameBoosting(start, config);
        return { ...config, rounds: config.rounds + before };
      };
      const held = Math.floor(features.rows * plan.validationFraction);
      const stopping = plan.patience !== null && held > 0 && held < features.rows;
      const whole = { ...configFor(all), patience: null };
      if (!stopping) return fitted(await train(all, whole, { ...hooksOf(context), init }), context);
      const cut = features.rows - held;
      const first = slice(all, 0, cut);
      const { bestRound } = await train(first, configFor(first), {
        ...hooksOf(partOf(context, 0, 0.5)),
        init,
        validation: slice(all, cut, features.rows),
      });
      context.log('info', `early stopping: ${bestRound} rounds were best on the last ${held} rows`);
      const rest = partOf(context, 0.5, 0.5, { curve: noCurve });
      return fitted(await train(all, { ...whole, rounds: bestRound }, { ...hooksOf(rest), init }), context);
    },
    async refit(earlier, features, target, weight, context) {
      if (!(earlier instanceof FittedBooster)) throw new TypeError('expected fitted trees');
      const all: TrainingSet = { ...features, categories: null, target, weight };
      const config = { ...plainConfig(all, context), patience: null };
      const { rounds } = plan.patience === null ? config : earlier;
      return fitted(await train(all, { ...config, rounds }, hooksOf(context)), context);
    },
  };
}

function fitted({ ensemble, device }: Trained, context: FitContext): FittedBooster {
  context.device?.used?.(device);
  const trees = treeCount(ensemble);
  const on = device === 'cpu' ? 'the processor' : device;
  context.log(
    'info',
    `${trees} trees grown on ${on}, ${context.threads} ${context.threads === 1 ? 'thread' : 'threads'}`,
  );
  return new FittedBooster(ensemble);
}

const hooksOf = (context: FitContext) => ({
  threads: context.threads,
  device: context.device ?? null,
  log: (level: 'debug' | 'info' | 'warn', message: string) => {
    context.log(level, message);
  },
  progress: (fraction: number, message: string) => {
    context.progress(fraction, message);
  },
  curve: (name: string, round: number, value: number) => {
    context.curve(name, round, value);
  },
});

const slice = (set: TrainingSet, from: number, to: number): TrainingSet => ({
  ...set,
  columns: set.columns.map((column) => column.subarray(from, to)),
  rows: to - from,
  target: set.target.subarray(from, to),
  weight: set.weight === null ? null : set.weight.subarray(from, to),
});
