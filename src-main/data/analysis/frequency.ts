/** @file The step between rows: the dominant one, robust against gaps, jitter and strays. */
import { median, mode } from './numbers.ts';
import { commonStep, firstSteps, forwardSteps, stepRuns } from '../time/step-runs.ts';
import type { Steps } from '../time/step-runs.ts';
import { DAY, HOUR, MINUTE } from './types.ts';
import type { Part } from './types.ts';

const usual = [
  1000,
  2000,
  5000,
  10_000,
  15_000,
  20_000,
  30_000,
  ...[1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 4, 6, 8, 12].map((hours) => hours * HOUR),
  DAY,
  7 * DAY,
];

export interface Frequency {
  /** dominant step in ms; NaN with fewer than two stamps */
  readonly stepMs: number;
  /** the rows lie on a common grid of that step, but for jitter that rounding removes */
  readonly regular: boolean;
  /** share of the steps between neighbouring rows that are this one, jitter aside */
  readonly share: number;
  /** rows that are off the grid */
  readonly offGrid: number;
  /** off-grid rows further than a fifth of a step from it */
  readonly strays: number;
  /** second most frequent step where a file changes its step half way, else null */
  readonly other: { readonly stepMs: number; readonly share: number } | null;
  /** 28 to 31 days: calendar months, which are no fixed step */
  readonly monthly: boolean;
}

/** @param parts times sorted or in file order; only forward steps count */
export function findFrequency(parts: readonly Part[]): Frequency {
  const steps = forwardSteps(parts);
  if (steps.total === 0)
    return { stepMs: NaN, regular: false, share: 0, offGrid: 0, strays: 0, other: null, monthly: false };
  const dominant = commonStep(steps);
  const middle = steps.values.length === 1 ? dominant.value : median(firstSteps(steps, 65_536));
  const monthly = middle >= 28 * DAY && middle <= 31 * DAY;
  const usualStep = dominant.share >= 0.5 ? dominant.value : nearestUsual(middle, dominant.value);
  const other = otherStep(steps, usualStep);
  // Hours first, quarters of an hour later: only the finer grid holds all rows.
  const finer = other !== null && other.stepMs < usualStep && usualStep % other.stepMs === 0;
  const stepMs = finer ? other.stepMs : usualStep;
  const { offGrid, strays, rows } = distanceFromGrid(parts, stepMs);
  const share = shareNear(steps, stepMs);
  return {
    stepMs,
    regular: !monthly && strays <= 0.02 * rows && (finer || share >= 0.5),
    share,
    offGrid,
    strays,
    other: finer ? otherStep(steps, stepMs) : other,
    monthly,
  };
}

/** Share of the steps that are this one, jitter aside: a fine enough grid holds any stamps, but says nothing about them. */
function shareNear({ values, counts, total }: Steps, stepMs: number): number {
  let near = 0;
  for (let r = 0; r < values.length; r++) if (Math.abs(values[r] - stepMs) <= 0.4 * stepMs) near += counts[r];
  return near / total;
}

/** Loggers jitter by seconds around a usual step; anything further than 5 % from one is taken as it stands. */
function nearestUsual(middle: number, dominant: number): number {
  const nearest = usual.reduce((a, b) =>
    Math.abs(Math.log(b / middle)) < Math.abs(Math.log(a / middle)) ? b : a,
  );
  return Math.abs(nearest - middle) <= 0.05 * nearest ? nearest : dominant;
}

function distanceFromGrid(
  parts: readonly Part[],
  stepMs: number,
): { offGrid: number; strays: number; rows: number } {
  let offGrid = 0;
  let strays = 0;
  let rows = 0;
  for (const { time } of parts) {
    rows += time.length;
    if (isOnGrid(time, stepMs)) continue;
    const phase = phaseOf(time, stepMs);
    for (let i = 0; i < time.length; i++) {
      const off = Math.abs(time[i] - phase - Math.round((time[i] - phase) / stepMs) * stepMs);
      if (off === 0) continue;
      offGrid++;
      if (off > 0.2 * stepMs) strays++;
    }
  }
  return { offGrid, strays, rows };
}

/** Where the grid lies: on whole steps since midnight if jittered stamps scatter around those, else where most rows lie. */
export function phaseOf(time: Float64Array, stepMs: number): number {
  if (isOnGrid(time, stepMs)) return (((time[0] ?? 0) % stepMs) + stepMs) % stepMs;
  const places = new Float64Array(time.length);
  let nearWhole = 0;
  for (let i = 0; i < time.length; i++) {
    const place = ((time[i] % stepMs) + stepMs) % stepMs;
    places[i] = place;
    if (place <= 0.2 * stepMs || place >= 0.8 * stepMs) nearWhole++;
  }
  const most = mode(places);
  if (most.share >= 0.5) return most.value;
  return nearWhole >= 0.9 * time.length ? 0 : most.value;
}

/** Whole steps from row to row: the usual case. */
function isOnGrid(time: Float64Array, stepMs: number): boolean {
  const { steps } = stepRuns(time);
  for (let r = 0; r < steps.length; r++) if (steps[r] !== stepMs && steps[r] % stepMs !== 0) return false;
  return true;
}

/** Rounds every stamp to the grid; a no-op copy-free pass when all lie on it. */
export function snapToGrid(time: Float64Array, stepMs: number): Float64Array {
  if (isOnGrid(time, stepMs)) return time;
  const phase = phaseOf(time, stepMs);
  let changed = false;
  const out = new Float64Array(time.length);
  for (let i = 0; i < time.length; i++) {
    out[i] = phase + Math.round((time[i] - phase) / stepMs) * stepMs;
    if (out[i] !== time[i]) changed = true;
  }
  return changed ? out : time;
}

/** A different step that whole stretches of the file use: 12 or more steps in a row, 10 % of all. */
function otherStep(steps: Steps, stepMs: number): { stepMs: number; share: number } | null {
  const counts = new Map<number, number>();
  steps.values.forEach((step, r) => {
    if (steps.counts[r] >= 12 && step !== stepMs) counts.set(step, (counts.get(step) ?? 0) + steps.counts[r]);
  });
  let best: { stepMs: number; share: number } | null = null;
  // Share of the time covered, not of the rows: a year of hours is as long as a year of quarter hours.
  let covered = 0;
  steps.values.forEach((step, r) => (covered += step * steps.counts[r]));
  for (const [step, rows] of counts) {
    const share = (step * rows) / covered;
    if (share >= 0.1 && (best === null || share > best.share)) best = { stepMs: step, share };
  }
  return best;
}
