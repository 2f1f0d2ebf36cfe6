/**
 * @file Columns that follow from the calendar alone (seconds since midnight, weekday, week or weekend, month): known for
 * every future row, so a forecast may use them as they are. Two ways to prove it, both exact over all rows:
 * one value per slot of the week seen often enough, or a formula of the date up to a constant.
 */
import type { Column } from '../frame.ts';
import { codeCounts, figuresOf, onePerPlace } from '../column-figures.ts';
import { weekdayOf } from './calendar.ts';
import type { CalendarPlaces } from './calendar.ts';
import { DAY, HOUR, MINUTE } from './types.ts';

/** Value of a row as a number that can be compared; NaN is missing. */
type Read = (row: number) => number;

const reader = (column: Column): Read =>
  column.type === 'number'
    ? (row) => column.values[row]
    : (row) => (column.codes[row] < 0 ? NaN : column.codes[row]);

/**
 * @param wall local wall clock of the interval beginnings, shape (rows)
 * @param places of the same rows
 * @returns true when every reading of the column follows from its place in the calendar
 */
export function isKnownAhead(
  column: Column,
  wall: Float64Array,
  stepMs: number,
  places: CalendarPlaces,
): boolean {
  const read = reader(column);
  const slots = Math.max(1, Math.ceil(DAY / stepMs));
  const bySlot = slots === places.slotsPerDay && slots * stepMs === DAY;
  // most columns contradict themselves on the second day
  if (bySlot && slots > 1 && oneValuePerPlace(column, places.weekSlot, slots)) return true;
  if (bySlot && oneValuePerPlace(column, places.weekSlot, 7 * slots)) return true;
  const inDay = (ms: number): number => Math.floor((ms - Math.floor(ms / DAY) * DAY) / stepMs);
  if (!bySlot && slots > 1 && oneValuePerKey(read, wall, slots, inDay)) return true;
  if (
    !bySlot &&
    oneValuePerKey(read, wall, 7 * slots, (ms) => weekdayOf(Math.floor(ms / DAY)) * slots + inDay(ms))
  )
    return true;
  if (column.type === 'category')
    return oneValuePerKey(read, wall, 7, (ms) => weekdayOf(Math.floor(ms / DAY))) || isMonth(column, wall);
  return (
    isClock(read, wall) ||
    formulas.some((formula) => follows(read, wall, formula)) ||
    formulas.some((formula) => follows(read, wall, (ms) => formula(ms + stepMs)))
  );
}

function oneValuePerKey(
  read: Read,
  wall: Float64Array,
  keys: number,
  keyOf: (ms: number) => number,
): boolean {
  if (wall.length < 3 * keys) return false;
  const values = new Float64Array(keys).fill(NaN);
  const seen = new Int32Array(keys);
  let distinct = false;
  let first = NaN;
  let rows = 0;
  for (let i = 0; i < wall.length; i++) {
    const value = read(i);
    if (value !== value) continue;
    rows++;
    if (first !== first) first = value;
    else if (value !== first) distinct = true;
    const key = keyOf(wall[i]);
    if (seen[key] === 0) values[key] = value;
    else if (values[key] !== value) return false;
    seen[key]++;
  }
  // Every value a key takes must have been seen again, or a short file proves anything.
  return distinct && rows >= 3 * keys && repeatedKeys(seen) >= 0.9 * keys;
}

/** {@link oneValuePerKey} where the key is the place in the week, or the remainder of it. */
function oneValuePerPlace(column: Column, places: Int32Array, keys: number): boolean {
  if (places.length < 3 * keys || !takesSeveral(column)) return false;
  const seen = onePerPlace(column.type === 'number' ? column.values : column.codes, places, keys);
  if (seen === null) return false;
  return seen.reduce((sum, rows) => sum + rows, 0) >= 3 * keys && repeatedKeys(seen) >= 0.9 * keys;
}

function takesSeveral(column: Column): boolean {
  if (column.type === 'category')
    return codeCounts(column.codes, column.levels.length).rows.filter((rows) => rows > 0).length > 1;
  const { min, max } = figuresOf(column.values);
  return min < max;
}

function repeatedKeys(seen: Int32Array): number {
  let repeated = 0;
  for (let key = 0; key < seen.length; key++) if (seen[key] >= 2) repeated++;
  return repeated;
}

const dateOf = (ms: number): Date => new Date(ms);
const dayOfYear = (ms: number): number =>
  Math.floor(ms / DAY) - Math.floor(Date.UTC(dateOf(ms).getUTCFullYear(), 0, 1) / DAY);

/** ISO 8601 week: the week of its Thursday. */
function isoWeek(ms: number): number {
  const day = Math.floor(ms / DAY);
  return Math.floor(dayOfYear((day - weekdayOf(day) + 3) * DAY) / 7) + 1;
}

const formulas: readonly ((ms: number) => number)[] = [
  (ms) => Math.floor(ms / HOUR) % 24,
  (ms) => Math.floor(ms / MINUTE) % 60,
  (ms) => weekdayOf(Math.floor(ms / DAY)),
  (ms) => (weekdayOf(Math.floor(ms / DAY)) + 1) % 7,
  (ms) => (weekdayOf(Math.floor(ms / DAY)) >= 5 ? 1 : 0),
  (ms) => dateOf(ms).getUTCDate(),
  dayOfYear,
  isoWeek,
  (ms) => dateOf(ms).getUTCMonth(),
  (ms) => Math.floor(dateOf(ms).getUTCMonth() / 3),
  (ms) => dateOf(ms).getUTCFullYear(),
];

/** A straight line in time: epoch seconds, day numbers, row numbers of a file without gaps. */
function isClock(read: Read, wall: Float64Array): boolean {
  let first = 0;
  let last = wall.length - 1;
  while (first <= last && Number.isNaN(read(first))) first++;
  while (last >= first && Number.isNaN(read(last))) last--;
  if (last - first < 8 || wall[last] === wall[first]) return false;
  const slope = (read(last) - read(first)) / (wall[last] - wall[first]);
  return slope !== 0 && follows(read, wall, (ms) => slope * (ms - wall[first]));
}

/** The reading is the formula plus a constant, in every row, and the formula takes more than one value. */
function follows(read: Read, wall: Float64Array, formula: (ms: number) => number): boolean {
  let offset = NaN;
  let first = NaN;
  let varies = false;
  let rows = 0;
  for (let i = 0; i < wall.length; i++) {
    const value = read(i);
    if (value !== value) continue;
    const expected = formula(wall[i]);
    if (rows++ === 0) {
      offset = value - expected;
      first = expected;
    } else if (Math.abs(value - expected - offset) > 1e-9 * Math.max(1, Math.abs(value))) return false;
    if (expected !== first) varies = true;
  }
  return varies && rows >= 8;
}

const monthNames =
  /^(jan|ene|feb|m[aä]r|apr|abr|may|mai|jun|jul|aug|ago|sep|o[ck]t|nov|de[cz]|dic|winter|spring|summer|autumn|fall|invierno|primavera|verano|oto|q[1-4]$)/i;

/** Names of months or seasons, one per calendar month. */
function isMonth(column: Column & { type: 'category' }, wall: Float64Array): boolean {
  if (column.levels.length < 2 || column.levels.length > 12) return false;
  if (!column.levels.every((level) => monthNames.test(level.trim()))) return false;
  const seen = new Int32Array(12).fill(-1);
  for (let i = 0; i < wall.length; i++) {
    const code = column.codes[i];
    if (code < 0) continue;
    const month = dateOf(wall[i]).getUTCMonth();
    if (seen[month] === -1) seen[month] = code;
    else if (seen[month] !== code) return false;
  }
  return true;
}
