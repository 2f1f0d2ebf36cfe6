/**
 * @file A Chronos model as it is: nothing is fitted, its forecasts come from the history (and covariates) before each origin alone.
 * What is stored of it is which weights it used, not the weights.
 * @see Ansari et al., "Chronos-2: From Univariate to Universal Forecasting", arXiv 2510.15821
 * @see Ansari et al., "Chronos: Learning the Language of Time Series", arXiv 2403.07815 (Chronos-T5, Chronos-Bolt)
 */
import { z } from 'zod';
import type { FoundationKind, ModelType, Phase, Recipe } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import { parseModel } from '../codec.ts';
import type { Estimator, FittedModel, ForecastBatch, ForecastRequest } from '../estimator.ts';
import { parseParams } from '../params.ts';
import { requireTrainingRows, targetValues } from '../series.ts';
import { requireHost } from './foundation.ts';
import type { FoundationHost, Precision, Sampling } from './foundation.ts';
import { forecastWith, seriesState, seriesStateShape } from './series-state.ts';

/** Kinds of models that a type runs; `auto` means one of the first. */
export const zeroShotKinds = {
  chronos2_zeroshot: ['chronos-2', 'chronos-bolt', 'chronos-t5'],
  chronos_bolt: ['chronos-bolt'],
  chronos_t5: ['chronos-t5'],
} as const satisfies Partial<Record<ModelType, readonly FoundationKind[]>>;
export type ZeroShotType = keyof typeof zeroShotKinds;

const precisionSchema = z.enum(['auto', 'fp32', 'fp16', 'int8']) satisfies z.ZodType<Precision>;

export const zeroShotParamsSchema = z.strictObject({
  checkpoint: z
    .string()
    .min(1)
    .max(1000)
    .default('auto')
    .describe(
      'Which weights: a name of the library (amazon/chronos-2), a folder, or auto: the official ones where they are installed, else others that are here',
    ),
  context_length: z
    .union([z.literal('auto'), z.number().int().min(16).max(1_000_000)])
    .default('auto')
    .describe(
      'Steps of the past that are read; auto: as many as the model was made for (chronos-forecasting: context_length)',
    ),
  precision: precisionSchema
    .default('auto')
    .describe(
      'Of a Chronos-2: auto computes in 32 bits with weights as they are stored; fp16 makes products of 16 bits on a graphics card, and on the processor rounds weights to 16 bits; int8 rounds them to 8 bits on the processor, which is sooner and about one percent off',
    ),
});

const auto = z.literal('auto');

/** As {@link zeroShotParamsSchema}, of Chronos-Bolt. */
export const boltParamsSchema = zeroShotParamsSchema.omit({ precision: true });

/** As {@link zeroShotParamsSchema}, of a model that draws its futures; `auto`: as the checkpoint says. */
export const drawnParamsSchema = z.strictObject({
  ...boltParamsSchema.shape,
  num_samples: z
    .union([auto, z.number().int().min(2).max(10_000)])
    .default('auto')
    .describe('Futures that are drawn for each forecast'),
  temperature: z
    .union([auto, z.number().positive().max(100)])
    .default('auto')
    .describe('Above 1 futures differ more, below 1 less'),
  top_k: z
    .union([auto, z.number().int().min(0).max(1_000_000)])
    .default('auto')
    .describe('Only so many of the likeliest tokens are drawn from; 0: all'),
  top_p: z
    .union([auto, z.number().gt(0).max(1)])
    .default('auto')
    .describe('Only the likeliest tokens that make up this share are drawn from'),
});

const samplingSchema = z.strictObject({
  seed: z.number().int(),
  samples: z.number().int().min(1).max(10_000).nullable(),
  temperature: z.number().positive().nullable(),
  topK: z.number().int().min(0).nullable(),
  topP: z.number().gt(0).max(1).nullable(),
}) satisfies z.ZodType<Sampling>;

const stateSchema = z.strictObject({
  format: z.literal('voltcast-model'),
  version: z.literal(1),
  type: z.enum(['chronos2_zeroshot', 'chronos_bolt', 'chronos_t5']),
  ...seriesStateShape,
  /** null: as many as the model was made for */
  context: z.number().int().positive().nullable(),
  weights: z.strictObject({ name: z.string(), fingerprint: z.string() }),
  precision: precisionSchema.default('auto'),
  sampling: samplingSchema.default({ seed: 0, samples: null, temperature: null, topK: null, topP: null }),
});
type State = z.infer<typeof stateSchema>;

export class FittedZeroShot implements FittedModel {
  readonly type: State['type'];
  /** no horizon was trained: any is as good */
  readonly anyHorizon = true;
  readonly #state: State;
  readonly #host: FoundationHost | null;

  /** @param host null: cannot forecast */
  constructor(state: State, host: FoundationHost | null) {
    this.type = state.type;
    this.#state = state;
    this.#host = host;
  }

  /** @throws AppError `model-not-installed`, `model-changed`, `model-damaged` */
  async forecast(
    frame: Frame,
    origins: Int32Array,
    horizon: number,
    gap: number,
    request?: ForecastRequest,
  ): Promise<ForecastBatch> {
    const { weights, precision, sampling } = this.#state;
    const open = await requireHost(this.#host).openModel(weights, sampling, request ?? null, precision);
    const context = this.#state.context ?? Infinity;
    return await forecastWith(open, frame, this.#state, { origins, horizon, gap, context }, request);
  }

  importance(): readonly [] {
    return [];
  }

  toJSON(): State {
    return this.#state;
  }
}

export function createZeroShot(recipe: Recipe, type: ZeroShotType): Estimator {
  const drawn = type === 'chronos_t5' ? parseParams(drawnParamsSchema, recipe.model.params) : null;
  const own = type === 'chronos2_zeroshot' ? parseParams(zeroShotParamsSchema, recipe.model.params) : null;
  const params = drawn ?? own ?? parseParams(boltParamsSchema, recipe.model.params);
  const given = <T>(value: T | 'auto' | undefined): T | null =>
    value === 'auto' || value === undefined ? null : value;
  const sampling: Sampling = {
    seed: recipe.runtime.seed,
    samples: given(drawn?.num_samples),
    temperature: given(drawn?.temperature),
    topK: given(drawn?.top_k),
    topP: given(drawn?.top_p),
  };
  return {
    type,
    ownQuantiles: true,
    async fit(task, trainEnd, context) {
      const values = targetValues(task.frame, task.target);
      requireTrainingRows(values, trainEnd);
      const host = requireHost(context.foundation);
      const weights = host.identify(params.checkpoint, zeroShotKinds[type]);
      const kind = host.kindOf(weights);
      // what cannot be opened is said here, before a backtest begins
      context.progress(0, 'load-pipeline' satisfies Phase);
      const open = await host.openModel(weights, sampling, null, 'auto');
      await open.close();
      context.log('info', `${weights.name} is used as it is: nothing is fitted`);
      const covariates = kind === 'chronos-2' ? [] : [...task.pastCovariates, ...task.knownCovariates];
      if (covariates.length > 0)
        context.log(
          'warn',
          `A ${kind} model reads the history of the target alone: ${covariates.join(', ')} ${covariates.length === 1 ? 'changes' : 'change'} nothing.`,
        );
      if (kind !== 'chronos-2' && (own?.precision === 'fp16' || own?.precision === 'int8'))
        context.log('warn', `A ${kind} model is used with 32 bits: model.params.precision is for Chronos-2.`);
      return new FittedZeroShot(
        {
          format: 'voltcast-model',
          version: 1,
          type,
          ...seriesState(recipe, task, values, trainEnd),
          context: given(params.context_length),
          weights,
          precision: own?.precision ?? 'auto',
          sampling,
        },
        host,
      );
    },
  };
}

/** @throws AppError `model-invalid` */
export function reviveZeroShot(json: unknown, host: FoundationHost | null): FittedZeroShot {
  return new FittedZeroShot(parseModel(stateSchema, json, 'model'), host);
}
