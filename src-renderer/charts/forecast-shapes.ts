/** @file A forecast as rows for the fan chart and the table. Pure. */
import type { Forecast } from '../../src-preload/contract/index.ts';

type Maybe = number | null;

export interface Interval {
  readonly low: number;
  readonly high: number;
  /** nominal share of actuals inside, 0.8 = 80 % */
  readonly coverage: number;
}

const same = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;

/** Levels that belong together (0.1 with 0.9), widest first. Levels without a partner are only in the table. */
export function intervalsOf(levels: readonly number[]): Interval[] {
  return levels
    .filter((low) => low < 0.5 && levels.some((high) => same(high, 1 - low)))
    .map((low) => {
      const high = levels.find((level) => same(level, 1 - low))!;
      return { low, high, coverage: Math.round((high - low) * 1e6) / 1e6 };
    })
    .sort((a, b) => b.coverage - a.coverage);
}

/** The keys of `quantiles` are levels as text, written by another side: found by value, not by spelling. */
export function quantileAt(quantiles: Readonly<Record<string, Maybe>>, level: number): Maybe {
  const direct = quantiles[String(level)];
  if (direct !== undefined) return direct;
  const key = Object.keys(quantiles).find((text) => same(Number(text), level));
  return key === undefined ? null : quantiles[key];
}

/** The level shown as the line: the median, or what is nearest to it. */
export const middleLevel = (levels: readonly number[]): number =>
  levels.reduce(
    (best, level) => (Math.abs(level - 0.5) < Math.abs(best - 0.5) ? level : best),
    levels[0] ?? 0.5,
  );

export interface FanRow {
  readonly t: number;
  readonly actual: Maybe;
  readonly median: Maybe;
  /** per interval of {@link intervalsOf}, `[low, high]` */
  readonly bands: readonly (readonly [number, number] | null)[];
}

/**
 * History, then forecast, on one axis.
 * @param historySteps how much of the history, counted from its end
 */
export function fanRows(forecast: Forecast, historySteps: number): FanRow[] {
  const intervals = intervalsOf(forecast.levels);
  const middle = middleLevel(forecast.levels);
  const { t, actual } = forecast.history;
  const from = Math.max(0, t.length - historySteps);
  const past: FanRow[] = t.slice(from).map((time, i) => ({
    t: time,
    actual: actual[from + i] ?? null,
    median: null,
    bands: intervals.map(() => null),
  }));
  const ahead: FanRow[] = forecast.rows.map((row) => ({
    t: row.t,
    actual: null,
    median: quantileAt(row.quantiles, middle),
    bands: intervals.map(({ low, high }) => {
      const bottom = quantileAt(row.quantiles, low);
      const top = quantileAt(row.quantiles, high);
      return bottom === null || top === null ? null : [bottom, top];
    }),
  }));
  return [...past, ...ahead];
}

/** `2018-12-31T23:45:00+01:00` read as the local clock shows it; the offset is kept for the hour that comes twice. */
export function localStamp(timestamp: string): { day: string; clock: string; offset: string } {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?/.exec(timestamp);
  if (!match) return { day: timestamp, clock: '', offset: '' };
  return { day: match[1], clock: match[2], offset: match[3] === 'Z' ? 'UTC' : (match[3] ?? '') };
}

export interface ForecastFigures {
  /** sum of the medians times the step, where the unit is a power; of the medians where it is an energy; else null */
  readonly energy: { readonly value: number; readonly unit: string } | null;
  /** with the beginning of their interval, UTC ms */
  readonly peak: { readonly value: number; readonly t: number } | null;
  readonly low: { readonly value: number; readonly t: number } | null;
  readonly mean: number | null;
}

/** What the user asks first: how much, how high, when. */
export function figuresOf(forecast: Forecast, stepMs: number): ForecastFigures {
  const middle = middleLevel(forecast.levels);
  let peak: ForecastFigures['peak'] = null;
  let low: ForecastFigures['low'] = null;
  let sum = 0;
  let known = 0;
  for (const row of forecast.rows) {
    const value = quantileAt(row.quantiles, middle);
    if (value === null) continue;
    sum += value;
    known++;
    if (peak === null || value > peak.value) peak = { value, t: row.t };
    if (low === null || value < low.value) low = { value, t: row.t };
  }
  return {
    energy: energyOf(sum, known, forecast.unit, stepMs),
    peak,
    low,
    mean: known === 0 ? null : sum / known,
  };
}

/** kW over a quarter of an hour is a quarter of a kWh; kWh per interval simply add up. */
function energyOf(
  sum: number,
  known: number,
  unit: string | null,
  stepMs: number,
): ForecastFigures['energy'] {
  if (known === 0 || unit === null) return null;
  if (/^[kMG]?Wh$/.test(unit)) return { value: sum, unit };
  if (/^[kMG]?W$/.test(unit) && Number.isFinite(stepMs))
    return { value: (sum * stepMs) / 3_600_000, unit: `${unit}h` };
  return null;
}

/** How many readings of the past stand beside a forecast: twice its length, between a day and what there is. */
export const historyBeside = (horizon: number, stepsPerDay: number): number =>
  Math.max(Math.round(stepsPerDay), horizon * 2);
