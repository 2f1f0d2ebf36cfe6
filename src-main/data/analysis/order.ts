/** @file Which way a file runs, and how many of its rows stand out of line. */
import { stepRuns } from '../time/step-runs.ts';

/** True when more steps go back in time than forward: the newest row stands first. */
export function runsBackward(time: Float64Array): boolean {
  let forward = 0;
  let backward = 0;
  const { from, steps } = stepRuns(time);
  for (let r = 0; r < steps.length; r++) {
    if (steps[r] > 0) forward += from[r + 1] - from[r];
    else if (steps[r] < 0) backward += from[r + 1] - from[r];
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
  if (isAscending(time)) return 0;
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

/** Never back in time; equal times are allowed. */
export const isAscending = (time: Float64Array): boolean => stepRuns(time).least >= 0;

/** The times in ascending order; the array itself when it is ascending already. */
export function ascending(time: Float64Array): Float64Array {
  return isAscending(time) ? time : time.slice().sort();
}
