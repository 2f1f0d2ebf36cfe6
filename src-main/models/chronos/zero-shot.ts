/**
 * @file Chronos-2 as it is: nothing is fitted, its forecasts come from the history (and covariates) before each origin alone. What
 * is stored of it is which weights it used, not the weights.
 * @see Ansari et al., "Chronos-2: From Univariate to Universal Forecasting", arXiv 2510.15821
 */
import { z } from 'zod';
import type { Recipe } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import { parseModel } from '../codec.ts';
import type { Estimator, FittedModel, ForecastBatch, ForecastReport } from '../estimator.ts';
import { parseParams } from '../params.ts';
import { clipsAtZero, requireTrainingRows, targetValues } from '../series.ts';
import { requireHost } from './foundation.ts';
import type { FoundationHost } from './foundation.ts';
import { forecastSeries } from './forecast-series.ts';

export const zeroShotParamsSchema = z.strictObject({
  checkpoint: z
    .string()
    .min(1)
    .max(1000)
    .default('auto')
    .describe(
      'Which weights: a name of the library (amazon/chronos-2), a folder, or auto: the official ones where they are installed, else those that came with Voltcast',
    ),
  context_length: z
    .union([z.literal('auto'), z.number().int().min(16).max(1_000_000)])
    .default('auto')
    .describe('Steps of the past that are read; auto: as many as the model was made for (chronos-forecasting: context_length)'),
});

const stateSchema = z.strictObject({
  format: z.literal('voltcast-model'),
  version: z.literal(1),
  type: z.literal('chronos2_zeroshot'),
  target: z.string(),
  past: z.array(z.string()).max(1000),
  known: z.array(z.string()).max(1000),
  nonNegative: z.boolean(),
  levels: z.array(z.number().gt(0).lt(1)).max(100),
  /** null: as many as the model was made for */
  context: z.number().int().positive().nullable(),
  weights: z.strictObject({ name: z.string(), fingerprint: z.string() }),
});
type State = z.infer<typeof stateSchema>;

export class FittedChronos2 implements FittedModel {
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
    report?: ForecastReport,
  ): Promise<ForecastBatch> {
    const { target, past, known, nonNegative, levels, context, weights } = this.#state;
    const open = await requireHost(this.#host).openChronos2(weights);
    try {
      report?.log('info', `${weights.name} on ${open.device}`);
      return await forecastSeries(open.runner, frame, { target, past, known }, origins, {
        gap,
        horizon,
        levels,
        context: Math.min(context ?? Infinity, open.config.contextLength),
        atLeastZero: nonNegative,
        warn: (message) => report?.log('warn', message),
        progress: (done, of) => report?.progress(done / of),
      });
    } finally {
      await open.close();
    }
  }

  importance(): readonly [] {
    return [];
  }

  toJSON(): State {
    return this.#state;
  }
}

export function createZeroShot(recipe: Recipe): Estimator {
  const params = parseParams(zeroShotParamsSchema, recipe.model.params);
  return {
    type: 'chronos2_zeroshot',
    ownQuantiles: true,
    async fit(task, trainEnd, context) {
      const values = targetValues(task.frame, task.target);
      requireTrainingRows(values, trainEnd);
      const host = requireHost(context.foundation);
      const weights = host.identify(params.checkpoint);
      context.log('info', `${weights.name} is used as it is: nothing is fitted`);
      return new FittedChronos2(
        {
          format: 'voltcast-model',
          version: 1,
          type: 'chronos2_zeroshot',
          target: task.target,
          past: [...task.pastCovariates],
          known: [...task.knownCovariates],
          nonNegative: clipsAtZero(recipe.forecast.nonNegative, values, trainEnd),
          levels: recipe.forecast.quantiles.toSorted((a, b) => a - b),
          context: params.context_length === 'auto' ? null : params.context_length,
          weights,
        },
        host,
      );
    },
  };
}

/** @throws AppError `model-invalid` */
export function reviveZeroShot(json: unknown, host: FoundationHost | null): FittedChronos2 {
  return new FittedChronos2(parseModel(stateSchema, json, 'model'), host);
}
