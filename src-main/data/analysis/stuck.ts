/** @file Stuck readings: a load that shows the very same value for so long that the meter, not the plant, stands still. */
import { figuresOf } from '../column-figures.ts';
import { numbersOf } from './parts.ts';
import { HOUR } from './types.ts';
import type { Part } from './types.ts';

/** Longer runs count as this long when the usual length is told. */
const LONGEST_COUNTED = 10_000;

export interface StuckFinding {
  readonly column: string;
  /** per part: [first row, last row] */
  readonly runs: readonly (readonly (readonly [number, number])[])[];
  readonly rows: number;
  readonly longest: {
    readonly part: number;
    readonly row: number;
    readonly steps: number;
    readonly value: number;
  };
}

/**
 * Runs of at least six hours (a day for zero: plants do stand still) and twelve readings that are also far longer than
 * this series is used to: ten times its 99th percentile of runs, so that coarse or idle loads do not alarm.
 */
export function findStuck(parts: readonly Part[], column: string, stepMs: number): StuckFinding | null {
  const lengths = new Int32Array(LONGEST_COUNTED + 1);
  let runs = 0;
  const all: { part: number; from: number; to: number; value: number }[] = [];
  const short = Math.max(12, Math.ceil((6 * HOUR) / stepMs));
  const day = Math.max(12, Math.ceil((24 * HOUR) / stepMs));
  const shortest = Math.min(short, day);
  if (parts.every((part) => figuresOf(numbersOf(part, column)).longestRun < shortest)) return null;
  parts.forEach((part, index) => {
    const values = numbersOf(part, column);
    for (let row = 0; row < values.length;) {
      const value = values[row];
      let end = row;
      while (end + 1 < values.length && values[end + 1] === value) end++;
      if (value === value) {
        runs++;
        lengths[Math.min(LONGEST_COUNTED, end - row + 1)]++;
        if (end - row + 1 >= (value === 0 ? day : short))
          all.push({ part: index, from: row, to: end, value });
      }
      row = end + 1;
    }
  });
  if (all.length === 0) return null;
  const usual = lengthAt(lengths, Math.floor(0.99 * (runs - 1)));
  const stuck = all.filter((run) => run.to - run.from + 1 >= 10 * usual || (runs < 100 && all.length <= 3));
  if (stuck.length === 0) return null;
  const longest = stuck.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a));
  return {
    column,
    runs: parts.map((_, index) =>
      stuck.filter((run) => run.part === index).map((run) => [run.from, run.to] as const),
    ),
    rows: stuck.reduce((sum, run) => sum + run.to - run.from + 1, 0),
    longest: {
      part: longest.part,
      row: longest.from,
      steps: longest.to - longest.from + 1,
      value: longest.value,
    },
  };
}

/** Length of the run at a rank, from counts per length. */
function lengthAt(counts: Int32Array, rank: number): number {
  let before = 0;
  for (let length = 0; length < counts.length; length++) {
    before += counts[length];
    if (before > rank) return length;
  }
  return LONGEST_COUNTED;
}
