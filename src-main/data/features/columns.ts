/** @file The feature columns themselves, group by group; see {@link FeatureSource} for what each may read. */
import type { FeatureColumn, FeatureSource, Pairs } from './builder.ts';
import type { Calendar } from './calendar.ts';
import { linearColumns } from './linear-basis.ts';
import type { FeatureSpec } from './spec.ts';

export function featureColumns(source: FeatureSource, pairs: Pairs): FeatureColumn[] {
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
  if (spec.yearly) {
    columns.push(quantity('year_sin', (i) => Math.sin(2 * Math.PI * calendar.yearShare[target[i]])));
    columns.push(quantity('year_cos', (i) => Math.cos(2 * Math.PI * calendar.yearShare[target[i]])));
  }
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
  const at = (values: Float64Array, row: number): number => (row < 0 ? Number.NaN : values[row]);
  const columns: FeatureColumn[] = [];
  for (const lag of spec.lags)
    columns.push(quantity(`lag_${lag}`, (i) => at(value, lagRow(calendar, spec, origin[i], target[i], lag))));
  for (let k = 0; k < spec.days; k++)
    columns.push(quantity(`day_${k + 1}`, (i) => at(value, back(previousDay, day[i], k))));
  for (let k = 0; k < spec.weeks; k++)
    columns.push(quantity(`week_${k + 1}`, (i) => at(value, back(previousWeek, week[i], k))));
  for (const k of spec.weekMeans)
    columns.push(quantity(`week_mean_${k}`, (i) => linkMean(value, previousWeek, week[i], k)));
  for (const k of spec.typeMeans)
    columns.push(quantity(`type_mean_${k}`, (i) => linkMean(value, previousSameType, type[i], k)));
  if (!spec.levels) return columns;
  const smooth = (values: Float64Array) => (i: number) => around(values, week[i], spec.smoothing, origin[i]);
  columns.push(
    quantity('week_level', (i) => at(history.weekLevel, week[i])),
    quantity('type_level', (i) => at(history.typeLevel, type[i])),
    quantity('week_mean_all', (i) => at(history.weekMean, week[i])),
    quantity('week_level_smooth', smooth(history.weekSlowLevel)),
    quantity('week_mean_smooth', smooth(history.weekMean)),
  );
  return columns;
}

/** k links further back; -1 when the history ends first. */
function back(link: Int32Array, row: number, k: number): number {
  let at = row;
  for (let j = 0; j < k && at >= 0; j++) at = link[at];
  return at;
}

/** Mean over `row` and the k - 1 rows before it along a link, missing left out. */
function linkMean(value: Float64Array, link: Int32Array, row: number, k: number): number {
  let sum = 0;
  let n = 0;
  for (let j = 0, at = row; j < k && at >= 0; j++, at = link[at]) {
    const y = value[at];
    if (Number.isNaN(y)) continue;
    sum += y;
    n++;
  }
  return n > 0 ? sum / n : Number.NaN;
}

/** Mean over the rows within `width` of `row` that lie up to the origin, missing left out. */
function around(values: Float64Array, row: number, width: number, origin: number): number {
  if (row < 0) return Number.NaN;
  let sum = 0;
  let n = 0;
  for (let r = Math.max(0, row - width); r <= Math.min(origin, row + width); r++) {
    if (Number.isNaN(values[r])) continue;
    sum += values[r];
    n++;
  }
  return n > 0 ? sum / n : Number.NaN;
}

/** Row `lag` steps before the target, whole days by the clock; -1 where that lies after the origin or before the data. */
function lagRow(calendar: Calendar, spec: FeatureSpec, origin: number, target: number, lag: number): number {
  const days = lag / spec.slotsPerDay;
  const row =
    spec.slotsPerDay > 1 && Number.isInteger(days) ? back(calendar.previousDay, target, days) : target - lag;
  return row <= origin ? row : -1;
}

/** What the last hours were like says something about the next hours and nothing about tomorrow: there it is noise. */
function originColumns({ spec, history }: FeatureSource, { origin, target }: Pairs): FeatureColumn[] {
  const { value } = history;
  const columns: FeatureColumn[] = [];
  const short = (name: string, of: (i: number) => number): void => {
    if (spec.shortLead >= spec.maxLead) columns.push(quantity(name, of));
    // the linear basis has these as products that fade with the lead
    else if (spec.basis === 'tree')
      columns.push(quantity(name, (i) => (target[i] - origin[i] <= spec.shortLead ? of(i) : Number.NaN)));
  };
  for (const k of spec.recent)
    short(`last_${k}`, (i) => (origin[i] - k + 1 < 0 ? Number.NaN : value[origin[i] - k + 1]));
  for (const window of spec.rolling) {
    const add =
      window < spec.slotsPerDay
        ? short
        : (name: string, of: (i: number) => number) => columns.push(quantity(name, of));
    add(`mean_${window}`, (i) => history.mean(origin[i], window));
    add(`surprise_${window}`, (i) => history.surprise(origin[i], window));
  }
  return columns;
}

function covariateColumns(
  { spec, known, past }: FeatureSource,
  { observed, target }: Pairs,
): FeatureColumn[] {
  const columns: FeatureColumn[] = [];
  const day = spec.slotsPerDay;
  spec.known.forEach((entry, c) => {
    columns.push({
      name: entry.name,
      codes: entry.levels?.length ?? 0,
      value: (i) => known[c].value[target[i]],
    });
    // buildings and furnaces answer to yesterday's weather too
    if (entry.levels === null && day > 1 && spec.covariateMeans)
      columns.push(quantity(`${entry.name}, day mean`, (i) => known[c].mean(target[i], day)));
  });
  spec.past.forEach((entry, c) => {
    columns.push({
      name: `${entry.name} at origin`,
      codes: entry.levels?.length ?? 0,
      value: (i) => (observed[i] < 0 ? Number.NaN : past[c].value[observed[i]]),
    });
    if (entry.levels === null && day > 1 && spec.covariateMeans)
      columns.push(quantity(`${entry.name}, day mean at origin`, (i) => past[c].mean(observed[i], day)));
  });
  return columns;
}
