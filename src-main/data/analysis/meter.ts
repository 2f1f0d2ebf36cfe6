/**
 * @file Running meter totals: a register that only counts up, read at each stamp. A forecast needs what was used per
 * interval, so readings are differenced:  interval [t_i, t_i+1) = reading(t_i+1) - reading(t_i).
 */
import { numbersOf } from './parts.ts';
import type { Part } from './types.ts';

export interface MeterFinding {
  readonly column: string;
  readonly readings: number;
  /** falls back to about zero (a new meter) */
  readonly resets: number;
  /** runs over its last digit */
  readonly rollovers: number;
  /** share of the steps that rise */
  readonly rising: number;
  readonly first: number;
  readonly last: number;
  /** long enough, rising throughout and by varying amounts */
  readonly convincing: boolean;
}

/** What one step of a register means: usage, or why there is none. */
export interface MeterStep {
  readonly usage: number;
  readonly kind: 'step' | 'rollover' | 'reset' | 'lost';
}

/** @param typical a usual step, to tell a rollover from a reset */
export function meterStep(before: number, after: number, typical: number): MeterStep {
  if (after >= before) return { usage: after - before, kind: 'step' };
  const digits = 10 ** Math.ceil(Math.log10(Math.max(before, 1) + 1));
  const over = after + digits - before;
  if (before > 0.9 * digits && over <= Math.max(50 * typical, 0.02 * digits))
    return { usage: over, kind: 'rollover' };
  // A new meter starts near zero: what it shows was used since it was put in.
  if (after >= 0 && after <= 20 * typical) return { usage: after, kind: 'reset' };
  return { usage: NaN, kind: 'lost' };
}

/** @param parts sorted; @returns null when the column is no register */
export function findMeter(parts: readonly Part[], column: string): MeterFinding | null {
  let steps = 0;
  let rises = 0;
  let readings = 0;
  let first = NaN;
  let last = NaN;
  const drops: [number, number][] = [];
  const sizes: number[] = [];
  for (const part of parts) {
    const values = numbersOf(part, column);
    let before = NaN;
    for (let row = 0; row < values.length; row++) {
      const value = values[row];
      if (Number.isNaN(value)) continue;
      if (value < 0) return null;
      readings++;
      if (Number.isNaN(first)) first = value;
      last = value;
      if (!Number.isNaN(before)) {
        steps++;
        if (value > before) {
          rises++;
          if (sizes.length < 20_000) sizes.push(value - before);
        } else if (value < before) drops.push([before, value]);
        // Anything that moves up and down is refused after a look at its first rows.
        if (drops.length > 3 + 0.001 * steps) return null;
      }
      before = value;
    }
  }
  if (steps < 12 || rises < 0.3 * steps) return null;
  sizes.sort((a, b) => a - b);
  const typical = sizes[sizes.length >> 1];
  const kinds = drops.map(([before, after]) => meterStep(before, after, typical).kind);
  if (kinds.includes('lost')) return null;
  const varying = sizes[Math.floor(0.95 * sizes.length)] > 1.001 * sizes[Math.floor(0.05 * sizes.length)];
  if (!varying) return null; // a row number, a clock
  return {
    column,
    readings,
    resets: kinds.filter((kind) => kind === 'reset').length,
    rollovers: kinds.filter((kind) => kind === 'rollover').length,
    rising: rises / steps,
    first,
    last,
    convincing: steps >= 96 && (drops.length === 0 || drops.length <= 1 + steps / 2000),
  };
}

/**
 * @param time stamps of the readings, ascending
 * @param ending true: a row's interval ends at its stamp (the first row has none); false: it begins there (the last has none)
 * @returns usage per row; NaN where a neighbour is missing or further than one step away
 */
export function difference(
  time: Float64Array,
  readings: Float64Array,
  stepMs: number,
  ending: boolean,
): Float64Array {
  const n = readings.length;
  const usage = new Float64Array(n).fill(NaN);
  const sizes: number[] = [];
  for (let i = 1; i < n && sizes.length < 20_000; i++)
    if (readings[i] > readings[i - 1]) sizes.push(readings[i] - readings[i - 1]);
  sizes.sort((a, b) => a - b);
  const typical = sizes[sizes.length >> 1] ?? 0;
  for (let i = 1; i < n; i++) {
    if (time[i] - time[i - 1] > 1.5 * stepMs) continue; // usage over a gap belongs to several intervals
    if (Number.isNaN(readings[i]) || Number.isNaN(readings[i - 1])) continue;
    usage[ending ? i : i - 1] = meterStep(readings[i - 1], readings[i], typical).usage;
  }
  return usage;
}
