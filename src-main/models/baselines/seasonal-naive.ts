/**
 * @file Seasonal naive: the reading at the same local time one season before, or the nearest earlier season that is
 * known at the origin. The reference that every other model has to beat.
 * @see Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", section 5.2
 */
import { z } from 'zod';
import type { Recipe } from '../../../src-preload/contract/index.ts';
import { buildCalendar } from '../../data/features/calendar.ts';
import type { Calendar } from '../../data/features/calendar.ts';
import type { Frame } from '../../data/frame.ts';
import { parseModel } from '../codec.ts';
import type { Estimator, FittedModel, ForecastBatch } from '../estimator.ts';
import { parseParams } from '../params.ts';
import { clipsAtZero, requireTrainingRows, rowsBeyond, targetValues } from '../series.ts';

const steps = z.number().int().min(1).max(10_000_000);
export const seasonalNaiveParamsSchema = z.strictObject({
  season: z
    .union([z.enum(['auto', 'day', 'week']), steps])
    .default('auto')
    .describe(
      'day or week by the local clock, or a number of steps; auto: the one with the smaller error in training',
    ),
});

type Season = 'day' | 'week' | number;

/** Row one season before `row`; -1 where the data begin later. */
function previous(calendar: Calendar, season: Season, row: number): number {
  if (season === 'day') return calendar.previousDay[row];
  if (season === 'week') return calendar.previousWeek[row];
  return row - season;
}

/** Latest valid reading up to the origin that lies whole seasons before `target`; NaN when there is none. */
function seasonalValue(
  calendar: Calendar,
  season: Season,
  values: Float64Array,
  origin: number,
  target: number,
): number {
  let row = previous(calendar, season, target);
  while (row >= 0 && (row > origin || !Number.isFinite(values[row]))) row = previous(calendar, season, row);
  return row >= 0 ? values[row] : lastValid(values, origin);
}

function lastValid(values: Float64Array, origin: number): number {
  for (let row = origin; row >= 0; row--) if (Number.isFinite(values[row])) return values[row];
  return 0;
}

function chooseSeason(frame: Frame, values: Float64Array, trainEnd: number, horizon: number): Season {
  const calendar = buildCalendar(frame, 0, new Int32Array(0));
  const candidates: Season[] = calendar.slotsPerDay > 1 ? ['day', 'week'] : ['week', 1];
  const week = 7 * calendar.slotsPerDay;
  // the last eight weeks, but not the first of all, which has no week before it
  const first = Math.max(horizon, trainEnd - 8 * week, trainEnd > 2 * week ? week : 0);
  let best: Season = candidates[0];
  let least = Number.POSITIVE_INFINITY;
  for (const season of candidates) {
    let sum = 0;
    let n = 0;
    // each row seen from the longest lead
    for (let row = first; row < trainEnd; row++) {
      if (!Number.isFinite(values[row])) continue;
      sum += Math.abs(seasonalValue(calendar, season, values, row - horizon, row) - values[row]);
      n++;
    }
    if (n > 0 && sum / n < least) {
      least = sum / n;
      best = season;
    }
  }
  return best;
}

const fittedSchema = z.strictObject({
  format: z.literal('voltcast-model'),
  version: z.literal(1),
  type: z.literal('seasonal_naive'),
  target: z.string(),
  season: z.union([z.enum(['day', 'week']), steps]),
  nonNegative: z.boolean(),
});

class FittedSeasonalNaive implements FittedModel {
  readonly type = 'seasonal_naive';
  readonly #model: z.infer<typeof fittedSchema>;

  constructor(model: z.infer<typeof fittedSchema>) {
    this.#model = model;
  }

  forecast(frame: Frame, origins: Int32Array, horizon: number, gap: number): ForecastBatch {
    const { target, season, nonNegative } = this.#model;
    const values = targetValues(frame, target);
    const calendar = buildCalendar(frame, rowsBeyond(frame, origins, gap + horizon), new Int32Array(0));
    const point = new Float64Array(origins.length * horizon);
    origins.forEach((origin, o) => {
      for (let k = 0; k < horizon; k++) {
        const value = seasonalValue(calendar, season, values, origin, origin + gap + 1 + k);
        point[o * horizon + k] = nonNegative ? Math.max(0, value) : value;
      }
    });
    return { origins, horizon, point, levels: null, quantiles: null };
  }

  importance(): readonly { readonly name: string; readonly share: number }[] {
    return [];
  }

  toJSON(): z.infer<typeof fittedSchema> {
    return this.#model;
  }
}

/** @throws AppError `model-invalid` */
export function reviveSeasonalNaive(json: unknown): FittedModel {
  return new FittedSeasonalNaive(parseModel(fittedSchema, json, 'model'));
}

export function createSeasonalNaive(recipe: Recipe): Estimator {
  const params = parseParams(seasonalNaiveParamsSchema, recipe.model.params);
  return {
    type: 'seasonal_naive',
    fit(task, trainEnd, context) {
      const values = targetValues(task.frame, task.target);
      requireTrainingRows(values, trainEnd);
      const reach = task.horizon + recipe.split.gap;
      const season =
        params.season === 'auto' ? chooseSeason(task.frame, values, trainEnd, reach) : params.season;
      context.log('info', `season: ${typeof season === 'number' ? `${season} steps` : season}`);
      context.progress(1);
      return Promise.resolve(
        new FittedSeasonalNaive({
          format: 'voltcast-model',
          version: 1,
          type: 'seasonal_naive',
          target: task.target,
          season,
          nonNegative: clipsAtZero(recipe.forecast.nonNegative, values, trainEnd),
        }),
      );
    },
  };
}
