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
import { covariateValues } from './covariates.ts';
import { History } from './history.ts';
import { linearColumns } from './linear-basis.ts';
import type { FeatureSpec } from './spec.ts';

export interface FeatureSource {
  readonly spec: FeatureSpec;
  readonly calendar: Calendar;
  readonly history: History;
  /** per known covariate, shape (calendar.rows) */
  readonly known: readonly Float64Array[];
  readonly past: readonly Float64Array[];
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
    known: spec.known.map((entry) => covariateValues(frame, entry, calendar.rows)),
    past: spec.past.map((entry) => covariateValues(frame, entry, calendar.rows)),
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

/** k links further back; -1 when the history ends first. */
export function back(link: Int32Array, row: number, k: number): number {
  let at = row;
  for (let j = 0; j < k && at >= 0; j++) at = link[at];
  return at;
}

/** Mean over `row` and the k - 1 rows before it along a link, missing left out. */
export function linkMean(value: Float64Array, link: Int32Array, row: number, k: number): number {
  let sum = 0;
  let n = 0;
  for (let j = 0, at = row; j < k && at >= 0; j++, at = link[at]) {
    const y = value[at];
    if (y === y) {
      sum += y;
      n++;
    }
  }
  return n > 0 ? sum / n : Number.NaN;
}

function featureColumns(source: FeatureSource, pairs: Pairs): FeatureColumn[] {
  return [
    ...calendarColumns(source, pairs),
    ...seasonalColumns(source, pairs),
    ...originColumns(source, pairs),
    ...covariateColumns(source, pairs),
    ...(source.spec.basis === 'linear' ? linearColumns(source, pairs) : []),
  ];
}

const quantity = (name: string, value: (i: number) => number): FeatureColumn => ({ name, codes: 0, value });

function calendarColumns({ spec, calendar }: FeatureSource, { origin, target }: Pairs): FeatureColumn[] {
  const columns: FeatureColumn[] = [];
  const { minLead, maxLead } = spec;
  // beyond the trained range a lead means no more than the longest one
  if (maxLead > minLead)
    columns.push(quantity('lead', (i) => Math.min(maxLead, Math.max(minLead, target[i] - origin[i]))));
  if (!spec.calendar) return columns;
  if (spec.slotsPerDay > 1) columns.push(quantity('hour', (i) => calendar.hour[target[i]]));
  if (spec.resolutionMs <= 86_400_000) {
    columns.push({ name: 'weekday', codes: 7, value: (i) => calendar.weekday[target[i]] });
    columns.push({ name: 'day_type', codes: 3, value: (i) => calendar.dayType[target[i]] });
  }
  columns.push(quantity('year_sin', (i) => Math.sin(2 * Math.PI * calendar.yearShare[target[i]])));
  columns.push(quantity('year_cos', (i) => Math.cos(2 * Math.PI * calendar.yearShare[target[i]])));
  if (spec.holidays.length > 0) {
    columns.push(quantity('holiday', (i) => calendar.holiday[target[i]]));
    columns.push(quantity('before_holiday', (i) => calendar.beforeHoliday[target[i]]));
    columns.push(quantity('after_holiday', (i) => calendar.afterHoliday[target[i]]));
  }
  return columns;
}

function seasonalColumns({ spec, calendar, history }: FeatureSource, pairs: Pairs): FeatureColumn[] {
  const { value } = history;
  const { origin, target, day, week, type } = pairs;
  const { previousDay, previousWeek, previousSameType } = calendar;
  const at = (row: number): number => (row < 0 ? Number.NaN : value[row]);
  const columns: FeatureColumn[] = [];
  for (const lag of spec.lags)
    columns.push(quantity(`lag_${lag}`, (i) => at(lagRow(calendar, spec, origin[i], target[i], lag))));
  for (let k = 0; k < spec.days; k++)
    columns.push(quantity(`day_${k + 1}`, (i) => at(back(previousDay, day[i], k))));
  for (let k = 0; k < spec.weeks; k++)
    columns.push(quantity(`week_${k + 1}`, (i) => at(back(previousWeek, week[i], k))));
  for (const k of spec.weekMeans)
    columns.push(quantity(`week_mean_${k}`, (i) => linkMean(value, previousWeek, week[i], k)));
  for (const k of spec.typeMeans)
    columns.push(quantity(`type_mean_${k}`, (i) => linkMean(value, previousSameType, type[i], k)));
  if (!spec.levels) return columns;
  columns.push(
    quantity('week_level', (i) => (week[i] < 0 ? Number.NaN : history.weekLevel[week[i]])),
    quantity('type_level', (i) => (type[i] < 0 ? Number.NaN : history.typeLevel[type[i]])),
    quantity('week_mean_all', (i) => {
      const row = week[i];
      return row < 0 || history.weekCount[row] === 0
        ? Number.NaN
        : history.weekSum[row] / history.weekCount[row];
    }),
  );
  return columns;
}

/** Row `lag` steps before the target, whole days by the clock; -1 where that lies after the origin or before the data. */
function lagRow(calendar: Calendar, spec: FeatureSpec, origin: number, target: number, lag: number): number {
  const days = lag / spec.slotsPerDay;
  const row =
    spec.slotsPerDay > 1 && Number.isInteger(days) ? back(calendar.previousDay, target, days) : target - lag;
  return row <= origin ? row : -1;
}

function originColumns({ spec, history }: FeatureSource, { origin }: Pairs): FeatureColumn[] {
  const { value } = history;
  const columns: FeatureColumn[] = [];
  for (const k of spec.recent)
    columns.push(
      quantity(`last_${k}`, (i) => (origin[i] - k + 1 < 0 ? Number.NaN : value[origin[i] - k + 1])),
    );
  for (const window of spec.rolling) {
    columns.push(quantity(`mean_${window}`, (i) => history.mean(origin[i], window)));
    columns.push(quantity(`surprise_${window}`, (i) => history.surprise(origin[i], window)));
  }
  return columns;
}

function covariateColumns(
  { spec, known, past }: FeatureSource,
  { observed, target }: Pairs,
): FeatureColumn[] {
  const columns: FeatureColumn[] = [];
  spec.known.forEach((entry, c) => {
    columns.push({ name: entry.name, codes: entry.levels?.length ?? 0, value: (i) => known[c][target[i]] });
  });
  spec.past.forEach((entry, c) => {
    columns.push({
      name: `${entry.name} at origin`,
      codes: entry.levels?.length ?? 0,
      value: (i) => (observed[i] < 0 ? Number.NaN : past[c][observed[i]]),
    });
  });
  return columns;
}
