/**
 * @file Wall clock to UTC and back, exactly: 23 and 25 hour days, half-hour zones, historic changes.
 *
 * The changes of a zone's offset within the span of the data are found once; every row is then a subtraction.
 *
 *   offset before  o1                 o2  offset after, from instant T on
 *   gap            T+o1 ─────► T+o2   o2 > o1: these wall clock times never happened
 *   repeat         T+o2 ─────► T+o1   o2 < o1: these happened twice, first with o1, then with o2
 */
import { Temporal } from 'temporal-polyfill';
import { AppError } from '../../../src-preload/contract/index.ts';
import { DAY, HOUR, MINUTE } from './resolution.ts';

/** Offsets from UTC in milliseconds over a span: `offsets[0]` before the first change, `offsets[k + 1]` from `at[k]` on. */
export interface OffsetTable {
  /** UTC ms, ascending, shape (n) */
  readonly at: Float64Array;
  /** ms to add to UTC for the wall clock, shape (n + 1) */
  readonly offsets: Float64Array;
}

export interface WallToUtc {
  /** UTC ms, shape of the input; NaN stays NaN */
  readonly utc: Float64Array;
  /** rows whose wall clock time was skipped by a change; `utc` reads them with the offset from before the change */
  readonly nonexistent: number[];
  /** rows in a repeated hour that nothing assigns to one of its two passes; `utc` takes the first pass */
  readonly ambiguous: number[];
  /** rows in a repeated hour that were assigned, because both passes are in the file */
  readonly resolved: number[];
}

/** True for `UTC` and every IANA name the platform knows; offsets such as `+02:00` are no zones. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function checkZone(zone: string): void {
  if (!isZone(zone))
    throw new AppError({
      code: 'unknown-timezone',
      message: `There is no time zone '${zone}'.`,
      hint: "Use an IANA name such as 'Europe/Madrid' or 'America/New_York', or 'UTC'.",
    });
}

const MARGIN = 800 * DAY;

/** A table per zone is kept and widened, so that many small calls cost one search. */
const tables = new Map<string, { from: number; to: number; table: OffsetTable }>();

/**
 * All changes of offset in `[from, to]` and a day around it.
 * @throws AppError `unknown-timezone`
 */
export function offsetTable(zone: string, from: number, to: number): OffsetTable {
  const known = tables.get(zone);
  if (known && known.from <= from && known.to >= to) return known.table;
  checkZone(zone);
  // wider than asked for, so that a walk along the axis does not search at each step
  const low = Math.min(from - MARGIN, known?.from ?? from);
  const high = Math.max(to + MARGIN, known?.to ?? to);
  const at: number[] = [];
  let moment = Temporal.Instant.fromEpochMilliseconds(Math.floor(low) - 2 * DAY).toZonedDateTimeISO(zone);
  const offsets = [moment.offsetNanoseconds / 1e6];
  for (;;) {
    const next = moment.getTimeZoneTransition('next');
    if (!next || next.epochMilliseconds > high + 2 * DAY) break;
    const offset = next.offsetNanoseconds / 1e6;
    if (offset !== offsets.at(-1)) {
      at.push(next.epochMilliseconds);
      offsets.push(offset);
    }
    moment = next;
  }
  const table = { at: Float64Array.from(at), offsets: Float64Array.from(offsets) };
  tables.set(zone, { from: low, to: high, table });
  return table;
}

function span(values: Float64Array): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/**
 * Wall clock as if UTC, per row: UTC plus the zone's offset at that instant.
 * @param utc ms, shape (n), any order; NaN stays NaN
 */
export function utcToWall(utc: Float64Array, zone: string): Float64Array {
  const wall = new Float64Array(utc.length);
  const { low, high } = span(utc);
  if (low > high) return wall.fill(NaN);
  const { at, offsets } = offsetTable(zone, low, high);
  let segment = 0;
  for (let i = 0; i < utc.length; i++) {
    const instant = utc[i];
    while (segment > 0 && instant < at[segment - 1]) segment--;
    while (segment < at.length && instant >= at[segment]) segment++;
    wall[i] = instant + offsets[segment];
  }
  return wall;
}

/**
 * UTC of wall clock stamps of one series, in file order. Nothing is shifted silently: skipped times and repeated
 * times that cannot be told apart are listed.
 * @param wall ms as if UTC, shape (n), any order; NaN (unreadable) stays NaN
 * @throws AppError `unknown-timezone`
 */
export function wallToUtc(wall: Float64Array, zone: string): WallToUtc {
  const utc = new Float64Array(wall.length);
  const result: WallToUtc = { utc, nonexistent: [], ambiguous: [], resolved: [] };
  const { low, high } = span(wall);
  if (low > high) {
    utc.fill(NaN);
    return result;
  }
  const { at, offsets } = offsetTable(zone, low - DAY, high + DAY);
  // Segment k reaches up to the wall clock time that both offsets around change k still allow: what lies in a
  // gap or a repeat is then in segment k and is looked at again.
  const ends = Float64Array.from(at, (instant, k) => instant + Math.max(offsets[k], offsets[k + 1]));
  const begins = Float64Array.from(at, (instant, k) => instant + Math.min(offsets[k], offsets[k + 1]));
  const repeats = new Map<number, number[]>();
  let segment = 0;
  for (let i = 0; i < wall.length; i++) {
    const value = wall[i];
    while (segment > 0 && value < ends[segment - 1]) segment--;
    while (segment < at.length && value >= ends[segment]) segment++;
    utc[i] = value - offsets[segment];
    if (segment < at.length && value >= begins[segment]) {
      if (offsets[segment + 1] > offsets[segment]) result.nonexistent.push(i);
      else {
        const rows = repeats.get(segment);
        if (rows) rows.push(i);
        else repeats.set(segment, [i]);
      }
    }
  }
  const descending = isDescending(wall);
  for (const [k, rows] of repeats) {
    const ordered = descending ? rows.toReversed() : rows;
    assignPasses(ordered, wall, utc, offsets[k] - offsets[k + 1], result);
  }
  result.ambiguous.sort((a, b) => a - b);
  result.resolved.sort((a, b) => a - b);
  return result;
}

/** Newest reading first: then the second pass of a repeated hour stands before the first. */
function isDescending(wall: Float64Array): boolean {
  let down = 0;
  let up = 0;
  for (let i = 1; i < wall.length; i++) {
    if (wall[i] < wall[i - 1]) down++;
    else if (wall[i] > wall[i - 1]) up++;
  }
  return down > up;
}

/**
 * Rows of one repeated hour, oldest first. `utc` holds the first pass; rows of the second get `shift` added.
 * Both passes are there if the clock goes back once (…02:45, 02:00…) or each time stands twice (02:00, 02:00, 02:15…).
 */
function assignPasses(
  rows: readonly number[],
  wall: Float64Array,
  utc: Float64Array,
  shift: number,
  result: WallToUtc,
): void {
  const backward = rows.flatMap((row, i) => (i > 0 && wall[row] < wall[rows[i - 1]] ? [i] : []));
  if (backward.length === 1) {
    const seen = [new Set<number>(), new Set<number>()];
    rows.forEach((row, i) => {
      const pass = i < backward[0] ? 0 : 1;
      if (pass === 1) utc[row] += shift;
      // the same time twice within one pass is a duplicate that belongs to nobody
      (seen[pass].has(wall[row]) ? result.ambiguous : result.resolved).push(row);
      seen[pass].add(wall[row]);
    });
    return;
  }
  const count = new Map<number, number>();
  for (const row of rows) count.set(wall[row], (count.get(wall[row]) ?? 0) + 1);
  const paired = [...count.values()].some((times) => times === 2);
  const nth = new Map<number, number>();
  for (const row of rows) {
    const times = count.get(wall[row])!;
    const index = nth.get(wall[row]) ?? 0;
    nth.set(wall[row], index + 1);
    if (index > 0) utc[row] += shift;
    if (paired && times === 2) result.resolved.push(row);
    else result.ambiguous.push(row);
  }
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** ISO 8601 of an instant in a zone: `2024-10-27T02:15:00+02:00`, `…Z` for UTC; milliseconds only where there are any. */
export function formatLocal(utcMs: number, zone: string): string {
  if (!Number.isFinite(utcMs)) return '';
  const { at, offsets } = offsetTable(zone, utcMs, utcMs);
  let segment = 0;
  while (segment < at.length && utcMs >= at[segment]) segment++;
  const offset = offsets[segment];
  const wall = new Date(utcMs + offset).toISOString().replace(/\.000Z$|Z$/, '');
  if (zone === 'UTC') return `${wall}Z`;
  const minutes = Math.round(Math.abs(offset) / MINUTE);
  const hours = Math.floor(minutes / (HOUR / MINUTE));
  return `${wall}${offset < 0 ? '-' : '+'}${pad(hours)}:${pad(minutes % 60)}`;
}
