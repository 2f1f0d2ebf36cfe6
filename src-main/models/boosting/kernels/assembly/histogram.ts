/**
 * Histograms of whole numbers. A cell is
 *   packed (hessians all 1): one i64, gradient << shift | count
 *   wide:                    two i64, gradient << shift and hessian << shift | count
 * Sums of such cells are exact, so they do not depend on order, threads or device.
 */
import {
  bActive,
  bBins,
  bCell,
  bCells,
  bLane,
  bLaneCell,
  bWidth,
  pQuantised,
  pShift,
  pWide,
  paramsAt,
} from './layout';

// @ts-ignore: decorator
@inline
function valueOf<T>(gradients: usize, row: usize, shift: i32): T {
  if (isVector<T>()) {
    // @ts-ignore: static branch
    return i64x2.add(i64x2.shl(v128.load_ext<i32>(gradients + (row << 3)), shift), i64x2(0, 1));
  } else {
    // @ts-ignore: static branch
    return ((<i64>load<i32>(gradients + (row << 2))) << (<i64>shift)) | 1;
  }
}

// @ts-ignore: decorator
@inline
function bump<T>(cell: usize, value: T): void {
  if (isVector<T>()) {
    // @ts-ignore: static branch
    v128.store(cell, i64x2.add(v128.load(cell), value));
  } else {
    // @ts-ignore: static branch
    store<i64>(cell, load<i64>(cell) + value);
  }
}

/** 3 or 4: cells are 8 or 16 bytes */
// @ts-ignore: decorator
@inline
function cellShift<T>(): u32 {
  return isVector<T>() ? 4 : 3;
}

/** Four columns of byte bins: one load gives a row's four bins. */
function fourBytes<T>(
  bins: usize,
  rows: usize,
  from: usize,
  count: usize,
  gradients: usize,
  shift: i32,
  h0: usize,
  h1: usize,
  h2: usize,
  h3: usize,
): void {
  const s = cellShift<T>();
  const mask: u32 = 255 << s;
  if (rows === 0) {
    const end = from + count;
    for (let row = from; row < end; row++) {
      const value = valueOf<T>(gradients, row, shift);
      const four = load<u32>(bins + (row << 2));
      bump<T>(h0 + ((four << s) & mask), value);
      bump<T>(h1 + ((four >> (8 - s)) & mask), value);
      bump<T>(h2 + ((four >> (16 - s)) & mask), value);
      bump<T>(h3 + ((four >> (24 - s)) & mask), value);
    }
    return;
  }
  const end = rows + (count << 2);
  for (let at = rows; at < end; at += 4) {
    const row = <usize>load<u32>(at);
    const value = valueOf<T>(gradients, row, shift);
    const four = load<u32>(bins + (row << 2));
    bump<T>(h0 + ((four << s) & mask), value);
    bump<T>(h1 + ((four >> (8 - s)) & mask), value);
    bump<T>(h2 + ((four >> (16 - s)) & mask), value);
    bump<T>(h3 + ((four >> (24 - s)) & mask), value);
  }
}

/** Two lanes of a block, of either width. */
function twoLanes<T, B>(
  bins: usize,
  lane0: u32,
  lane1: u32,
  rows: usize,
  from: usize,
  count: usize,
  gradients: usize,
  shift: i32,
  h0: usize,
  h1: usize,
): void {
  const s = cellShift<T>();
  const stride: usize = sizeof<B>() * 4;
  const a = bins + lane0 * sizeof<B>();
  const b = bins + lane1 * sizeof<B>();
  for (let i: usize = 0; i < count; i++) {
    const row = rows === 0 ? from + i : <usize>load<u32>(rows + (i << 2));
    const value = valueOf<T>(gradients, row, shift);
    const at = row * stride;
    bump<T>(h0 + ((<usize>load<B>(a + at)) << s), value);
    bump<T>(h1 + ((<usize>load<B>(b + at)) << s), value);
  }
}

function oneLane<T, B>(
  bins: usize,
  lane: u32,
  rows: usize,
  from: usize,
  count: usize,
  gradients: usize,
  shift: i32,
  h: usize,
): void {
  const s = cellShift<T>();
  const stride: usize = sizeof<B>() * 4;
  const a = bins + lane * sizeof<B>();
  for (let i: usize = 0; i < count; i++) {
    const row = rows === 0 ? from + i : <usize>load<u32>(rows + (i << 2));
    bump<T>(h + ((<usize>load<B>(a + row * stride)) << s), valueOf<T>(gradients, row, shift));
  }
}

function lanes<T, B>(block: usize, rows: usize, from: usize, count: usize, histogram: usize): void {
  const active = load<i32>(block + bActive);
  const bins = <usize>load<u32>(block + bBins);
  const gradients = <usize>load<u32>(paramsAt + pQuantised);
  const shift = load<i32>(paramsAt + pShift);
  const s = cellShift<T>();
  if (sizeof<B>() === 1 && active === 4) {
    fourBytes<T>(
      bins,
      rows,
      from,
      count,
      gradients,
      shift,
      histogram + ((<usize>load<u32>(block + bLaneCell)) << s),
      histogram + ((<usize>load<u32>(block + bLaneCell + 4)) << s),
      histogram + ((<usize>load<u32>(block + bLaneCell + 8)) << s),
      histogram + ((<usize>load<u32>(block + bLaneCell + 12)) << s),
    );
    return;
  }
  let k = 0;
  for (; k + 1 < active; k += 2)
    twoLanes<T, B>(
      bins,
      load<u32>(block + bLane + 4 * k),
      load<u32>(block + bLane + 4 * k + 4),
      rows,
      from,
      count,
      gradients,
      shift,
      histogram + ((<usize>load<u32>(block + bLaneCell + 4 * k)) << s),
      histogram + ((<usize>load<u32>(block + bLaneCell + 4 * k + 4)) << s),
    );
  if (k < active)
    oneLane<T, B>(
      bins,
      load<u32>(block + bLane + 4 * k),
      rows,
      from,
      count,
      gradients,
      shift,
      histogram + ((<usize>load<u32>(block + bLaneCell + 4 * k)) << s),
    );
}

/** Sums a node's rows into the cells of one block; `rows` is the address of row numbers, or 0 for `from ... from + count`. */
export function buildBlock(block: usize, rows: usize, from: usize, count: usize, histogram: usize): void {
  const wide = load<i32>(paramsAt + pWide) !== 0;
  const s: usize = wide ? 4 : 3;
  memory.fill(
    histogram + ((<usize>load<u32>(block + bCell)) << s),
    0,
    (<usize>load<u32>(block + bCells)) << s,
  );
  const bytes = load<i32>(block + bWidth) === 1;
  if (wide) {
    if (bytes) lanes<v128, u8>(block, rows, from, count, histogram);
    else lanes<v128, u16>(block, rows, from, count, histogram);
  } else if (bytes) lanes<i64, u8>(block, rows, from, count, histogram);
  else lanes<i64, u16>(block, rows, from, count, histogram);
}

/** larger -= smaller, for the cells of a block; blocks begin and end on 16 bytes. */
export function subtractBlock(block: usize, larger: usize, smaller: usize): void {
  const s: usize = load<i32>(paramsAt + pWide) !== 0 ? 4 : 3;
  const from = (<usize>load<u32>(block + bCell)) << s;
  const end = from + ((<usize>load<u32>(block + bCells)) << s);
  for (let at = from; at < end; at += 16)
    v128.store(larger + at, i64x2.sub(v128.load(larger + at), v128.load(smaller + at)));
}

/** sum += part, for the cells of a block. */
export function addBlock(block: usize, sum: usize, part: usize): void {
  const s: usize = load<i32>(paramsAt + pWide) !== 0 ? 4 : 3;
  const from = (<usize>load<u32>(block + bCell)) << s;
  const end = from + ((<usize>load<u32>(block + bCells)) << s);
  for (let at = from; at < end; at += 16)
    v128.store(sum + at, i64x2.add(v128.load(sum + at), v128.load(part + at)));
}
