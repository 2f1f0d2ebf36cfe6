/**
 * @file Rows that share one stamp. Identical rows are dropped. Rows that only complete each other are joined. Where
 * values differ, the row that stands last in the file wins: overlapping exports and corrections append, and a mean of a
 * reading and its correction is neither.
 */
import type { Column } from '../frame.ts';
import { keepRows } from './parts.ts';
import { stepRuns } from '../time/step-runs.ts';
import type { Part } from './types.ts';

export interface DuplicateFinding {
  /** rows beyond the first of each stamp */
  readonly rows: number;
  /** of these: nothing differs from the rest of the stamp */
  readonly identical: number;
  /** stamps with values that contradict each other */
  readonly conflicts: number;
  /** largest difference within one stamp, and its column */
  readonly largest: { readonly column: string; readonly difference: number } | null;
}

const missingAt = (column: Column, row: number): boolean =>
  column.type === 'number' ? Number.isNaN(column.values[row]) : column.codes[row] < 0;
const sameAt = (column: Column, a: number, b: number): boolean =>
  column.type === 'number' ? column.values[a] === column.values[b] : column.codes[a] === column.codes[b];

/** Rows with the time of the row before. */
function* repeatedRows(time: Float64Array): Generator<number> {
  const { from, steps } = stepRuns(time);
  for (let r = 0; r < steps.length; r++)
    if (steps[r] === 0) for (let i = from[r]; i < from[r + 1]; i++) yield i;
}

/** @param part sorted, stable: rows of one stamp in file order */
export function findDuplicates(part: Part): DuplicateFinding {
  let rows = 0;
  let identical = 0;
  let conflicts = 0;
  let largest: { column: string; difference: number } | null = null;
  let conflictStamp = NaN;
  for (const i of repeatedRows(part.time)) {
    rows++;
    let differs = false;
    let contradicts = false;
    for (const column of part.columns) {
      const gone = missingAt(column, i);
      const goneBefore = missingAt(column, i - 1);
      if (gone !== goneBefore) differs = true;
      if (gone || goneBefore || sameAt(column, i, i - 1)) continue;
      differs = contradicts = true;
      if (column.type !== 'number') continue;
      const difference = Math.abs(column.values[i] - column.values[i - 1]);
      if (largest === null || difference > largest.difference) largest = { column: column.name, difference };
    }
    if (!differs) identical++;
    if (contradicts && part.time[i] !== conflictStamp) {
      conflicts++;
      conflictStamp = part.time[i];
    }
  }
  return { rows, identical, conflicts, largest };
}

/** One row per stamp. `lastWins`: the last value that is not missing; otherwise the first row as it stands. */
export function dropDuplicates(part: Part, lastWins: boolean): void {
  const n = part.time.length;
  const first: number[] = [];
  for (let i = 0; i < n; i++) if (i === 0 || part.time[i] !== part.time[i - 1]) first.push(i);
  if (first.length === n) return;
  const kept = Int32Array.from(first);
  if (!lastWins) {
    keepRows(part, kept);
    return;
  }
  const endOf = (index: number): number => (index + 1 < kept.length ? kept[index + 1] : n);
  part.time = Float64Array.from(kept, (row) => part.time[row]);
  part.columns = part.columns.map((column): Column => {
    const rows = new Int32Array(kept.length);
    for (let index = 0; index < kept.length; index++) {
      let row = endOf(index) - 1;
      while (row > kept[index] && missingAt(column, row)) row--;
      rows[index] = row;
    }
    return column.type === 'number'
      ? { ...column, values: Float64Array.from(rows, (row) => column.values[row]) }
      : { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]) };
  });
}
