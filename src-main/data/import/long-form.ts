/** @file Long form: stamps repeat because one column names the series a row belongs to. Which column is it? */
import type { CategoryColumn, Column } from '../frame.ts';
import { stepRuns } from '../time/step-runs.ts';
import { isSeriesName } from './names.ts';

export interface LongForm {
  /** one column, or two joined */
  readonly series: CategoryColumn;
  readonly columns: readonly string[];
  /** other columns that explain the repeats as well; not empty makes it a question */
  readonly alternatives: readonly string[];
}

const MAX_SERIES = 10_000;
/** share of rows whose stamp was there before, from which on it is no accident */
const REPEATED = 0.3;
/** share of rows that may repeat within a series */
const LEFT_OVER = 0.02;

/**
 * @param time shape (n), NaN where unreadable
 * @returns null where stamps do not repeat, or no column explains it
 */
export function detectLongForm(time: Float64Array, columns: readonly Column[]): LongForm | null {
  const ticks = ticksOf(time);
  if (!ticks || repeatShare(ticks, null, 0) < REPEATED) return null;
  const candidates = columns.flatMap((column) => {
    const series = asSeries(column);
    return series
      ? [
          {
            series,
            left: repeatShare(ticks, series.codes, series.levels.length),
            named: isSeriesName(series.name),
            text: column.type === 'category',
          },
        ]
      : [];
  });
  const explaining = candidates
    .filter((candidate) => candidate.left <= LEFT_OVER)
    .sort(
      (a, b) =>
        Number(b.named) - Number(a.named) ||
        Number(b.text) - Number(a.text) ||
        a.left - b.left ||
        a.series.levels.length - b.series.levels.length,
    );
  if (explaining.length > 0) {
    const [best, ...rest] = explaining;
    // columns that say the same in other words (meter id and meter name) are no alternatives
    const alternatives = rest.filter(
      (other) => other.named === best.named && !sameGroups(best.series, other.series),
    );
    return {
      series: best.series,
      columns: [best.series.name],
      alternatives: alternatives.map((other) => other.series.name),
    };
  }
  return pairOf(
    ticks,
    candidates.filter((candidate) => candidate.named || candidate.text).map((candidate) => candidate.series),
  );
}

/** A series column of that name, as the user says. */
export function namedSeries(column: Column): CategoryColumn | null {
  return asSeries(column);
}

/** Categories, and whole numbers with few distinct values (meter ids). */
function asSeries(column: Column): CategoryColumn | null {
  if (column.type === 'category')
    return column.levels.length >= 2 && column.levels.length <= MAX_SERIES ? column : null;
  const index = new Map<number, number>();
  const codes = new Int32Array(column.values.length);
  for (let i = 0; i < codes.length; i++) {
    const value = column.values[i];
    if (Number.isNaN(value)) {
      codes[i] = -1;
      continue;
    }
    let code = index.get(value);
    if (code === undefined) {
      if (!Number.isInteger(value) || index.size >= MAX_SERIES) return null;
      code = index.size;
      index.set(value, code);
    }
    codes[i] = code;
  }
  if (index.size < 2 || index.size > codes.length / 2) return null;
  return { name: column.name, type: 'category', levels: [...index.keys()].map(String), codes };
}

/** Stamps as numbers of steps since the first. */
interface Ticks {
  /** shape (n); NaN where unreadable */
  readonly ticks: Float64Array;
  /** how many different values are possible */
  readonly count: number;
}

/** @returns null where stamps run on without a repeat, as in most files */
function ticksOf(time: Float64Array): Ticks | null {
  const { least, broken } = stepRuns(time);
  if (least > 0 && !broken) return null;
  let low = Infinity;
  let high = -Infinity;
  let step = Infinity;
  for (let i = 0; i < time.length; i++) {
    const value = time[i];
    if (value < low) low = value;
    if (value > high) high = value;
    const size = i === 0 ? 0 : Math.abs(value - time[i - 1]);
    if (size > 0 && size < step) step = size;
  }
  if (low > high) return null;
  if (low === high) step = 1;
  // off the grid of the smallest step: count in milliseconds
  if (time.some((value) => (value - low) % step !== 0 && !Number.isNaN(value))) step = 1;
  return { ticks: time.map((value) => (value - low) / step), count: (high - low) / step + 1 };
}

/** a byte each */
const MAX_MARKS = 1 << 28;

/**
 * Share of rows whose (series, stamp) is that of another row before it.
 * @param codes series of each row, shape (n), -1 allowed; null for one series
 */
function repeatShare({ ticks, count }: Ticks, codes: Int32Array | null, levels: number): number {
  const width = codes ? levels + 1 : 1;
  let read = 0;
  let repeats = 0;
  if (count * width <= Math.max(1 << 20, Math.min(MAX_MARKS, 64 * ticks.length))) {
    const marks = new Uint8Array(count * width);
    for (let i = 0; i < ticks.length; i++) {
      if (Number.isNaN(ticks[i])) continue;
      const key = ticks[i] * width + (codes ? codes[i] + 1 : 0);
      repeats += marks[key];
      marks[key] = 1;
      read++;
    }
    return read === 0 ? 0 : repeats / read;
  }
  const keys = ticks
    .map((tick, i) => tick * width + (codes ? codes[i] + 1 : 0))
    .filter((key) => !Number.isNaN(key));
  keys.sort();
  for (let i = 1; i < keys.length; i++) if (keys[i] === keys[i - 1]) repeats++;
  return keys.length === 0 ? 0 : repeats / keys.length;
}

function sameGroups(a: CategoryColumn, b: CategoryColumn): boolean {
  if (a.levels.length !== b.levels.length) return false;
  const map = new Map<number, number>();
  for (let i = 0; i < a.codes.length; i++) {
    const known = map.get(a.codes[i]);
    if (known === undefined) map.set(a.codes[i], b.codes[i]);
    else if (known !== b.codes[i]) return false;
  }
  return true;
}

/** Site and channel: two columns that explain the repeats only together. */
function pairOf(ticks: Ticks, series: readonly CategoryColumn[]): LongForm | null {
  const few = series.filter((column) => column.levels.length <= 1000).slice(0, 8);
  for (let a = 0; a < few.length; a++)
    for (let b = a + 1; b < few.length; b++) {
      const joined = joinSeries(few[a], few[b]);
      if (
        joined.levels.length <= MAX_SERIES &&
        repeatShare(ticks, joined.codes, joined.levels.length) <= LEFT_OVER
      )
        return { series: joined, columns: [few[a].name, few[b].name], alternatives: [] };
    }
  return null;
}

function joinSeries(a: CategoryColumn, b: CategoryColumn): CategoryColumn {
  const index = new Map<number, number>();
  const levels: string[] = [];
  const codes = Int32Array.from(a.codes, (code, i) => {
    const key = (code + 1) * (b.levels.length + 1) + b.codes[i] + 1;
    let joined = index.get(key);
    if (joined === undefined) {
      joined = levels.length;
      index.set(key, joined);
      levels.push(`${a.levels[code] ?? '?'} / ${b.levels[b.codes[i]] ?? '?'}`);
    }
    return joined;
  });
  return { name: `${a.name} / ${b.name}`, type: 'category', levels, codes };
}
