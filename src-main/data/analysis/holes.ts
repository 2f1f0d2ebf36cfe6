/**
 * @file Holes written as zeros: a row where every measured column reads 0 amid rows that do not. A logger that lost its
 * reading writes 0 everywhere, a plant that stands still keeps a voltage, a power factor, a base load.
 */
import { figuresOf } from '../column-figures.ts';
import { numbersOf } from './parts.ts';
import type { Part } from './types.ts';

export interface HoleFinding {
  /** per part, ascending */
  readonly rows: readonly Int32Array[];
  readonly total: number;
  readonly longestRun: number;
  readonly columns: readonly string[];
  /** short, rare, and the columns never come near zero otherwise */
  readonly convincing: boolean;
  /** the readings before and after the first hole, of the first column, for the message */
  readonly example: {
    readonly row: number;
    readonly part: number;
    readonly before: number;
    readonly after: number;
  };
}

/**
 * @param parts sorted
 * @param columns measured number columns: no calendar columns, no constants
 * @param maxRun longer stretches of zeros are taken as standstill
 */
export function findZeroHoles(
  parts: readonly Part[],
  columns: readonly string[],
  maxRun: number,
): HoleFinding | null {
  if (columns.length === 0) return null;
  const zeros = parts.some((part) => columns.some((name) => figuresOf(numbersOf(part, name)).zeros > 0));
  if (!zeros) return null;
  let total = 0;
  let rowsInAll = 0;
  let zeroRows = 0;
  let longestRun = 0;
  let runs = 0;
  let example: HoleFinding['example'] | null = null;
  const rows = parts.map((part, partIndex) => {
    const values = columns.map((name) => numbersOf(part, name));
    const n = part.time.length;
    rowsInAll += n;
    // rows with a reading in the column that lacks the fewest are no holes, and those are nearly all
    const densest = values.reduce((a, b) => (emptyRows(b) < emptyRows(a) ? b : a));
    const isHole = (row: number): boolean => {
      let zeros = 0;
      for (const column of values) {
        if (column[row] === 0) zeros++;
        else if (!Number.isNaN(column[row])) return false;
      }
      return zeros > 0 && zeros >= Math.ceil(columns.length / 2);
    };
    const found: number[] = [];
    for (let row = 0; row < n; row++) {
      const value = densest[row];
      if ((value !== 0 && value === value) || !isHole(row)) continue;
      let end = row;
      while (end + 1 < n && isHole(end + 1)) end++;
      zeroRows += end - row + 1;
      // Amid readings: a run at an edge of the file may be a plant before its start.
      if (row > 0 && end < n - 1 && end - row + 1 <= maxRun) {
        runs++;
        longestRun = Math.max(longestRun, end - row + 1);
        for (let r = row; r <= end; r++) found.push(r);
        example ??= { row, part: partIndex, before: values[0][row - 1], after: values[0][end + 1] };
      }
      row = end;
    }
    total += found.length;
    return Int32Array.from(found);
  });
  if (total === 0 || example === null) return null;
  // Zeros that come back daily, or fill a good part of the file, are how this load behaves.
  if (zeroRows > 0.02 * rowsInAll || runs > 0.005 * rowsInAll + 3) return null;
  return {
    rows,
    total,
    longestRun,
    columns,
    example,
    convincing: columns.length > 1 || isAbrupt(parts, rows, columns[0]),
  };
}

/** Rows of zeros or without a reading. */
function emptyRows(values: Float64Array): number {
  const { zeros, count } = figuresOf(values);
  return values.length - count + zeros;
}

/** One column alone: its zeros must fall out of a level the load never leaves otherwise. */
function isAbrupt(parts: readonly Part[], rows: readonly Int32Array[], name: string): boolean {
  let smallest = Infinity;
  let sum = 0;
  let n = 0;
  parts.forEach((part, index) => {
    const values = numbersOf(part, name);
    const holes = new Set(rows[index]);
    for (let row = 0; row < values.length; row++) {
      if (holes.has(row) || Number.isNaN(values[row])) continue;
      smallest = Math.min(smallest, values[row]);
      sum += values[row];
      n++;
    }
  });
  return n > 0 && smallest > 0.05 * (sum / n);
}
