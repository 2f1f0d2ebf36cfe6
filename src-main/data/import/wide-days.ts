/**
 * @file One row per day, one column per hour or quarter: turned into one row per reading.
 *
 *   date        00:00 00:15 …         date        H1  H2 … H24 (H25)
 *   2024-01-01  3.2   3.1            2024-01-01  3.2 3.1
 */
import { isZone, utcToWall, wallToUtc } from '../time/zone.ts';
import { parseClock } from './stamp-text.ts';

const DAY = 86_400_000;

export interface WideSlots {
  /** column of each slot, in order of the day */
  readonly columns: readonly number[];
  /** times of day from the headers, ms; null where headers only count (`H1`, `Q17`) */
  readonly clocks: readonly number[] | null;
  /** ms between slots */
  readonly stepMs: number;
  /** what the headers have before the time, e.g. `kWh_`; empty if nothing */
  readonly prefix: string;
  /** second pass of the repeated hour (`02:00B`, `3B`), by position in `columns` */
  readonly repeats: readonly boolean[];
}

const MIN_SLOTS = 12;
const counted = /^(.*?)[\s_-]*(\d{1,3})\s*(?:h|uhr)?$/i;
const timed =
  /^(.*?)[\s_]*(\d{1,2}[:.h]\d{2}(?::\d{2})?)(?:\s*-\s*\d{1,2}[:.h]\d{2}(?::\d{2})?)?\s*([AB])?$/i;

/** What may stand before the count; `sensor_1 … sensor_24` are 24 sensors. */
const slotPrefix =
  /^(?:|h|hr|hour|hora|he|std|stunde|q|qh|quarter|v|val|value|wert|valor|p|per|period|periodo|sp|t|i|int|interval|[kmg]?wh?|load|last|consumo|demanda)[\s_-]*$/i;

/**
 * The columns that stand for the times of a day, null where the headers name none.
 * @param anyPrefix the user says that the file has one column per time of day, so anything may stand before the count
 */
export function wideSlots(written: readonly string[], anyPrefix = false): WideSlots | null {
  return timedSlots(written) ?? countedSlots(written, anyPrefix);
}

function timedSlots(written: readonly string[]): WideSlots | null {
  const found = written.flatMap((name, column) => {
    const match = timed.exec(name);
    const ms = match ? parseClock(match[2].replace(/h/i, ':'))?.ms : undefined;
    return match && ms !== undefined
      ? [{ column, ms, prefix: match[1], second: match[3]?.toUpperCase() === 'B' }]
      : [];
  });
  if (found.length < MIN_SLOTS || new Set(found.map((slot) => slot.prefix)).size > 1) return null;
  const first = found.filter((slot) => !slot.second);
  const steps = first.slice(1).map((slot, i) => (slot.ms - first[i].ms + DAY) % DAY);
  const stepMs = steps[0];
  if (stepMs <= 0 || steps.filter((step) => step === stepMs).length < steps.length - 1) return null;
  // 23:45, 00:00: the last column belongs to the end of the day
  const clocks = found.map((slot, i) => (i > 0 && slot.ms === 0 ? DAY : slot.ms));
  return {
    columns: found.map((slot) => slot.column),
    clocks,
    stepMs,
    prefix: found[0].prefix,
    repeats: found.map((slot) => slot.second),
  };
}

function countedSlots(written: readonly string[], anyPrefix: boolean): WideSlots | null {
  const groups = new Map<string, { column: number; n: number }[]>();
  written.forEach((name, column) => {
    const match = counted.exec(name);
    if (!match || !(anyPrefix || slotPrefix.test(match[1]))) return;
    const group = groups.get(match[1]) ?? [];
    group.push({ column, n: Number(match[2]) });
    groups.set(match[1], group);
  });
  for (const [prefix, group] of groups) {
    const from = group[0].n;
    if ((from !== 0 && from !== 1) || group.some((slot, i) => slot.n !== from + i)) continue;
    const steps = [24, 48, 96, 288].find((perDay) => Math.abs(group.length - perDay) <= perDay / 24);
    if (steps === undefined) continue;
    return {
      columns: group.map((slot) => slot.column),
      clocks: null,
      stepMs: DAY / steps,
      prefix: prefix.trim(),
      repeats: group.map(() => false),
    };
  }
  return null;
}

/**
 * Wall clock of the k-th interval of a day that is counted, not stamped: on the day with 23 hours the skipped hour is left
 * out of the count, on the day with 25 the repeated one is counted twice.
 * @param slot 0-based
 * @param slots how many the day has
 * @param stepMs step
 * @param gapHour first hour that is skipped or repeated
 */
export function countedClock(slot: number, slots: number, stepMs: number, gapHour: number): number {
  const perHour = 3_600_000 / stepMs;
  const perDay = DAY / stepMs;
  if (slots === perDay - perHour && slot >= gapHour * perHour) return (slot + perHour) * stepMs;
  if (slots === perDay + perHour && slot >= (gapHour + 1) * perHour) return (slot - perHour) * stepMs;
  return slot * stepMs;
}

export interface Unpivoted {
  readonly time: Float64Array;
  readonly values: Float64Array;
  /** which row of the file each reading came from */
  readonly rows: Int32Array;
}

/**
 * @param days midnight of each row, shape (n)
 * @param slots values per slot column, each of shape (n)
 * @param zone whose days of 23 and 25 hours are then exact, whatever the hour of their change; without one a change is
 *   taken to be at two o'clock, as in most of Europe
 * @returns readings in order of rows and slots; slots that a short day does not have are left out
 */
export function unpivot(
  days: Float64Array,
  slots: readonly Float64Array[],
  wide: WideSlots,
  zone?: string,
): Unpivoted {
  const size = days.length * slots.length;
  const time = new Float64Array(size);
  const values = new Float64Array(size);
  const rows = new Int32Array(size);
  const perDay = DAY / wide.stepMs;
  const changes = zone === undefined || !isZone(zone) ? null : changedDays(days, zone);
  let at = 0;
  for (let row = 0; row < days.length; row++) {
    const change = changes?.get(days[row]);
    const exact = wide.clocks || !changes ? null : exactDay(days[row], change, slots, row, wide.stepMs);
    const present = exact?.length ?? (wide.clocks ? slots.length : countPresent(slots, row, perDay));
    for (let k = 0; k < slots.length; k++) {
      if (wide.repeats[k] && Number.isNaN(slots[k][row])) continue;
      if (!wide.clocks && k >= present) continue;
      const clock = wide.clocks ? wide.clocks[k] : countedClock(k, present, wide.stepMs, 2);
      const stamp = exact?.[k] ?? days[row] + clock;
      // the blank where a day of 23 hours has no such time
      if (change?.skips(stamp) && Number.isNaN(slots[k][row])) continue;
      time[at] = stamp;
      values[at] = slots[k][row];
      rows[at++] = row;
    }
  }
  return { time: time.slice(0, at), values: values.slice(0, at), rows: rows.slice(0, at) };
}

/** A day on which a zone changes its clock. */
interface ChangedDay {
  readonly beginsUtc: number;
  readonly lengthMs: number;
  /** UTC to wall clock, ms */
  readonly wallOf: (utc: Float64Array) => Float64Array;
  /** no clock shows this time of the day */
  readonly skips: (wall: number) => boolean;
}

/** By midnight, wall clock as if UTC. */
function changedDays(days: Float64Array, zone: string): Map<number, ChangedDay> {
  const begins = wallToUtc(days, zone).utc;
  const ends = wallToUtc(
    days.map((day) => day + DAY),
    zone,
  ).utc;
  const changed = new Map<number, ChangedDay>();
  for (let row = 0; row < days.length; row++) {
    const lengthMs = ends[row] - begins[row];
    if (lengthMs === DAY || Number.isNaN(lengthMs) || changed.has(days[row])) continue;
    changed.set(days[row], {
      beginsUtc: begins[row],
      lengthMs,
      wallOf: (utc) => utcToWall(utc, zone),
      skips: (wall) => lengthMs < DAY && wallToUtc(Float64Array.of(wall), zone).nonexistent.length > 0,
    });
  }
  return changed;
}

/**
 * Wall clock of each interval of a counted day by the zone; null where the row does not count as the zone does: 24 hours
 * written on a day of 23 or 25 are clock hours.
 */
function exactDay(
  day: number,
  change: ChangedDay | undefined,
  slots: readonly Float64Array[],
  row: number,
  stepMs: number,
): Float64Array | null {
  const perDay = DAY / stepMs;
  const filled = filledSlots(slots, row);
  const count = (change?.lengthMs ?? DAY) / stepMs;
  if (filled > count || (count > perDay && filled <= perDay)) return null;
  const steps = Float64Array.from({ length: Math.min(slots.length, count) }, (_, k) => k * stepMs);
  return change === undefined
    ? steps.map((step) => day + step)
    : change.wallOf(steps.map((step) => change.beginsUtc + step));
}

/** Slots up to the last one with a reading. */
function filledSlots(slots: readonly Float64Array[], row: number): number {
  let last = slots.length;
  while (last > 0 && Number.isNaN(slots[last - 1][row])) last--;
  return last;
}

/** Intervals a counted day has: blanks at its end are an hour that does not exist, if there is exactly one hour of them. */
function countPresent(slots: readonly Float64Array[], row: number, perDay: number): number {
  const last = filledSlots(slots, row);
  const perHour = perDay / 24;
  if (last === perDay + perHour) return last;
  // a short day is only known where the table also has room for a long one
  if (last === perDay - perHour && slots.length === perDay + perHour) return last;
  return Math.min(slots.length, perDay);
}
