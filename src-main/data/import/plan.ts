/** @file From the head of a file: how each column is to be read, and which columns carry the time. */
import { distance } from 'fastest-levenshtein';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { ImportOptions } from '../../../src-preload/contract/index.ts';
import { isMissing, isMissingNumber, parseNumber, splitUnit } from './cells.ts';
import { kinds } from './columns.ts';
import type { ColumnPlan, Kind } from './columns.ts';
import type { Dialect } from './dialect.ts';
import { splitInterval } from './interval.ts';
import type { Interval } from './interval.ts';
import { isBookkeepingName, isClockName, isEndName, isSlotName, isTimeName } from './names.ts';
import { parseClock, parseStamp } from './stamp-text.ts';
import { wideSlots } from './wide-days.ts';
import type { WideSlots } from './wide-days.ts';

/** Share of cells that must read as what the column is taken for. */
export const ENOUGH = 0.8;

/** Where the time of a row stands. Numbers are column indices. */
export type TimePlan =
  | { readonly kind: 'none' }
  | { readonly kind: 'stamp'; readonly column: number; readonly end: number | null }
  | { readonly kind: 'interval'; readonly column: number }
  | {
      readonly kind: 'date-clock';
      readonly date: number;
      readonly clock: number;
      readonly end: number | null;
    }
  | { readonly kind: 'date-slot'; readonly date: number; readonly slot: number }
  /** `unitMs`: milliseconds per count; Excel days count from `originMs` */
  | {
      readonly kind: 'number';
      readonly column: number;
      readonly unitMs: number;
      readonly originMs: number;
      readonly label: string;
    };

export interface FilePlan {
  readonly columns: readonly ColumnPlan[];
  readonly units: readonly (string | null)[];
  readonly time: TimePlan;
  readonly wide: WideSlots | null;
  /** columns that read as stamps but are not the time of the row */
  readonly otherStamps: readonly number[];
}

/** What the sample says of one column; shares are of the cells that are not missing. */
interface Looks {
  readonly name: string;
  readonly filled: number;
  readonly number: number;
  readonly stamp: number;
  readonly timed: number;
  readonly absolute: number;
  readonly clock: number;
  /** cells that say the same as the one above */
  readonly repeated: number;
  readonly interval: Interval | null;
  readonly values: readonly number[];
  readonly suffix: string | null;
}

export function planFile(dialect: Dialect, options: ImportOptions, file: string): FilePlan {
  const names = columnNames(dialect.names);
  const looks = names.map((name, i) => lookAt(name, dialect.sample, i, dialect));
  const given = options.timestamp === undefined ? null : [options.timestamp].flat();
  const indices = given?.map((name) => findName(names, name, file, 'timestamp')) ?? null;
  const wide =
    options.layout === 'plain' || options.layout === 'long'
      ? null
      : wideSlots(dialect.names, options.layout === 'wide-days');
  const time = indices ? givenTime(indices, looks, file) : detectTime(looks, wide);
  const useWide = wide !== null && (options.layout === 'wide-days' || isDaily(time, looks)) ? wide : null;
  if (options.layout === 'wide-days' && !useWide)
    throw new AppError({
      code: 'no-day-columns',
      message: `${file} has no columns for the times of a day, such as 00:00, 00:15 … or h1 … h24.`,
      hint: 'Leave the layout out, or choose plain.',
      place: { file, key: 'layout' },
    });
  const otherStamps = looks.flatMap((look, i) =>
    look.stamp >= ENOUGH && !timeColumns(time).includes(i) ? [i] : [],
  );
  return {
    columns: looks.map((look, i) => columnPlan(look, kindOf(look, i, time, otherStamps), i, time)),
    units: looks.map((look, i) => dialect.units[i] ?? look.suffix),
    time,
    wide: useWide,
    otherStamps,
  };
}

export function timeColumns(time: TimePlan): number[] {
  switch (time.kind) {
    case 'none':
      return [];
    case 'stamp':
      return time.end === null ? [time.column] : [time.column, time.end];
    case 'interval':
    case 'number':
      return [time.column];
    case 'date-clock':
      return time.end === null ? [time.date, time.clock] : [time.date, time.clock, time.end];
    case 'date-slot':
      return [time.date, time.slot];
  }
}

/** Empty names become `column_3`, repeated ones get a number. */
function columnNames(written: readonly string[]): string[] {
  const seen = new Set<string>();
  return written.map((text, i) => {
    const base = text === '' ? `column_${i + 1}` : text;
    let name = base;
    for (let n = 2; seen.has(name); n++) name = `${base}_${n}`;
    seen.add(name);
    return name;
  });
}

/** @throws AppError `column-not-found` with the nearest name */
export function findName(names: readonly string[], wanted: string, file: string, key: string): number {
  const exact = names.indexOf(wanted);
  if (exact >= 0) return exact;
  const folded = names.findIndex((name) => name.toLowerCase() === wanted.trim().toLowerCase());
  if (folded >= 0) return folded;
  const nearest = [...names].sort((a, b) => distance(a, wanted) - distance(b, wanted))[0];
  throw new AppError({
    code: 'column-not-found',
    message: `${file} has no column '${wanted}'.`,
    hint: `Did you mean '${nearest}'? The columns are ${names.slice(0, 20).join(', ')}.`,
    place: { file, column: wanted, key },
    details: { columns: names },
  });
}

function lookAt(
  name: string,
  sample: readonly (readonly string[])[],
  column: number,
  dialect: Dialect,
): Looks {
  // a table of hundreds of columns has enough rows in a few of them
  const rows = Math.max(200, Math.ceil(60_000 / dialect.names.length));
  const cells = sample
    .slice(0, rows)
    .map((row) => (row[column] ?? '').trim())
    .filter((cell) => !isMissing(cell));
  const numeric = cells.filter((cell) => !isMissingNumber(cell));
  const plain = numeric.map((cell) => parseNumber(cell, dialect.decimal));
  const failed = plain.filter((value) => Number.isNaN(value)).length;
  const suffix = failed > plain.length / 2 ? commonSuffix(numeric) : null;
  const values = suffix === null ? plain : numeric.map((cell) => parseNumber(cell, dialect.decimal, suffix));
  const stamps = cells.map(parseStamp);
  const intervals = cells.slice(0, 200).map(splitInterval);
  const share = (count: number, of: number): number => (of === 0 ? 0 : count / of);
  const read = stamps.filter((stamp) => stamp !== null);
  return {
    name,
    filled: cells.length,
    number: share(values.filter((value) => !Number.isNaN(value)).length, values.length),
    stamp: share(read.length, cells.length),
    timed: share(read.filter((stamp) => stamp.hasTime).length, cells.length),
    absolute: share(read.filter((stamp) => stamp.offset !== null).length, cells.length),
    repeated: share(cells.filter((cell, i) => i > 0 && cell === cells[i - 1]).length, cells.length - 1),
    clock: share(cells.filter((cell) => parseClock(cell) !== null).length, cells.length),
    interval:
      share(intervals.filter((found) => found !== null).length, intervals.length) >= ENOUGH
        ? intervals.find((found) => found !== null)!
        : null,
    values: values.filter((value) => !Number.isNaN(value)),
    suffix,
  };
}

/** `kWh` where every cell reads `3.2 kWh`. */
function commonSuffix(cells: readonly string[]): string | null {
  const suffix = splitUnit(cells[0] ?? '')?.unit;
  return suffix && cells.every((cell) => cell.endsWith(suffix)) ? suffix : null;
}

function kindOf(look: Looks, index: number, time: TimePlan, otherStamps: readonly number[]): Kind {
  if (timeColumns(time).includes(index)) {
    if (time.kind === 'number' || (time.kind === 'date-slot' && index === time.slot)) return kinds.number;
    if (time.kind === 'date-clock' && index !== time.date)
      return look.interval ? kinds.interval : kinds.clock;
    return look.interval && time.kind === 'interval' ? kinds.interval : kinds.stamp;
  }
  if (otherStamps.includes(index)) return kinds.skip;
  return look.number >= ENOUGH && look.values.length > 0 ? kinds.number : kinds.text;
}

function columnPlan(look: Looks, kind: Kind, _index: number, _time: TimePlan): ColumnPlan {
  const interval = kind === kinds.interval ? look.interval : null;
  return {
    name: look.name,
    kind,
    suffix: look.suffix,
    separator: interval ? new TextEncoder().encode(interval.separator) : null,
    clocks: interval?.startIsClock ?? false,
  };
}

const isDateOnly = (look: Looks): boolean => look.stamp >= ENOUGH && look.timed < 0.2;
const isDaily = (time: TimePlan, looks: readonly Looks[]): boolean =>
  time.kind === 'stamp' && isDateOnly(looks[time.column]);

function givenTime(indices: readonly number[], looks: readonly Looks[], file: string): TimePlan {
  const [first, second] = indices;
  if (second !== undefined) {
    const [date, clock] = looks[first].stamp >= ENOUGH ? [first, second] : [second, first];
    if (looks[date].stamp >= ENOUGH && isSlot(looks[clock])) return { kind: 'date-slot', date, slot: clock };
    return { kind: 'date-clock', date, clock, end: null };
  }
  const look = looks[first];
  if (look.interval && !look.interval.startIsClock) return { kind: 'interval', column: first };
  if (look.stamp >= 0.5) return { kind: 'stamp', column: first, end: null };
  const number = numericTime(look, first, true);
  if (number) return number;
  throw new AppError({
    code: 'timestamp-unreadable',
    message: `Column '${look.name}' of ${file} does not read as date and time.`,
    hint: 'Name another column, or two columns for date and time.',
    place: { file, column: look.name, key: 'timestamp' },
  });
}

/** The column, or the two, that read best as the time of the row. */
function detectTime(looks: readonly Looks[], wide: WideSlots | null): TimePlan {
  const interval = looks.findIndex((look) => look.interval !== null && !look.interval.startIsClock);
  if (interval >= 0) return { kind: 'interval', column: interval };
  const stamps = looks
    .map((look, i) => ({ i, score: look.stamp >= ENOUGH ? stampScore(look, i) : -Infinity }))
    .filter(({ score }) => score > -Infinity)
    .sort((a, b) => b.score - a.score || a.i - b.i);
  const best = stamps[0]?.i;
  if (best !== undefined) {
    if (!isDateOnly(looks[best])) return { kind: 'stamp', column: best, end: endOf(looks, best) };
    // a date that changes from row to row needs no time of day: `time of peak` is something else
    const dayHasRows = looks[best].repeated >= 0.4 || looks[best].filled < 4;
    const clock = looks.findIndex((look, i) => i !== best && isClock(look));
    if (clock >= 0 && !wide && dayHasRows) {
      const end = looks.findIndex((look, i) => i > clock && isClock(look) && isEndName(look.name));
      return { kind: 'date-clock', date: best, clock, end: end < 0 ? null : end };
    }
    const slot = looks.findIndex((look, i) => i !== best && isSlotName(look.name) && isSlot(look));
    if (slot >= 0 && !wide && dayHasRows) return { kind: 'date-slot', date: best, slot };
    return { kind: 'stamp', column: best, end: null };
  }
  for (const [i, look] of looks.entries()) {
    const number = numericTime(look, i, isTimeName(look.name));
    if (number && (isTimeName(look.name) || i === 0)) return number;
  }
  return { kind: 'none' };
}

function stampScore(look: Looks, index: number): number {
  const packed = look.number >= ENOUGH; // 20180101 is also a number
  return (
    (isTimeName(look.name) ? 3 : 0) +
    (look.timed >= ENOUGH ? 2 : 0) +
    (look.absolute >= ENOUGH ? 1 : 0) -
    (isEndName(look.name) ? 2 : 0) -
    (isBookkeepingName(look.name) ? 4 : 0) -
    (packed && !isTimeName(look.name) && index > 0 ? Infinity : 0) -
    index * 0.01
  );
}

/** A second column of stamps that closes the interval the first one opens. */
function endOf(looks: readonly Looks[], start: number): number | null {
  const end = looks.findIndex(
    (look, i) => i > start && look.stamp >= ENOUGH && look.timed >= ENOUGH && isEndName(look.name),
  );
  return end >= 0 && looks[end].absolute >= ENOUGH === looks[start].absolute >= ENOUGH ? end : null;
}

const isClock = (look: Looks): boolean =>
  (look.clock >= ENOUGH && look.number < ENOUGH) ||
  look.interval?.startIsClock === true ||
  (look.clock >= ENOUGH && isClockName(look.name));

/** Whole numbers that count the hours, half hours or quarters of a day. */
function isSlot(look: Looks): boolean {
  if (look.number < ENOUGH || look.values.length === 0) return false;
  const low = Math.min(...look.values);
  const high = Math.max(...look.values);
  return look.values.every(Number.isInteger) && (low === 0 || low === 1) && high <= 100 && high >= 2;
}

const DAY = 86_400_000;
const scales = [
  { label: 'epoch seconds', unitMs: 1000 },
  { label: 'epoch milliseconds', unitMs: 1 },
  { label: 'epoch microseconds', unitMs: 1e-3 },
  { label: 'epoch nanoseconds', unitMs: 1e-6 },
];

function numericTime(look: Looks, column: number, named: boolean): TimePlan | null {
  const { values } = look;
  if (look.number < ENOUGH || values.length === 0) return null;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const scale = scales.find(({ unitMs }) => low * unitMs >= 4.7e11 && high * unitMs <= 4.2e12);
  if (scale && mostlyOrdered(values)) return { kind: 'number', column, originMs: 0, ...scale };
  // days since 1899-12-30, which is how spreadsheets store time; 1954 to 2119
  if (named && low > 20_000 && high < 80_000 && mostlyOrdered(values))
    return { kind: 'number', column, unitMs: DAY, originMs: Date.UTC(1899, 11, 30), label: 'Excel days' };
  return null;
}

function mostlyOrdered(values: readonly number[]): boolean {
  let up = 0;
  let down = 0;
  for (let i = 1; i < values.length; i++) {
    if (values[i] >= values[i - 1]) up++;
    if (values[i] <= values[i - 1]) down++;
  }
  return Math.max(up, down) >= 0.6 * (values.length - 1);
}
