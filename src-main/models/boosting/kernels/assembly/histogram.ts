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
  bFirst,
  bLane,
  bLaneCell,
  bLanes,
  bStride,
  bWidth,
  pQuantised,
  pShift,
  pWide,
  paramsAt,
} from './layout';

// what is summed: set once per block, so that the loops below take no parameters; each thread has its own
let bins: usize = 0;
let stride: usize = 0;
/** address of row numbers; 0: the rows from `first` on */
let rows: usize = 0;
let first: usize = 0;
let count: usize = 0;
let gradients: usize = 0;
let shift: i32 = 0;
let block: usize = 0;
let cells: usize = 0;

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

/** 3 or 4: cells are 8 or 16 bytes */
// @ts-ignore: decorator
@inline
function cellShift<T>(): u32 {
  return isVector<T>() ? 4 : 3;
}

// @ts-ignore: decorator
@inline
function bump<T>(column: usize, bin: usize, value: T): void {
  const cell = column + (bin << cellShift<T>());
  if (isVector<T>()) {
    // @ts-ignore: static branch
    v128.store(cell, i64x2.add(v128.load(cell), value));
  } else {
    // @ts-ignore: static branch
    store<i64>(cell, load<i64>(cell) + value);
  }
}

/** Address of the cells of column k of the block. */
// @ts-ignore: decorator
@inline
function columnCells<T>(k: i32): usize {
  return cells + ((<usize>load<u32>(block + bFirst + 4 * k)) << cellShift<T>());
}

/** One row of the first `lanes` columns; `lanes` is a constant wherever this is used, so the rest compiles to nothing. */
// @ts-ignore: decorator
@inline
function addRow<T>(
  lanes: i32,
  at: usize,
  value: T,
  h0: usize,
  h1: usize,
  h2: usize,
  h3: usize,
  h4: usize,
  h5: usize,
  h6: usize,
  h7: usize,
): void {
  bump<T>(h0, load<u8>(at), value);
  if (lanes > 1) bump<T>(h1, load<u8>(at, 1), value);
  if (lanes > 2) bump<T>(h2, load<u8>(at, 2), value);
  if (lanes > 3) bump<T>(h3, load<u8>(at, 3), value);
  if (lanes > 4) bump<T>(h4, load<u8>(at, 4), value);
  if (lanes > 5) bump<T>(h5, load<u8>(at, 5), value);
  if (lanes > 6) bump<T>(h6, load<u8>(at, 6), value);
  if (lanes > 7) bump<T>(h7, load<u8>(at, 7), value);
}

/** All rows of the first `lanes` columns of a block of bytes. */
// @ts-ignore: decorator
@inline
function sumLanes<T>(lanes: i32): void {
  const h0 = columnCells<T>(0);
  const h1 = columnCells<T>(1);
  const h2 = columnCells<T>(2);
  const h3 = columnCells<T>(3);
  const h4 = columnCells<T>(4);
  const h5 = columnCells<T>(5);
  const h6 = columnCells<T>(6);
  const h7 = columnCells<T>(7);
  const values = gradients;
  const bits = shift;
  const step = stride;
  if (rows === 0) {
    let at = bins + first * step;
    const end = first + count;
    for (let row = first; row < end; row++) {
      addRow<T>(lanes, at, valueOf<T>(values, row, bits), h0, h1, h2, h3, h4, h5, h6, h7);
      at += step;
    }
    return;
  }
  const base = bins;
  const end = rows + (count << 2);
  for (let next = rows; next < end; next += 4) {
    const row = <usize>load<u32>(next);
    addRow<T>(lanes, base + row * step, valueOf<T>(values, row, bits), h0, h1, h2, h3, h4, h5, h6, h7);
  }
}

function sum1<T>(): void {
  sumLanes<T>(1);
}
function sum2<T>(): void {
  sumLanes<T>(2);
}
function sum3<T>(): void {
  sumLanes<T>(3);
}
function sum4<T>(): void {
  sumLanes<T>(4);
}
function sum5<T>(): void {
  sumLanes<T>(5);
}
function sum6<T>(): void {
  sumLanes<T>(6);
}
function sum7<T>(): void {
  sumLanes<T>(7);
}
function sum8<T>(): void {
  sumLanes<T>(8);
}

function sumAllLanes<T>(lanes: i32): void {
  switch (lanes) {
    case 1:
      sum1<T>();
      break;
    case 2:
      sum2<T>();
      break;
    case 3:
      sum3<T>();
      break;
    case 4:
      sum4<T>();
      break;
    case 5:
      sum5<T>();
      break;
    case 6:
      sum6<T>();
      break;
    case 7:
      sum7<T>();
      break;
    default:
      sum8<T>();
  }
}

/** Any one or two columns of a block: of wide bins, or where few of the columns are in use. */
function sumPair<T, B>(k: i32, both: bool): void {
  const a = bins + (<usize>load<u32>(block + bLane + 4 * k)) * sizeof<B>();
  const ha = cells + ((<usize>load<u32>(block + bLaneCell + 4 * k)) << cellShift<T>());
  const b = bins + (<usize>load<u32>(block + bLane + 4 * k + 4)) * sizeof<B>();
  const hb = cells + ((<usize>load<u32>(block + bLaneCell + 4 * k + 4)) << cellShift<T>());
  for (let i: usize = 0; i < count; i++) {
    const row = rows === 0 ? first + i : <usize>load<u32>(rows + (i << 2));
    const value = valueOf<T>(gradients, row, shift);
    const at = row * stride;
    bump<T>(ha, load<B>(a + at), value);
    if (both) bump<T>(hb, load<B>(b + at), value);
  }
}

function sumBlock<T>(): void {
  const lanes = load<i32>(block + bLanes);
  const active = load<i32>(block + bActive);
  const bytes = load<i32>(block + bWidth) === 1;
  // columns that are not in use have cells of their own: summing them, too, is quicker than picking the others
  if (bytes && 2 * active > lanes) sumAllLanes<T>(lanes);
  else
    for (let k = 0; k < active; k += 2) {
      if (bytes) sumPair<T, u8>(k, k + 1 < active);
      else sumPair<T, u16>(k, k + 1 < active);
    }
}

/**
 * Sums a node's rows into the cells of one block.
 * @param list address of row numbers, or 0 for `from ... from + rowCount`
 */
export function buildBlock(blockAt: usize, list: usize, from: usize, rowCount: usize, histogram: usize): void {
  const wide = load<i32>(paramsAt + pWide) !== 0;
  const s: usize = wide ? 4 : 3;
  memory.fill(
    histogram + ((<usize>load<u32>(blockAt + bCell)) << s),
    0,
    (<usize>load<u32>(blockAt + bCells)) << s,
  );
  block = blockAt;
  cells = histogram;
  rows = list;
  first = from;
  count = rowCount;
  bins = <usize>load<u32>(block + bBins);
  stride = <usize>load<u32>(block + bStride);
  gradients = <usize>load<u32>(paramsAt + pQuantised);
  shift = load<i32>(paramsAt + pShift);
  if (wide) sumBlock<v128>();
  else sumBlock<i64>();
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
