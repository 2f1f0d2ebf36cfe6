/**
 * @file Covariates that give the target away at the same instant. Measured together with the load, they are not known
 * when a forecast is made; a model that sees them scores brilliantly and forecasts nothing. Three searches, strongest
 * and simplest explanation first:
 *   1. one column alone: linear, or any curve (mean of the target per quantile bin);
 *   2. two by the power triangle: active = reactive · PF / √(1 − PF²);
 *   3. few columns together: products of two, or a sum, by least squares.
 * Every finding carries the R² that proves it, measured on this file.
 */
import { Matrix, SVD } from 'ml-matrix';
import { sortNumbers } from '../sort-numbers.ts';
import type { CalendarPlaces } from './calendar.ts';
import { EXACT_ROWS, groupR2, linearR2, percent, pick, sampleRows } from './numbers.ts';

export interface Leak {
  readonly column: string;
  readonly r2: number;
  /** columns it needs for that, itself left out */
  readonly with: readonly string[];
  readonly how: 'alone' | 'power-triangle' | 'pair' | 'sum';
  readonly message: string;
}

export interface LeakInput {
  readonly target: string;
  readonly actual: Float64Array;
  /** candidates: number columns that are neither the target nor known ahead */
  readonly columns: readonly { readonly name: string; readonly values: Float64Array }[];
  readonly places: CalendarPlaces;
}

export const ALONE_R2 = 0.9;
/** A column that only shares the daily and weekly rhythm explains nothing of what the calendar leaves over. */
const BEYOND_CALENDAR_R2 = 0.4;
export const TOGETHER_R2 = 0.98;
const FIT_ROWS = 20_000;
const BINS = 40;

/** @returns leaks in the order of the columns, at most one per column */
export function findLeaks(input: LeakInput): Leak[] {
  const n = input.actual.length;
  const rows = sampleRows(n, n > EXACT_ROWS ? FIT_ROWS : EXACT_ROWS);
  const actual = pick(input.actual, rows);
  const columns = input.columns.map((column): Candidate => {
    const values = pick(column.values, rows);
    return { name: column.name, values, alone: explainsAlone(values, actual) };
  });
  const groups = calendarGroups(input.places, rows);
  const beyond = (values: Float64Array): boolean =>
    groups === null ||
    explainsAlone(lessMeans(values, groups), lessMeans(actual, groups)).r2 >= BEYOND_CALENDAR_R2;
  const found = new Map<string, Leak>();
  const note = (leak: Omit<Leak, 'message'>, figure: string): void => {
    if (!found.has(leak.column))
      found.set(leak.column, { ...leak, message: `${figure} ${advice(leak.column)}` });
  };
  for (const { name, values, alone } of columns) {
    if (alone.r2 >= ALONE_R2 && beyond(values))
      note(
        { column: name, r2: alone.r2, with: [], how: 'alone' },
        `${name} explains ${percent(alone.r2)} of ${input.target} at the same instant (R² ${alone.r2.toFixed(3)}, ${alone.how}).`,
      );
  }
  for (const pair of powerTriangles(columns, actual)) {
    const figure = `${pair.reactive} and ${pair.factor} together give ${input.target} through active = reactive · PF / √(1 − PF²): R² ${pair.r2.toFixed(5)} on the ${percent(pair.share)} of the rows where PF < 1.`;
    note({ column: pair.reactive, r2: pair.r2, with: [pair.factor], how: 'power-triangle' }, figure);
    note({ column: pair.factor, r2: pair.r2, with: [pair.reactive], how: 'power-triangle' }, figure);
  }
  const rest = columns.filter(({ name }) => !found.has(name)).slice(0, 40);
  for (const group of together(rest, actual)) {
    const figure = `${group.names.join(', ')} together explain ${percent(group.r2)} of ${input.target} at the same instant (R² ${group.r2.toFixed(3)}, ${group.how === 'pair' ? 'product of the two' : 'least squares'}).`;
    for (const name of group.names)
      note(
        { column: name, r2: group.r2, with: group.names.filter((other) => other !== name), how: group.how },
        figure,
      );
  }
  return columns.flatMap(({ name }) => found.get(name) ?? []);
}

const advice = (column: string): string =>
  `${column} is measured together with the target, so it is not known when a forecast is made: use it lagged by at least the horizon; headline metrics leave it out.`;

function explainsAlone(values: Float64Array, actual: Float64Array): { r2: number; how: string } {
  const line = linearR2(values, actual)?.r2 ?? 0;
  const bins = quantileBins(values);
  const curve = bins === null ? 0 : (groupR2(bins.of, bins.count, actual) ?? 0);
  return line >= curve - 0.005
    ? { r2: line, how: `correlation ${Math.sqrt(line).toFixed(3)}` }
    : { r2: curve, how: 'binned' };
}

interface Groups {
  readonly of: Int32Array;
  readonly count: number;
}

/** Slots of the week; of working days and weekends where the sample is short; null when there is nothing to compare by. */
function calendarGroups(places: CalendarPlaces, rows: Int32Array): Groups | null {
  const { slotsPerDay, weekSlot } = places;
  if (slotsPerDay === 1 || rows.length < 6 * slotsPerDay) return null;
  const weekly = rows.length >= 21 * slotsPerDay;
  const of = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const place = weekSlot[rows[i]];
    const weekend = place >= 5 * slotsPerDay ? slotsPerDay : 0;
    of[i] = weekly ? place : (place % slotsPerDay) + weekend;
  }
  return { of, count: (weekly ? 7 : 2) * slotsPerDay };
}

function lessMeans(values: Float64Array, { of, count }: Groups): Float64Array {
  const sums = new Float64Array(count);
  const rows = new Float64Array(count);
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== values[i]) continue;
    sums[of[i]] += values[i];
    rows[of[i]]++;
  }
  return values.map((value, i) => value - sums[of[i]] / rows[of[i]]);
}

/** Bin of each row between the quantiles of the column; null without spread. */
export function quantileBins(values: Float64Array): { of: Int32Array; count: number } | null {
  const sorted = sortNumbers(values.filter((value) => value === value));
  if (sorted.length < 4 * BINS) return null;
  const edges = [
    ...new Set(
      Array.from({ length: BINS - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / BINS)]),
    ),
  ];
  const of = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== values[i]) {
      of[i] = -1;
      continue;
    }
    let bin = 0;
    let high = edges.length;
    while (bin < high) {
      const middle = (bin + high) >> 1;
      if (edges[middle] <= values[i]) bin = middle + 1;
      else high = middle;
    }
    of[i] = bin;
  }
  return { of, count: edges.length + 1 };
}

interface Candidate {
  readonly name: string;
  readonly values: Float64Array;
  readonly alone: { readonly r2: number; readonly how: string };
}

/** Scale that makes a column a power factor in [-1, 1]: 1, 0.01 for per cent; null when it cannot be one. */
function factorScale(values: Float64Array): number | null {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (!(max > min)) return null;
  if (max <= 1 && min >= -1 && max > 0.5) return 1;
  return max <= 100 && min >= -100 && max > 50 ? 0.01 : null;
}

function powerTriangles(columns: readonly Candidate[], actual: Float64Array) {
  const found: { reactive: string; factor: string; r2: number; share: number }[] = [];
  for (const factor of columns) {
    const scale = factorScale(factor.values);
    if (scale === null) continue;
    for (const reactive of columns) {
      if (reactive === factor) continue;
      const given: number[] = [];
      const seen: number[] = [];
      let known = 0;
      for (let i = 0; i < actual.length; i++) {
        const pf = Math.abs(factor.values[i]) * scale;
        const q = Math.abs(reactive.values[i]);
        if (pf !== pf || q !== q || actual[i] !== actual[i]) continue;
        known++;
        if (pf > 0 && pf < 1 && q > 0) {
          given.push((q * pf) / Math.sqrt(1 - pf * pf));
          seen.push(Math.abs(actual[i]));
        }
      }
      if (given.length < 100 || given.length < 0.1 * known) continue;
      const fit = linearR2(Float64Array.from(given), Float64Array.from(seen));
      if (fit !== null && fit.r2 >= TOGETHER_R2 && fit.slope > 0)
        found.push({ reactive: reactive.name, factor: factor.name, r2: fit.r2, share: given.length / known });
    }
  }
  return found.sort((a, b) => b.r2 - a.r2);
}

/** The product of two columns (voltage · current), else a sum of up to six found step by step. */
function together(columns: readonly Candidate[], actual: Float64Array) {
  const found: { names: string[]; r2: number; how: 'pair' | 'sum' }[] = [];
  const strong = columns.filter(({ alone }) => alone.r2 >= 0.2);
  for (const a of strong)
    for (const b of columns) {
      if (a === b || (strong.includes(b) && a.name > b.name)) continue;
      const product = a.values.map((value, i) => value * b.values[i]);
      const fit = linearR2(product, actual);
      const single = Math.max(a.alone.r2, b.alone.r2);
      if (fit !== null && fit.r2 >= TOGETHER_R2 && fit.r2 - single >= 0.03)
        found.push({ names: [a.name, b.name], r2: fit.r2, how: 'pair' });
    }
  if (found.length > 0) return found.sort((a, b) => b.r2 - a.r2);
  const sum = forwardSelection(columns, actual, 6);
  return sum !== null && sum.r2 >= TOGETHER_R2 ? [{ ...sum, how: 'sum' as const }] : [];
}

/** Least squares, adding the column that helps most while it helps by half a per cent. */
function forwardSelection(
  columns: readonly Candidate[],
  actual: Float64Array,
  most: number,
): { names: string[]; r2: number } | null {
  const rows = completeRows(columns, actual, 5000);
  if (rows.length < 50 || columns.length < 2) return null;
  const y = Float64Array.from(rows, (row) => actual[row]);
  const data = columns.map(({ values }) => Float64Array.from(rows, (row) => values[row]));
  const chosen: number[] = [];
  let best = 0;
  while (chosen.length < most) {
    let pick = -1;
    let pickR2 = best + 0.005;
    for (let j = 0; j < data.length; j++) {
      if (chosen.includes(j)) continue;
      const r2 = leastSquaresR2(
        [...chosen, j].map((k) => data[k]),
        y,
      );
      if (r2 > pickR2) [pick, pickR2] = [j, r2];
    }
    if (pick < 0) break;
    chosen.push(pick);
    best = pickR2;
    if (best >= 0.9999) break;
  }
  return chosen.length < 2 ? null : { names: chosen.map((j) => columns[j].name), r2: best };
}

function completeRows(columns: readonly Candidate[], actual: Float64Array, most: number): number[] {
  const complete: number[] = [];
  for (let i = 0; i < actual.length; i++)
    if (actual[i] === actual[i] && columns.every(({ values }) => values[i] === values[i])) complete.push(i);
  return Array.from(sampleRows(complete.length, most), (index) => complete[index]);
}

/** R² of `y` on the columns with intercept, by the normal equations of centred, scaled columns. */
function leastSquaresR2(columns: readonly Float64Array[], y: Float64Array): number {
  const centred = [...columns, y].map(standardise);
  const x = centred.slice(0, -1);
  const target = centred[centred.length - 1];
  const dot = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
    return sum / a.length;
  };
  const gram = new Matrix(x.map((a) => x.map((b) => dot(a, b))));
  const right = Matrix.columnVector(x.map((a) => dot(a, target)));
  const weights = new SVD(gram, { autoTranspose: true }).solve(right).to1DArray();
  return Math.min(
    1,
    weights.reduce((sum, weight, j) => sum + weight * right.get(j, 0), 0),
  );
}

function standardise(values: Float64Array): Float64Array {
  let mean = 0;
  for (const value of values) mean += value;
  mean /= values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const std = Math.sqrt(squares / values.length);
  return std > 0 ? values.map((value) => (value - mean) / std) : new Float64Array(values.length);
}
