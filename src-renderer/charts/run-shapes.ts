/** @file A run's diagnostics as rows for charts. Pure; units stay those of the target. */
import type { Diagnostics, RunSummary } from '../../src-preload/contract/index.ts';

type Maybe = number | null;

export interface LeadRow {
  /** lead time in ms, or in steps where the resolution is not known */
  readonly lead: number;
  readonly mae: Maybe;
  readonly bias: Maybe;
}

/** @param stepMs one step of the data; null: leads stay steps */
export const leadRows = (byLead: Diagnostics['byLead'], stepMs: number | null): LeadRow[] =>
  byLead.mae.map((mae, i) => ({ lead: (i + 1) * (stepMs ?? 1), mae, bias: byLead.bias[i] ?? null }));

/** Whole hours or days where the axis is time, so that no tick reads "5 h 45 min". */
export function leadTicks(steps: number, stepMs: number | null): number[] | undefined {
  if (stepMs === null || steps < 2) return undefined;
  const hour = 3_600_000;
  const span = steps * stepMs;
  const spacing = [0.25, 0.5, 1, 2, 3, 4, 6, 12, 24, 48, 168].map((h) => h * hour).find((s) => span / s <= 8);
  if (!spacing || spacing < stepMs) return undefined;
  return Array.from({ length: Math.floor(span / spacing) }, (_, i) => (i + 1) * spacing);
}

export interface WeekGrid {
  /** 7 rows, Monday first, of 24 hours */
  readonly rows: readonly (readonly Maybe[])[];
  readonly min: number;
  readonly max: number;
}

/** 168 values, Monday 00 first, as 7 × 24; null when there is not one value. */
export function weekGrid(values: readonly Maybe[]): WeekGrid | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const rows = Array.from({ length: 7 }, (_, day) =>
    Array.from({ length: 24 }, (__, hour) => values[day * 24 + hour] ?? null),
  );
  return { rows, min: Math.min(...known), max: Math.max(...known) };
}

/** Position of a value between the smallest and the largest, 0..1, as one of `stops` colours. */
export function heatIndex(value: number, min: number, max: number, stops: number): number {
  if (!(max > min)) return 0;
  return Math.min(stops - 1, Math.floor(((value - min) / (max - min)) * stops));
}

export interface HistogramRow {
  readonly from: number;
  readonly to: number;
  readonly middle: number;
  readonly count: number;
  readonly share: number;
}

export function histogramRows({ edges, counts }: Diagnostics['residualHistogram']): HistogramRow[] {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  return counts.map((count, i) => ({
    from: edges[i],
    to: edges[i + 1],
    middle: (edges[i] + edges[i + 1]) / 2,
    count,
    share: count / total,
  }));
}

/** Nominal level against the share seen; the perfect line is level = share. */
export const calibrationRows = (calibration: Diagnostics['calibration']): { level: number; share: Maybe }[] =>
  calibration.level.map((level, i) => ({ level, share: calibration.share[i] ?? null }));

export interface ImportanceRow {
  readonly name: string | null;
  readonly share: number;
  /** features summed up in a `null` row */
  readonly count: number;
}

/** The `top` features, and the rest as one row without a name. */
export function importanceRows(list: Diagnostics['featureImportance'], top: number): ImportanceRow[] {
  const sorted = list.toSorted((a, b) => b.share - a.share);
  const shown: ImportanceRow[] = sorted.slice(0, top).map(({ name, share }) => ({ name, share, count: 1 }));
  const rest = sorted.slice(top);
  const share = rest.reduce((sum, item) => sum + item.share, 0);
  return rest.length === 0 ? shown : [...shown, { name: null, share, count: rest.length }];
}

/** Columns for the canvas chart: seconds, actual, predicted, low, high. */
export const seriesColumns = (
  series: Diagnostics['series'],
): [number[], Maybe[], Maybe[], Maybe[], Maybe[]] => [
  series.t.map((ms) => ms / 1000),
  series.actual,
  series.predicted,
  series.low,
  series.high,
];

/** The run in one sentence: how it does against repeating the past. */
export type Verdict =
  | {
      readonly kind: 'better' | 'worse';
      readonly share: number;
      readonly baseline: 'daily' | 'weekly' | 'other';
    }
  | { readonly kind: 'same'; readonly baseline: 'daily' | 'weekly' | 'other' }
  | { readonly kind: 'baseline' }
  | { readonly kind: 'unknown' };

/** Under half a per cent is not worth a word. */
export function verdictOf(run: Pick<RunSummary, 'skill' | 'baseline' | 'modelType'>): Verdict {
  if (run.modelType === 'seasonal_naive') return { kind: 'baseline' };
  if (run.skill === null || run.baseline === null) return { kind: 'unknown' };
  const name = run.baseline.name.toLowerCase();
  const baseline = name.includes('week') ? 'weekly' : name.includes('da') ? 'daily' : 'other';
  if (Math.abs(run.skill) < 0.005) return { kind: 'same', baseline };
  return { kind: run.skill > 0 ? 'better' : 'worse', share: Math.abs(run.skill), baseline };
}
