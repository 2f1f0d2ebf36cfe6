/**
 * @file Which daylight saving rule a wall clock without a zone follows, read off the file itself.
 *
 *   clock forward: an hour that every other day has is missing       01:45  03:00
 *   clock back:    an hour stands twice                              02:45  02:00 … 02:45  03:00
 *
 * The zones below stand for all with the same rule and the same hour on the wall; zones that share both cannot be told
 * apart from a wall clock and give the same instants up to a constant.
 */
import { offsetTable } from '../time/zone.ts';
import { ascending } from './order.ts';
import { DAY, HOUR } from './types.ts';
import type { Part } from './types.ts';

/** Clock changes further back than this before the end are not asked: rules change, and looking them up takes time. */
const YEARS_ASKED = 3;

const zones = [
  'Europe/Berlin',
  'Europe/London',
  'Europe/Athens',
  'America/New_York',
  'Australia/Sydney',
  'Pacific/Auckland',
  'America/Santiago',
  'America/Sao_Paulo',
  'Asia/Jerusalem',
  'America/Mexico_City',
  'Africa/Cairo',
  'America/Asuncion',
] as const;

const alike: Record<string, readonly string[]> = {
  'Europe/Berlin': ['Europe/Madrid', 'Europe/Paris', 'Europe/Rome', 'Europe/Vienna'],
  'Europe/London': ['Europe/Lisbon', 'Europe/Dublin', 'Atlantic/Canary'],
  'Europe/Athens': ['Europe/Helsinki', 'Europe/Bucharest', 'Europe/Kyiv'],
  'America/New_York': ['America/Chicago', 'America/Denver', 'America/Los_Angeles'],
  'Australia/Sydney': ['Australia/Melbourne', 'Australia/Adelaide'],
};

export interface ClockChange {
  readonly zone: string;
  /** wall clock ms at which the missing or repeated hour begins */
  readonly wall: number;
  readonly kind: 'gap' | 'repeat';
  /** what the file shows there: the change, no change, or too little to tell */
  readonly shown: 'yes' | 'no' | 'unclear';
  /** rows in the hour */
  readonly rows: number;
}

export interface ClockFinding {
  /** the zone whose changes the file shows, none against it; null when none fits */
  readonly zone: string | null;
  readonly alike: readonly string[];
  readonly changes: readonly ClockChange[];
  /** zones whose changes lie in the span and are not in the file: the clock has no such daylight saving */
  readonly excluded: readonly string[];
}

/** @param parts wall clock, any order */
export function findClock(parts: readonly Part[], stepMs: number): ClockFinding {
  const none: ClockFinding = { zone: null, alike: [], changes: [], excluded: [] };
  if (!(stepMs <= HOUR)) return none;
  const sorted = parts.map((part) => ascending(part.time));
  const to = Math.max(...sorted.map((time) => time[time.length - 1]));
  const from = Math.max(Math.min(...sorted.map((time) => time[0])), to - YEARS_ASKED * 366 * DAY);
  const excluded: string[] = [];
  let best: ClockFinding = none;
  let score = 0;
  for (const zone of zones) {
    const changes = changesOf(zone, from, to, sorted, stepMs);
    const yes = changes.filter((change) => change.shown === 'yes').length;
    const no = changes.filter((change) => change.shown === 'no').length;
    if (yes === 0 && no > 0) excluded.push(zone);
    // A repeat that is not there says less than a missing hour that is: many systems keep only one of the two passes.
    const against = changes.filter((change) => change.shown === 'no' && change.kind === 'gap').length;
    if (yes > score && against === 0 && yes >= no) {
      score = yes;
      best = { zone, alike: [zone, ...(alike[zone] ?? [])], changes, excluded };
    }
  }
  return { ...best, excluded };
}

function changesOf(
  zone: string,
  from: number,
  to: number,
  sorted: readonly Float64Array[],
  stepMs: number,
): ClockChange[] {
  const { at, offsets } = offsetTable(zone, from - DAY, to + DAY);
  const changes: ClockChange[] = [];
  for (let k = 0; k < at.length; k++) {
    const kind = offsets[k + 1] > offsets[k] ? 'gap' : 'repeat';
    const wall = at[k] + Math.min(offsets[k], offsets[k + 1]);
    const length = Math.abs(offsets[k + 1] - offsets[k]);
    if (wall < from + HOUR || wall + length > to - HOUR || length > 2 * HOUR) continue;
    const shown = sorted.map((time) => shownIn(time, wall, length, kind, stepMs));
    const rows = sorted.reduce((sum, time) => sum + rowsBetween(time, wall, wall + length), 0);
    const verdict = shown.includes('no') ? 'no' : shown.includes('yes') ? 'yes' : 'unclear';
    changes.push({ zone, wall, kind, shown: verdict, rows });
  }
  return changes;
}

function shownIn(
  time: Float64Array,
  wall: number,
  length: number,
  kind: 'gap' | 'repeat',
  stepMs: number,
): 'yes' | 'no' | 'unclear' {
  const usual = length / stepMs;
  // Stamps at interval ends may be written one step late: 02:15 … 03:00 instead of 02:00 … 02:45.
  const inHour = [0, stepMs].map((late) => rowsBetween(time, wall + late, wall + length + late));
  const around =
    rowsBetween(time, wall - 2 * length, wall) + rowsBetween(time, wall + length, wall + 3 * length);
  if (around < 3 * usual) return 'unclear'; // a longer gap lies over it
  if (kind === 'gap')
    return inHour.some((rows) => rows === 0)
      ? 'yes'
      : inHour.every((rows) => rows >= usual)
        ? 'no'
        : 'unclear';
  return inHour.some((rows) => rows === 2 * usual)
    ? 'yes'
    : inHour.every((rows) => rows === usual)
      ? 'no'
      : 'unclear';
}

/** Rows in `[from, to)` of ascending times. */
function rowsBetween(time: Float64Array, from: number, to: number): number {
  return lowerBound(time, to) - lowerBound(time, from);
}

export function lowerBound(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
