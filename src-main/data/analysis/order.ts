/** @file Which way a file runs, and how many of its rows stand out of line. */
import type { Part } from './types.ts';

/** True when more steps go back in time than forward: the newest row stands first. */
export function runsBackward(time: Float64Array): boolean {
  let forward = 0;
  let backward = 0;
  for (let i = 1; i < time.length; i++) {
    if (time[i] > time[i - 1]) forward++;
    else if (time[i] < time[i - 1]) backward++;
  }
  return backward > forward;
}

/** Turns the rows of a part round. */
export function reversedRows(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, row) => n - 1 - row);
}

/**
 * Rows that lie before a row that stands above them in the file: the least number of rows to move would be smaller only
 * when one early row is stamped far ahead, so such a row counts by itself when everything after it would count otherwise.
 */
export function rowsOutOfOrder(time: Float64Array): number {
  const n = time.length;
  let behindMax = 0;
  let max = -Infinity;
  for (let i = 0; i < n; i++) {
    if (time[i] < max) behindMax++;
    else max = time[i];
  }
  let aheadOfMin = 0;
  let min = Infinity;
  for (let i = n - 1; i >= 0; i--) {
    if (time[i] > min) aheadOfMin++;
    else min = time[i];
  }
  return Math.min(behindMax, aheadOfMin);
}

/** Steps forward in file order, positive ones only, shape (<= n - 1). */
export function forwardSteps(parts: readonly Part[]): Float64Array {
  const steps = new Float64Array(parts.reduce((sum, part) => sum + Math.max(0, part.time.length - 1), 0));
  let kept = 0;
  for (const { time } of parts)
    for (let i = 1; i < time.length; i++) {
      const step = time[i] - time[i - 1];
      if (step > 0) steps[kept++] = step;
    }
  return steps.subarray(0, kept);
}

/** The times in ascending order; the array itself when it is ascending already. */
export function ascending(time: Float64Array): Float64Array {
  for (let i = 1; i < time.length; i++) if (time[i] < time[i - 1]) return time.slice().sort();
  return time;
}
