/** One random border of a column instead of the best (extra trees). */
import { paramsAt, pPoints } from './layout';
import { Best } from './plain-scan';
import { cell0, cell1, weigh } from './weigh';

function mix(a: u32, b: u32): u32 {
  let h = a * 0x9e3779b1 + b;
  h = (h ^ (h >>> 16)) * 0x85ebca6b;
  h = (h ^ (h >>> 13)) * 0xc2b2ae35;
  return h ^ (h >>> 16);
}

/** The last bin below `high` whose lowest value is not above a value drawn between those of two bins. */
function drawnByValue(points: usize, low: i32, high: i32, share: f64): i32 {
  const first = load<f64>(points + ((<usize>low) << 3));
  const wanted = first + share * (load<f64>(points + ((<usize>high) << 3)) - first);
  let from = low;
  let to = high - 1;
  while (from < to) {
    const middle = (from + to + 1) >> 1;
    if (load<f64>(points + ((<usize>middle) << 3)) <= wanted) from = middle;
    else to = middle - 1;
  }
  return from;
}

/** The number of bin k: of a list of bins, or k itself where there is none. */
// @ts-ignore: decorator
@inline
function numberOf(bins: usize, k: i32): i32 {
  return bins === 0 ? k : <i32>load<u8>(bins + <usize>k);
}

/**
 * One border, drawn between the least and the greatest bin that has rows: any bin alike, or any value (forests).
 * @param bins numbers of the bins whose cells are given, ascending; 0: all of them
 */
export function random<T, M>(
  cells: usize,
  bins: usize,
  total0: i64,
  total1: i64,
  column: i32,
  values: i32,
  hasMissing: bool,
  stream: u32,
): void {
  let first = 0;
  let last = values - 1;
  if (bins === 0) {
    while (first < last && (isVector<T>() ? cell1<T>(cells, first) : cell0<T>(cells, first)) === 0) first++;
    while (first < last && (isVector<T>() ? cell1<T>(cells, last) : cell0<T>(cells, last)) === 0) last--;
  }
  if (first >= last) return;
  const low = numberOf(bins, first);
  const high = numberOf(bins, last);
  const word = mix(stream, <u32>column);
  const table = <usize>load<u32>(paramsAt + pPoints);
  let left0: i64 = 0;
  let left1: i64 = 0;
  // of few bins it is quicker to look at each than to search for the border first, which only the best one needs
  const points: usize = table === 0 ? 0 : <usize>load<u32>(table + ((<usize>column) << 2));
  const share = <f64>word / 4294967296.0;
  const isListed = bins !== 0 && table !== 0;
  let border = 0;
  if (isListed) {
    const least = load<f64>(points + ((<usize>low) << 3));
    const wanted = least + share * (load<f64>(points + ((<usize>high) << 3)) - least);
    for (let k = first; k < last && load<f64>(points + ((<usize>numberOf(bins, k)) << 3)) <= wanted; k++) {
      left0 += cell0<T>(cells, k);
      left1 += cell1<T>(cells, k);
    }
  } else {
    border =
      table === 0
        ? low + <i32>(((<u64>word) * (<u64>(high - low))) >> 32)
        : drawnByValue(points, low, high, share);
    for (let k = first; k <= last && numberOf(bins, k) <= border; k++) {
      left0 += cell0<T>(cells, k);
      left1 += cell1<T>(cells, k);
    }
  }
  const before = Best.score;
  // a forest draws the side of missing values, the others take the better one
  const bothSides = table === 0;
  const side = hasMissing ? mix(word, 7) & 1 : 0;
  if (bothSides || side === 0) weigh<T, M>(left0, left1, total0 - left0, total1 - left1, column, border, 0);
  if (hasMissing && (bothSides || side === 1)) {
    left0 += cell0<T>(cells, values);
    left1 += cell1<T>(cells, values);
    weigh<T, M>(left0, left1, total0 - left0, total1 - left1, column, border, 1);
  }
  if (isListed && Best.score !== before) Best.bin = drawnByValue(points, low, high, share);
}
