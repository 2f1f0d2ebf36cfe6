/** @file Scales, ticks and paths for the charts of a report. Pure arithmetic; the charts put them into SVG. */
import { niceStep } from '../../metrics/histogram.ts';
import { wallToUtc } from '../../data/time/zone.ts';
import { DAY_MS, HOUR_MS, wallClock } from '../../metrics/local-clock.ts';

export interface Scale {
  readonly from: number;
  readonly to: number;
  at(value: number): number;
}

export function linear(from: number, to: number, start: number, end: number): Scale {
  const width = to - from || 1;
  return { from, to, at: (value) => start + ((value - from) / width) * (end - start) };
}

/** Round values that span the range, about `count` of them; the ends lie on ticks. */
export function niceTicks(from: number, to: number, count: number): number[] {
  const spread = to - from > 0 ? to - from : Math.max(1, Math.abs(to));
  const step = niceStep(spread / count);
  const first = Math.floor(from / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(to / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Smallest and largest of the finite values, of all the lists. */
export function extent(...lists: readonly (readonly (number | null)[])[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const list of lists)
    for (const value of list) {
      if (value === null || !Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  return low <= high ? [low, high] : [0, 1];
}

export interface TimeTick {
  readonly t: number;
  /** local wall clock, ms as if UTC */
  readonly wall: number;
  readonly midnight: boolean;
}

const TICK_STEPS = [1, 3, 6, 12, 24, 48, 168, 336, 672, 1344, 2184, 4368, 8760].map(
  (hours) => hours * HOUR_MS,
);

/** Ticks on round local times: hours for short spans, days and multiples of days for long ones. */
export function timeTicks(from: number, to: number, timezone: string, maxTicks: number): TimeTick[] {
  const widest = TICK_STEPS[TICK_STEPS.length - 1];
  const step = TICK_STEPS.find((candidate) => (to - from) / candidate <= maxTicks) ?? widest;
  const [first, last] = wallClock(Float64Array.of(from, to), timezone);
  const anchor = Math.floor(first / DAY_MS) * DAY_MS;
  const count = Math.min(1000, Math.floor((last - anchor) / step) + 1);
  // Counted on the wall clock, so that days of 23 and 25 hours keep their midnights.
  const walls = Float64Array.from({ length: count }, (_, i) => anchor + i * step);
  const { utc } = wallToUtc(walls, timezone);
  return Array.from(walls, (wall, i) => ({ t: utc[i], wall, midnight: wall % DAY_MS === 0 })).filter(
    (tick) => tick.t >= from && tick.t <= to,
  );
}

const round = (value: number): string => String(Math.round(value * 10) / 10);

/** `M…L…` through the points, broken where a value is missing. */
export function linePath(x: readonly number[], y: readonly (number | null)[], sx: Scale, sy: Scale): string {
  let path = '';
  let open = false;
  for (let i = 0; i < x.length; i++) {
    const value = y[i];
    if (value === null || value === undefined || !Number.isFinite(value)) {
      open = false;
      continue;
    }
    path += `${open ? 'L' : 'M'}${round(sx.at(x[i]))} ${round(sy.at(value))}`;
    open = true;
  }
  return path;
}

/** Closed area between two lines, one polygon per unbroken stretch. */
export function bandPath(
  x: readonly number[],
  low: readonly (number | null)[],
  high: readonly (number | null)[],
  sx: Scale,
  sy: Scale,
): string {
  const point = (i: number, list: readonly (number | null)[]): string =>
    `${round(sx.at(x[i]))} ${round(sy.at(list[i]!))}`;
  let path = '';
  for (let from = 0; from < x.length;) {
    if (!isThere(low[from]) || !isThere(high[from])) {
      from++;
      continue;
    }
    let to = from;
    while (to + 1 < x.length && isThere(low[to + 1]) && isThere(high[to + 1])) to++;
    const over = Array.from({ length: to - from + 1 }, (_, k) => point(from + k, high));
    const back = Array.from({ length: to - from + 1 }, (_, k) => point(to - k, low));
    path += `M${over.join('L')}L${back.join('L')}Z`;
    from = to + 1;
  }
  return path;
}

const isThere = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);
