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
  const told = new Set<string>();
  const items = Array.from(origins, (origin): ChronosItem => {
    const from = Math.max(0, origin + 1 - context);
    const target = values.subarray(from, origin + 1);
    const read = (name: string): Covariate => covariateAt(frame, name, values, { from, origin, ahead });
    return {
      targets: [target],
      past: past.map((name) => read(name).past).filter((row) => !saysNothing(row)),
      known: known.flatMap((name) => {
        const row = read(name);
        if (!saysNothing(row.past)) return row;
        const stays = row.past.find(Number.isFinite);
        if (row.future.some((value) => Number.isFinite(value) && value !== stays)) told.add(name);
        return [];
      }),
    };
  });
  for (const name of told)
    options.warn(
      `"${name}" stays at one value in the past that the model reads and changes after it: what the change means cannot be told, so the column is left out there.`,
    );
  const made = await model.predict(items, {
    horizon: ahead,
    context,
    // the median is the point forecast
    levels: [...new Set([...levels, 0.5])].sort((a, b) => a - b),
    ...(options.progress ? { progress: options.progress.bind(options) } : {}),
    warn: (message) => options.warn(message),
  });
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

interface Window {
  readonly from: number;
  readonly origin: number;
  readonly ahead: number;
}

interface Covariate {
  readonly past: Float32Array;
  readonly future: Float32Array;
}

/** Past and future of a covariate as seen from an origin; NaN where it is missing or beyond the data. */
function covariateAt(
  frame: Frame,
  name: string,
  target: Float64Array,
  { from, origin, ahead }: Window,
): Covariate {
  const column = findColumn(frame, name);
  if (column === undefined) return { past: new Float32Array(0), future: new Float32Array(0) };
  const until = Math.min(frame.time.length, origin + 1 + ahead);
  const future = new Float32Array(ahead).fill(Number.NaN);
  if (column.type === 'number') {
    future.set(column.values.subarray(origin + 1, until));
    return { past: Float32Array.from(column.values.subarray(from, origin + 1)), future };
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
  return { past: encoded.past.subarray(from), future };
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
