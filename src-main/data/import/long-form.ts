/** @file Long form: stamps repeat because one column names the series a row belongs to. Which column is it? */
import type { CategoryColumn, Column } from '../frame.ts';
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
  if (gridRepeatShare(time) < REPEATED || repeatShare(time, null) < REPEATED) return null;
  const candidates = columns.flatMap((column) => {
    const series = asSeries(column);
    return series
      ? [
          {
            series,
            left: repeatShare(time, series.codes),
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
    time,
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

/**
 * Share of rows whose stamp falls into a step of the clock that an earlier row has taken. Cheap, and never less than the
 * true share; 1 where stamps are too scattered to say.
 */
function gridRepeatShare(time: Float64Array): number {
  let low = Infinity;
  let high = -Infinity;
  let step = Infinity;
  let ascending = true;
  for (let i = 0; i < time.length; i++) {
    const value = time[i];
    if (value < low) low = value;
    if (value > high) high = value;
    const gap = i === 0 ? 1 : value - time[i - 1];
    if (!(gap > 0)) ascending = false;
    const size = Math.abs(gap);
    if (i > 0 && size > 0 && size < step) step = size;
  }
  if (ascending) return 0;
  const slots = (high - low) / step + 1;
  if (!(slots <= 16 * time.length + 1000)) return low === high ? 1 : Number.isNaN(slots) ? 0 : 1;
  const taken = new Uint8Array(Math.ceil(slots) + 1);
  let repeats = 0;
  for (let i = 0; i < time.length; i++) {
    const slot = Math.floor((time[i] - low) / step);
    repeats += taken[slot] ?? 0;
    taken[slot] = 1;
  }
  return repeats / Math.max(1, time.length);
}

/** Share of rows whose (series, stamp) has been seen in an earlier row. */
function repeatShare(time: Float64Array, codes: Int32Array | null): number {
  const sets = new Map<number, Set<number>>();
  let repeats = 0;
  let read = 0;
  for (let i = 0; i < time.length; i++) {
    if (Number.isNaN(time[i])) continue;
    read++;
    const code = codes ? codes[i] : 0;
    let set = sets.get(code);
    if (!set) sets.set(code, (set = new Set()));
    if (set.has(time[i])) repeats++;
    else set.add(time[i]);
  }
  return read === 0 ? 0 : repeats / read;
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
function pairOf(time: Float64Array, series: readonly CategoryColumn[]): LongForm | null {
  const few = series.filter((column) => column.levels.length <= 1000).slice(0, 8);
  for (let a = 0; a < few.length; a++)
    for (let b = a + 1; b < few.length; b++) {
      const joined = joinSeries(few[a], few[b]);
      if (joined.levels.length <= MAX_SERIES && repeatShare(time, joined.codes) <= LEFT_OVER)
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
