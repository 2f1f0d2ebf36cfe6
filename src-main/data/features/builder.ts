/**
 * @file Feature columns for pairs (origin row, target row). What a column may read follows from its kind:
 *  - calendar and known covariates: the target row;
 *  - everything else: rows up to the origin, reached at the origin itself or by links walked back until they lie
 *    at or before it. `pairs.week[i]` and its like are such rows, so a column cannot see past the origin by mistake.
 */
import type { FeatureMatrix } from '../../models/estimator.ts';
import type { Frame } from '../frame.ts';
import { buildCalendar } from './calendar.ts';
import type { Calendar } from './calendar.ts';
import { createCovariate } from './covariates.ts';
import type { Covariate } from './covariates.ts';
import { History } from './history.ts';
import { featureColumns } from './columns.ts';
import type { FeatureSpec } from './spec.ts';

export interface FeatureSource {
  readonly spec: FeatureSpec;
  readonly calendar: Calendar;
  readonly history: History;
  /** in the order of `spec.known` and `spec.past` */
  readonly known: readonly Covariate[];
  readonly past: readonly Covariate[];
}

/** Pairs with what is looked up once for all columns. Rows are -1 where there is none. */
export interface Pairs {
  readonly n: number;
  readonly origin: Int32Array;
  readonly target: Int32Array;
  /** last row whose past covariates are known; before the origin where a recursive forecast has moved it on */
  readonly observed: Int32Array;
  /** latest row up to the origin with the target's time of day / and weekday / and type of day */
  readonly day: Int32Array;
  readonly week: Int32Array;
  readonly type: Int32Array;
}

/** A column of the matrix. `value(i)` is its value for pair i. */
export interface FeatureColumn {
  readonly name: string;
  /** number of codes of a categorical column; 0 for a quantity */
  readonly codes: number;
  value(i: number): number;
}

/**
 * @param target values of the target, shape (frame rows)
 * @param knownRows readings used: those of rows 0 .. knownRows - 1
 * @param extra rows beyond the frame that forecasts reach
 */
export function createFeatureSource(
  frame: Frame,
  target: Float64Array,
  knownRows: number,
  extra: number,
  spec: FeatureSpec,
): FeatureSource {
  const calendar = buildCalendar(frame, extra, Int32Array.from(spec.holidays));
  return {
    spec,
    calendar,
    history: new History(calendar, target, knownRows),
    known: spec.known.map((entry) => createCovariate(frame, entry, calendar.rows)),
    past: spec.past.map((entry) => createCovariate(frame, entry, calendar.rows)),
  };
}

/**
 * @param origins rows whose readings may be used; `targets[i] > origins[i]`
 * @param observed rows up to which past covariates may be used; the origins, unless those have moved over predictions
 */
export function buildFeatures(
  source: FeatureSource,
  origins: Int32Array,
  targets: Int32Array,
  observed: Int32Array = origins,
): FeatureMatrix {
  const pairs = lookUp(source.calendar, origins, targets, observed);
  const columns = featureColumns(source, pairs);
  return {
    rows: pairs.n,
    names: columns.map((column) => column.name),
    columns: columns.map((column) => {
      const values = new Float64Array(pairs.n);
      for (let i = 0; i < pairs.n; i++) values[i] = column.value(i);
      return values;
    }),
    categorical: columns.map((column) => column.codes > 0),
  };
}

function lookUp(calendar: Calendar, origin: Int32Array, target: Int32Array, observed: Int32Array): Pairs {
  const n = origin.length;
  const walk = (link: Int32Array): Int32Array => {
    const out = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      let row = link[target[i]];
      while (row > origin[i]) row = link[row];
      out[i] = row;
    }
    return out;
  };
  return {
    n,
    origin,
    target,
    observed,
    day: walk(calendar.previousDay),
    week: walk(calendar.previousWeek),
    type: walk(calendar.previousSameType),
  };
}

/** Names of the columns that a specification yields. */
export function featureNames(spec: FeatureSpec): string[] {
  const empty: Frame = {
    time: new Float64Array(0),
    resolutionMs: spec.resolutionMs,
    timezone: 'UTC',
    columns: [],
  };
  const none = new Int32Array(0);
  return [...buildFeatures(createFeatureSource(empty, new Float64Array(0), 0, 0, spec), none, none).names];
}
