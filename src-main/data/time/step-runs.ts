/**
 * @file The steps of a time axis, run by run. Readings come at one step for months on end, so a million rows are a few
 * hundred runs, and every question about the axis is answered from those. Arrays of time are never written to, so the
 * runs of one are found once.
 */

/** Run r: `time[i] - time[i - 1] === steps[r]` for every i from `from[r]` up to `from[r + 1]`. */
export interface StepRuns {
  /** shape (runs + 1); begins with 1, ends with the number of rows */
  readonly from: Int32Array;
  /** ms, shape (runs); NaN beside a row without time */
  readonly steps: Float64Array;
  /** least step, Infinity without any */
  readonly least: number;
  /** some row has no time, NaN */
  readonly broken: boolean;
}

const known = new WeakMap<Float64Array, StepRuns>();

export function stepRuns(time: Float64Array): StepRuns {
  let found = known.get(time);
  if (found === undefined) known.set(time, (found = findRuns(time)));
  return found;
}

function findRuns(time: Float64Array): StepRuns {
  const n = time.length;
  let from = new Int32Array(256);
  let steps = new Float64Array(256);
  let runs = 0;
  let least = Infinity;
  for (let i = 1; i < n;) {
    const step = time[i] - time[i - 1];
    const end = endOfRun(time, i + 1, step);
    if (runs + 1 === from.length) {
      from = larger(from, new Int32Array(2 * from.length));
      steps = larger(steps, new Float64Array(2 * steps.length));
    }
    from[runs] = i;
    steps[runs++] = step;
    if (step < least) least = step;
    i = end;
  }
  from[runs] = n;
  const found = steps.subarray(0, runs);
  const broken = n > 0 && (Number.isNaN(time[0]) || found.some(Number.isNaN));
  return { from: from.subarray(0, runs + 1), steps: found, least, broken };
}

function endOfRun(time: Float64Array, begin: number, step: number): number {
  let i = begin;
  while (i < time.length && time[i] - time[i - 1] === step) i++;
  return i;
}

function larger<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Rows without time, NaN. */
export function countTimeless(time: Float64Array): number {
  if (!stepRuns(time).broken) return 0;
  let count = 0;
  for (let i = 0; i < time.length; i++) if (Number.isNaN(time[i])) count++;
  return count;
}

/** Steps forward over all parts in file order, neighbours of equal size counted together. */
export interface Steps {
  /** ms, positive */
  readonly values: Float64Array;
  /** how often each stands in a row */
  readonly counts: Int32Array;
  readonly total: number;
}

export function forwardSteps(parts: readonly { readonly time: Float64Array }[]): Steps {
  const values: number[] = [];
  const counts: number[] = [];
  let total = 0;
  for (const { time } of parts) {
    const { from, steps } = stepRuns(time);
    for (let r = 0; r < steps.length; r++) {
      if (!(steps[r] > 0)) continue;
      const rows = from[r + 1] - from[r];
      total += rows;
      if (values.length > 0 && values[values.length - 1] === steps[r]) counts[counts.length - 1] += rows;
      else {
        values.push(steps[r]);
        counts.push(rows);
      }
    }
  }
  return { values: Float64Array.from(values), counts: Int32Array.from(counts), total };
}

/** The most frequent step, and its share. The smaller of two that are as frequent. */
export function commonStep({ values, counts, total }: Steps): { value: number; share: number } {
  const times = new Map<number, number>();
  for (let r = 0; r < values.length; r++) times.set(values[r], (times.get(values[r]) ?? 0) + counts[r]);
  let value = NaN;
  let best = 0;
  for (const [candidate, count] of times)
    if (count > best || (count === best && candidate < value)) [value, best] = [candidate, count];
  return { value, share: total === 0 ? 0 : best / total };
}

/** The first `most` steps one by one. */
export function firstSteps({ values, counts, total }: Steps, most: number): Float64Array {
  const out = new Float64Array(Math.min(most, total));
  let at = 0;
  for (let r = 0; r < values.length && at < out.length; r++) {
    out.fill(values[r], at, at + counts[r]);
    at += counts[r];
  }
  return out;
}
