/**
 * @file Midnight readings that carry the previous day's date.
 *
 *   file order     01/01 23:30   01/01 23:45   01/01 00:00   02/01 00:15
 *   meant          01/01 23:30   01/01 23:45   02/01 00:00   02/01 00:15
 *
 * Sorting by the printed stamp gives a perfect grid and puts every midnight reading 24 hours early, so it has to be
 * noticed before sorting: by the file order (time goes back by a day less a step, at midnight, at the end of each day),
 * or, in a file that somebody sorted already, by the values alone: midnight readings then fit their neighbours badly
 * and those of the next midnight well.
 */
import { isAscending } from './order.ts';
import { stepRuns } from '../time/step-runs.ts';
import { DAY } from './types.ts';

export interface MidnightFinding {
  /** rows (indices into `time`) to move one day on */
  readonly rows: Int32Array;
  readonly evidence: 'file-order' | 'values';
  /** times the file goes back */
  readonly backward: number;
  /** mean |step| from the reading before and to the reading after midnight, as printed and as repaired; NaN without values */
  readonly printed: readonly [number, number];
  readonly repaired: readonly [number, number];
  /** the values agree with the move (or there are none to ask) */
  readonly convincing: boolean;
}

/** By division: the remainder operator on such numbers is ten times as slow. */
const timeOfDay = (ms: number): number => ms - Math.floor(ms / DAY) * DAY;

/**
 * @param time wall clock in file order, ascending but for the trap (turn a descending file round first)
 * @param values readings of the likeliest target in the same order, or null
 * @param stepMs dominant step of the file
 */
export function findMidnightTrap(
  time: Float64Array,
  values: Float64Array | null,
  stepMs: number,
): MidnightFinding | null {
  if (!(stepMs > 0) || stepMs >= DAY / 2) return null;
  return byFileOrder(time, values, stepMs) ?? byValues(time, values, stepMs);
}

function byFileOrder(
  time: Float64Array,
  values: Float64Array | null,
  stepMs: number,
): MidnightFinding | null {
  // From 23:45 to the midnight before is the only step that can show the trap.
  if (!stepRuns(time).steps.includes(stepMs - DAY)) return null;
  const rows: number[] = [];
  let backward = 0;
  let dayEnds = 0;
  for (let i = 1; i < time.length; i++) {
    if (time[i] < time[i - 1]) backward++;
    if (timeOfDay(time[i - 1]) !== DAY - stepMs) continue;
    dayEnds++;
    if (time[i] + DAY - time[i - 1] === stepMs && timeOfDay(time[i]) === 0) rows.push(i);
  }
  // One jump may be an accident of joining files; the trap shows at nearly every midnight and explains the jumps.
  if (rows.length < 2 || rows.length < 0.8 * backward || rows.length < 0.8 * dayEnds) return null;
  const found = Int32Array.from(rows);
  const fit = values === null ? null : fitOf(time, values, found, stepMs);
  return {
    rows: found,
    evidence: 'file-order',
    backward,
    printed: fit?.printed ?? [NaN, NaN],
    repaired: fit?.repaired ?? [NaN, NaN],
    convincing: fit === null || !(mean(fit.repaired) > 1.2 * mean(fit.printed)),
  };
}

function byValues(time: Float64Array, values: Float64Array | null, stepMs: number): MidnightFinding | null {
  if (values === null || DAY % stepMs !== 0) return null;
  const last = time[time.length - 1];
  // A file that was sorted after the mistake begins at the midnight that belongs a day later and lacks its last one.
  if (timeOfDay(time[0]) !== 0 || timeOfDay(last) !== DAY - stepMs) return null;
  const rows: number[] = [];
  for (let i = 0; i < time.length; i++) if (timeOfDay(time[i]) === 0) rows.push(i);
  if (rows.length < 60) return null;
  const found = Int32Array.from(rows);
  const fit = fitOf(time, values, found, stepMs);
  if (fit === null || fit.days < 45) return null;
  if (!(fit.z > 8) || !(mean(fit.printed) > 1.6 * mean(fit.repaired))) return null;
  return {
    rows: found,
    evidence: 'values',
    backward: 0,
    printed: fit.printed,
    repaired: fit.repaired,
    convincing: true,
  };
}

const mean = (pair: readonly [number, number]): number => (pair[0] + pair[1]) / 2;

/** The reading at a time one step beside midnight, the last one in the file where there are several; NaN without. */
function lookup(time: Float64Array, values: Float64Array, stepMs: number): (ms: number) => number {
  if (isAscending(time))
    return (ms) => {
      const row = upperBound(time, ms) - 1;
      return row >= 0 && time[row] === ms ? values[row] : NaN;
    };
  const at = new Map<number, number>();
  for (let i = 0; i < time.length; i++) {
    const inDay = timeOfDay(time[i]);
    if (inDay === DAY - stepMs || inDay === stepMs) at.set(time[i], values[i]);
  }
  return (ms) => at.get(ms) ?? NaN;
}

function upperBound(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How well midnight readings fit their neighbours as printed and moved a day on, over days where both can be said. */
function fitOf(time: Float64Array, values: Float64Array, rows: Int32Array, stepMs: number) {
  const valueAt = lookup(time, values, stepMs);
  const printed: [number, number] = [0, 0];
  const repaired: [number, number] = [0, 0];
  let printedLeft = 0;
  let printedRight = 0;
  let repairedLeft = 0;
  let repairedRight = 0;
  let days = 0;
  let sum = 0;
  let squares = 0;
  for (const row of rows) {
    const value = values[row];
    if (Number.isNaN(value)) continue;
    const step = (neighbour: number): number => Math.abs(value - valueAt(neighbour));
    const early = [step(time[row] - stepMs), step(time[row] + stepMs)] as const;
    const late = [step(time[row] + DAY - stepMs), step(time[row] + DAY + stepMs)] as const;
    if (!Number.isNaN(early[0])) [printed[0], printedLeft] = [printed[0] + early[0], printedLeft + 1];
    if (!Number.isNaN(early[1])) [printed[1], printedRight] = [printed[1] + early[1], printedRight + 1];
    if (!Number.isNaN(late[0])) [repaired[0], repairedLeft] = [repaired[0] + late[0], repairedLeft + 1];
    if (!Number.isNaN(late[1])) [repaired[1], repairedRight] = [repaired[1] + late[1], repairedRight + 1];
    const gain = early[0] + early[1] - late[0] - late[1];
    if (Number.isNaN(gain)) continue;
    days++;
    // Signed square root: a few large jumps at shift changes must not decide alone.
    const score = Math.sign(gain) * Math.sqrt(Math.abs(gain));
    sum += score;
    squares += score * score;
  }
  if (days < 2) return null;
  const spread = Math.sqrt(Math.max(0, squares - (sum * sum) / days) / (days - 1));
  return {
    days,
    printed: [printed[0] / printedLeft, printed[1] / printedRight] as const,
    repaired: [repaired[0] / repairedLeft, repaired[1] / repairedRight] as const,
    z: spread > 0 ? sum / days / (spread / Math.sqrt(days)) : sum > 0 ? Infinity : 0,
  };
}

export function moveMidnights(time: Float64Array, rows: Int32Array): Float64Array {
  const moved = time.slice();
  for (const row of rows) moved[row] = moved[row] + DAY;
  return moved;
}
