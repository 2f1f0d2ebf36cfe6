/** @file What every model of the Chronos family keeps of the series it was made for, and how it forecasts with it. */
import { z } from 'zod';
import type { Recipe } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import type { ForecastBatch, ForecastRequest, SeriesTask } from '../estimator.ts';
import { clipsAtZero } from '../series.ts';
import { forecastSeries } from './forecast-series.ts';
import type { OpenModel } from './foundation.ts';

const names = z.array(z.string()).max(1000);

/** Parts of a stored model's schema. */
export const seriesStateShape = {
  target: z.string(),
  past: names,
  known: names,
  nonNegative: z.boolean(),
  levels: z.array(z.number().gt(0).lt(1)).max(100),
} as const;
export type SeriesState = z.infer<z.ZodObject<typeof seriesStateShape>>;

/** @param values of the target */
export const seriesState = (
  { forecast }: Recipe,
  task: SeriesTask,
  values: Float64Array,
  trainEnd: number,
): SeriesState => ({
  target: task.target,
  past: [...task.pastCovariates],
  known: [...task.knownCovariates],
  nonNegative: clipsAtZero(forecast.nonNegative, values, trainEnd),
  levels: forecast.quantiles.toSorted((a, b) => a - b),
});

export interface Ahead {
  readonly origins: Int32Array;
  readonly horizon: number;
  readonly gap: number;
  /** most steps of the past that are read */
  readonly context: number;
}

/**
 * At the levels that `request` wants, or else those of the recipe. Closes the model, whatever happens.
 * @throws AppError `unknown-column`, `target-not-number`
 */
export async function forecastWith(
  open: OpenModel,
  frame: Frame,
  { target, past, known, nonNegative, levels }: SeriesState,
  { origins, horizon, gap, context }: Ahead,
  request: ForecastRequest | undefined,
): Promise<ForecastBatch> {
  try {
    return await forecastSeries(open.model, frame, { target, past, known }, origins, {
      gap,
      horizon,
      levels: request?.levels?.toSorted((a, b) => a - b) ?? levels,
      context,
      atLeastZero: nonNegative,
      warn: (message) => request?.log('warn', message),
      progress: (done, of) => request?.progress(done / of),
    });
  } finally {
    await open.close();
  }
}
