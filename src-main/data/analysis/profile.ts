/** @file The profile of a finished table: what a person looks at before trusting it. Long files are pooled over series. */
import type { Profile } from '../../../src-preload/contract/index.ts';
import type { Column } from '../frame.ts';
import { codeCounts } from '../column-figures.ts';
import type { NumberStats } from './stats.ts';
import { stepRuns } from '../time/step-runs.ts';
import type { Part } from './types.ts';

type ProfileColumn = Profile['columns'][number];
type Gap = Profile['gaps'][number];

/** Longest gaps listed; `gapSteps` counts all. */
const MOST_GAPS = 500;
const MOST_CATEGORIES = 12;

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

export interface GapFinding {
  readonly gaps: Gap[];
  readonly gapSteps: number;
  readonly count: number;
  readonly expectedRows: number;
}

/** @param parts sorted, on the grid */
export function findGaps(parts: readonly Part[], stepMs: number): GapFinding {
  const gaps: Gap[] = [];
  let gapSteps = 0;
  let expectedRows = 0;
  for (const { time } of parts) {
    if (time.length === 0) continue;
    expectedRows += Math.round((time[time.length - 1] - time[0]) / stepMs) + 1;
    const runs = stepRuns(time);
    for (let r = 0; r < runs.steps.length; r++) {
      const steps = Math.round(runs.steps[r] / stepMs) - 1;
      if (steps <= 0) continue;
      for (let i = runs.from[r]; i < runs.from[r + 1]; i++) {
        gapSteps += steps;
        gaps.push({ from: time[i - 1] + stepMs, to: time[i] - stepMs, steps });
      }
    }
  }
  const shown =
    gaps.length <= MOST_GAPS
      ? gaps
      : gaps
          .toSorted((a, b) => b.steps - a.steps)
          .slice(0, MOST_GAPS)
          .sort((a, b) => a.from - b.from);
  return { gaps: shown, gapSteps, count: gaps.length, expectedRows };
}

export interface ProfileInput {
  readonly parts: readonly Part[];
  readonly stepMs: number;
  readonly duplicates: number;
  readonly gaps: GapFinding;
  readonly stats: ReadonlyMap<string, NumberStats>;
  readonly topCategories: ReadonlyMap<string, ProfileColumn['topCategories']>;
  readonly missing: ReadonlyMap<string, number>;
}

export function buildProfile(input: ProfileInput): Profile {
  const { parts, gaps } = input;
  let [rows, start, end] = [0, Infinity, -Infinity];
  for (const { time } of parts) {
    rows += time.length;
    if (time.length === 0) continue;
    start = Math.min(start, time[0]);
    end = Math.max(end, time[time.length - 1]);
  }
  return {
    rows,
    start,
    end,
    expectedRows: gaps.expectedRows,
    gaps: gaps.gaps,
    gapSteps: gaps.gapSteps,
    duplicates: input.duplicates,
    columns: parts[0].columns.map((column) => profileColumn(column, input)),
  };
}

function profileColumn(column: Column, input: ProfileInput): ProfileColumn {
  const stats = input.stats.get(column.name);
  const missing = input.missing.get(column.name) ?? 0;
  if (stats === undefined)
    return {
      name: column.name,
      missing,
      zeros: 0,
      outliers: 0,
      quantiles: [null, null, null, null, null],
      histogram: null,
      topCategories: input.topCategories.get(column.name) ?? [],
      dailyShape: [],
      weeklyShape: [],
    };
  return {
    name: column.name,
    missing,
    zeros: stats.zeros,
    outliers: stats.outliers,
    quantiles: stats.quantiles.map(finite),
    histogram: stats.histogram,
    topCategories: [],
    dailyShape: Array.from(stats.dailyShape, finite),
    weeklyShape: Array.from(stats.weeklyShape, finite),
  };
}

/** Rows per level over all parts, most frequent first. */
export function countCategories(
  column: Column & { type: 'category' },
  codes: Int32Array,
): { missing: number; distinct: number; top: ProfileColumn['topCategories'] } {
  const { rows, missing } = codeCounts(codes, column.levels.length);
  const ranked = column.levels
    .map((value, code) => ({ value, rows: rows[code] }))
    .filter((entry) => entry.rows > 0)
    .sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1));
  return { missing, distinct: ranked.length, top: ranked.slice(0, MOST_CATEGORIES) };
}
