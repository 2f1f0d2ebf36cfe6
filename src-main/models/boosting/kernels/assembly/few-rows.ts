/**
 * Nodes of few rows have no histogram: most of its bins would be empty. The bins of a column that have rows are added up in a
 * table, a bit for each, and put in line; the search goes over them as over a histogram of so many bins.
 */
import { fewRows } from './layout';
import { valueOf } from './row-sums';

// a thread's own memory: what each row adds; sums by bin; bits of the bins that have rows; their sums and numbers in line
const tableAt: usize = fewRows * 16;
const bitsAt: usize = tableAt + 256 * 16;
// the search reads a cell before the first and one after the last
const lineAt: usize = bitsAt + 32 + 16;
const numbersAt: usize = lineAt + 258 * 16;

/** The last column that {@link lineUp} has put in line. */
export class Line {
  static cells: usize = 0;
  /** numbers of the bins, ascending, a byte each */
  static bins: usize = 0;
  /** bins of values that have rows; the sum of missing values comes after them */
  static values: i32 = 0;
  static someMissing: bool = false;
}

// @ts-ignore: decorator
@inline
function cellBytes<T>(): usize {
  return isVector<T>() ? 16 : 8;
}

/** Begins with a node: what each of its rows adds to a sum. */
export function takeRows<T>(rows: usize, count: usize, gradients: usize, shift: i32, scratch: usize): void {
  const unit = (<i64>1) << (<i64>shift);
  for (let i: usize = 0; i < count; i++) {
    const value = valueOf<T>(gradients, <usize>load<u32>(rows + (i << 2)), unit, shift);
    if (isVector<T>()) {
      // @ts-ignore: static branch
      v128.store(scratch + (i << 4), value);
    } else {
      // @ts-ignore: static branch
      store<i64>(scratch + (i << 3), value);
    }
  }
  if (count <= veryFew) return;
  memory.fill(scratch + tableAt, 0, 256 * cellBytes<T>());
  memory.fill(scratch + bitsAt, 0, 32);
}

/** Puts one row where its bin belongs in a line of so many. @returns how many there are with it */
// @ts-ignore: decorator
@inline
function insert<T>(bin: u8, from: usize, cells: usize, numbers: usize, length: usize): usize {
  let place = length;
  while (place > 0 && load<u8>(numbers + place - 1) > bin) place--;
  if (place > 0 && load<u8>(numbers + place - 1) === bin) {
    const cell = cells + (place - 1) * cellBytes<T>();
    if (isVector<T>()) {
      // @ts-ignore: static branch
      v128.store(cell, i64x2.add(v128.load(cell), v128.load(from)));
    } else {
      // @ts-ignore: static branch
      store<i64>(cell, load<i64>(cell) + load<i64>(from));
    }
    return length;
  }
  for (let k = length; k > place; k--) {
    const cell = cells + k * cellBytes<T>();
    store<u8>(numbers + k, load<u8>(numbers + k - 1));
    if (isVector<T>()) v128.store(cell, v128.load(cell - 16));
    else store<i64>(cell, load<i64>(cell - 8));
  }
  store<u8>(numbers + place, bin);
  const cell = cells + place * cellBytes<T>();
  if (isVector<T>()) v128.store(cell, v128.load(from));
  else store<i64>(cell, load<i64>(from));
  return length + 1;
}

/** rows up to which the line is sorted as it is made */
const veryFew: usize = 8;

/** Sums of a column's bins that have rows, in line. @param missing number of the bin of missing values, or -1 */
export function lineUp<T>(bins: usize, stride: usize, rows: usize, count: usize, missing: i32, scratch: usize): void {
  Line.cells = scratch + lineAt;
  Line.bins = scratch + numbersAt;
  if (count <= veryFew) {
    let length: usize = 0;
    for (let i: usize = 0; i < count; i++) {
      const bin = load<u8>(bins + <usize>load<u32>(rows + (i << 2)) * stride);
      length = insert<T>(bin, scratch + i * cellBytes<T>(), Line.cells, Line.bins, length);
    }
    end(<i32>length, missing);
    return;
  }
  const table = scratch + tableAt;
  const bits = scratch + bitsAt;
  for (let i: usize = 0; i < count; i++) {
    const bin = <usize>load<u8>(bins + <usize>load<u32>(rows + (i << 2)) * stride);
    const cell = table + bin * cellBytes<T>();
    if (isVector<T>()) {
      // @ts-ignore: static branch
      v128.store(cell, i64x2.add(v128.load(cell), v128.load(scratch + (i << 4))));
    } else {
      // @ts-ignore: static branch
      store<i64>(cell, load<i64>(cell) + load<i64>(scratch + (i << 3)));
    }
    const word = bits + ((bin >> 6) << 3);
    store<u64>(word, load<u64>(word) | ((<u64>1) << (<u64>(bin & 63))));
  }
  let to = scratch + lineAt;
  let number = scratch + numbersAt;
  for (let w: usize = 0; w < 4; w++) {
    let word = load<u64>(bits + (w << 3));
    if (word === 0) continue;
    store<u64>(bits + (w << 3), 0);
    while (word !== 0) {
      const bin = (w << 6) + <usize>ctz(word);
      word &= word - 1;
      const cell = table + bin * cellBytes<T>();
      if (isVector<T>()) {
        v128.store(to, v128.load(cell));
        v128.store(cell, i64x2.splat(0));
      } else {
        store<i64>(to, load<i64>(cell));
        store<i64>(cell, 0);
      }
      to += cellBytes<T>();
      store<u8>(number, <u8>bin);
      number++;
    }
  }
  end(<i32>(number - Line.bins), missing);
}

/** Tells the bin of missing values, which is the last, from the others. */
function end(all: i32, missing: i32): void {
  Line.someMissing = all > 0 && <i32>load<u8>(Line.bins + all - 1) === missing;
  Line.values = Line.someMissing ? all - 1 : all;
}
