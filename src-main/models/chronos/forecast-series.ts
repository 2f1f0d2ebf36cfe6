/**
 * @file Forecasts of a series of the app by a foundation model: what of its columns the model reads at an origin, and what is done so that
 * a forecast can be trusted: it stays near what was seen, its quantiles do not cross, and a load that never was negative
 * stays so.
 */
import type { Frame } from '../../data/frame.ts';
import { findColumn } from '../../data/frame.ts';
import type { ForecastBatch } from '../estimator.ts';
import { targetValues } from '../series.ts';
import { encodeCategories, textsOf } from './categories.ts';
import { saysNothing } from './encode.ts';
import type { ChronosItem } from './predict.ts';
import { atLevels } from './quantile-levels.ts';
import type { SeriesModel } from './series-model.ts';

export interface SeriesColumns {
  readonly target: string;
  /** read up to the origin */
  readonly past: readonly string[];
  /** read beyond the origin too */
  readonly known: readonly string[];
}

export interface SeriesOptions {
  /** steps after the origin that are forecast but not asked for */
  readonly gap: number;
  readonly horizon: number;
  /** ascending */
  readonly levels: readonly number[];
  /** most steps of the past that are read */
  readonly context: number;
  /** nothing below 0 */
  readonly atLeastZero: boolean;
  warn(message: string): void;
  progress?(done: number, of: number): void;
}

/** Forecasts end this many times the range of the context beyond it. */
const reach = 3;

/** @throws AppError `unknown-column`, `target-not-number` */
export async function forecastSeries(
  model: SeriesModel,
  frame: Frame,
  columns: SeriesColumns,
  origins: Int32Array,
  options: SeriesOptions,
): Promise<ForecastBatch> {
  const { gap, horizon, levels } = options;
  const context = Math.min(options.context, model.contextLength);
  const { past, known } = model.readsCovariates ? columns : { past: [], known: [] };
  const values = targetValues(frame, columns.target);
  const ahead = gap + horizon;
  const left = new LeftOut();
  const items = Array.from(origins, (origin): ChronosItem => {
    const from = Math.max(0, origin + 1 - context);
    const target = values.subarray(from, origin + 1);
    const covariate = (name: string, isKnown: boolean): Covariate | null => {
      const read = covariateAt(frame, name, values, { from, origin, ahead });
      if (!saysNothing(read.past)) return read;
      left.add(name, read, isKnown);
      return null;
    };
    return {
      targets: [target],
      past: past.flatMap((name) => covariate(name, false)?.past ?? []),
      known: known.flatMap((name) => covariate(name, true) ?? []),
    };
  });
  left.tell(origins.length, context, (message) => options.warn(message));
  const made = await model.predict(items, {
    horizon: ahead,
    context,
    // the median is the point forecast
    levels: [...new Set([...levels, 0.5])].sort((a, b) => a - b),
    ...(options.progress ? { progress: options.progress.bind(options) } : {}),
    warn: (message) => options.warn(message),
  });
  tellUnknownLevels(levels, made.levels, (message) => options.warn(message));
  const quantiles = new Float64Array(origins.length * horizon * levels.length);
  const point = new Float64Array(origins.length * horizon);
  let blind = 0;
  made.items.forEach((forecast, o) => {
    const bounds = boundsOf(items[o].targets[0], values, origins[o], options.atLeastZero);
    if (bounds.blind) blind++;
    for (let step = 0; step < horizon; step++) {
      const own = stepLevels(forecast, made.levels.length, gap + step, ahead, bounds);
      const at = o * horizon + step;
      quantiles.set(atLevels(made.levels, own, levels), at * levels.length);
      [point[at]] = atLevels(made.levels, own, [0.5]);
    }
  });
  if (blind > 0)
    options.warn(
      `${blind} of ${origins.length} forecasts had no reading to start from within the last ${context} steps: they repeat the last one there was.`,
    );
  return {
    origins,
    horizon,
    point,
    levels: levels.length > 0 ? levels : null,
    quantiles: levels.length > 0 ? quantiles : null,
  };
}

interface Covariate {
  readonly past: Float32Array;
  readonly future: Float32Array;
  /** has no value in the past that is read */
  readonly missing: boolean;
}

/** Covariates that a model is not shown from some origins, and why, where that loses something. */
class LeftOut {
  readonly #missing = new Map<string, number>();
  readonly #changing = new Set<string>();

  /** @param isKnown false: what it will be is not looked at */
  add(name: string, { past, future, missing }: Covariate, isKnown: boolean): void {
    const seen = past.find(Number.isFinite);
    if (missing) this.#missing.set(name, (this.#missing.get(name) ?? 0) + 1);
    else if (isKnown && future.some((value) => Number.isFinite(value) && value !== seen))
      this.#changing.add(name);
  }

  tell(origins: number, context: number, warn: (message: string) => void): void {
    for (const [name, count] of this.#missing)
      warn(
        `"${name}" has no value within the last ${context} steps, which the model reads: it is left out of ${origins === 1 ? 'the forecast' : `${count} of ${origins} forecasts`}.`,
      );
    for (const name of this.#changing)
      warn(
        `"${name}" stays at one value in the past that the model reads and changes after it: what the change means cannot be told, so the column is left out there.`,
      );
  }
}

/** Beyond a model's outermost levels there is nothing to go by. @param own ascending */
function tellUnknownLevels(
  wanted: readonly number[],
  own: readonly number[],
  warn: (message: string) => void,
): void {
  const [low, high] = [own[0], own[own.length - 1]];
  const outside = wanted.filter((level) => level < low || level > high);
  if (outside.length === 0) return;
  const given = outside.map((level) => `${level} as ${level < low ? low : high}`);
  warn(`The model knows quantile levels from ${low} to ${high} only: it gives ${given.join(', ')}.`);
}

interface Window {
  readonly from: number;
  readonly origin: number;
  readonly ahead: number;
}

/** Past and future of a covariate as seen from an origin; NaN where it is missing or beyond the data. */
function covariateAt(
  frame: Frame,
  name: string,
  target: Float64Array,
  { from, origin, ahead }: Window,
): Covariate {
  const column = findColumn(frame, name);
  if (column === undefined) return { past: new Float32Array(0), future: new Float32Array(0), missing: true };
  const until = Math.min(frame.time.length, origin + 1 + ahead);
  const future = new Float32Array(ahead).fill(Number.NaN);
  if (column.type === 'number') {
    future.set(column.values.subarray(origin + 1, until));
    const seen = Float32Array.from(column.values.subarray(from, origin + 1));
    return { past: seen, future, missing: !seen.some(Number.isFinite) };
  }
  // categories stand for the target's means over the whole past, as in the original
  const [encoded] = encodeCategories([
    {
      targets: [target.subarray(0, origin + 1)],
      past: textsOf(column, 0, origin + 1),
      future: textsOf(column, origin + 1, until),
    },
  ]);
  future.set(encoded.future);
  const missing = column.codes.subarray(from, origin + 1).every((code) => code < 0);
  return { past: encoded.past.subarray(from), future, missing };
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly blind: boolean;
}

function boundsOf(
  context: Float32Array | Float64Array,
  all: Float64Array,
  origin: number,
  atLeastZero: boolean,
): Bounds {
  let low = Infinity;
  let high = -Infinity;
  for (const value of context) {
    if (Number.isNaN(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) {
    const last = all.findLast((value, i) => i <= origin && Number.isFinite(value)) ?? 0;
    return { low: last, high: last, blind: true };
  }
  const range = high - low;
  const bottom = low - reach * range;
  return { low: atLeastZero ? Math.max(0, bottom) : bottom, high: high + reach * range, blind: false };
}

/** The model's quantiles of one step, within bounds and ascending. */
function stepLevels(
  row: Float32Array,
  levels: number,
  step: number,
  steps: number,
  { low, high }: Bounds,
): number[] {
  const own = Array.from({ length: levels }, (_, q) => {
    const value = row[q * steps + step];
    return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : low;
  });
  return own.sort((a, b) => a - b);
}
