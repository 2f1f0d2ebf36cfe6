/**
 * Histograms of whole numbers. A cell is
 *   packed (hessians all 1): one i64, gradient << shift | count
 *   wide:                    two i64, gradient << shift and hessian << shift | count
 * Sums of such cells are exact, so they do not depend on order, threads or device.
 */
import {
  laneCells,
  bActive,
  bBins,
  bFirst,
  bLane,
  bLaneCell,
  bLaneCells,
  bLanes,
  bStride,
  bWidth,
  pQuantised,
  pRows,
  pShift,
  pWide,
  paramsAt,
} from './layout';
import { addRow, cellShift, valueOf } from './row-sums';

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
/** the first of the columns that a loop sums */
let lane: i32 = 0;

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

/** All rows of `lanes` columns of a block of bytes, from `lane` on. */
// @ts-ignore: decorator
@inline
function sumLanes<T>(lanes: i32): void {
  const to = cells + ((<usize>(load<u32>(block + bFirst) + laneCells * lane)) << cellShift<T>());
  const values = gradients;
  const bits = shift;
  const unit = (<i64>1) << (<i64>shift);
  const step = stride;
  if (rows === 0) {
    let at = bins + lane + first * step;
    const end = first + count;
    for (let row = first; row < end; row++) {
      addRow<T>(lanes, at, valueOf<T>(values, row, unit, bits), to);
      at += step;
    }
    return;
  }
  const base = bins + lane;
  const end = rows + (count << 2);
  for (let next = rows; next < end; next += 4) {
    const row = <usize>load<u32>(next);
    addRow<T>(lanes, base + row * step, valueOf<T>(values, row, unit, bits), to);
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
  const unit = (<i64>1) << (<i64>shift);
  const a = bins + (<usize>load<u32>(block + bLane + 4 * k)) * sizeof<B>();
  const ha = cells + ((<usize>load<u32>(block + bLaneCell + 4 * k)) << cellShift<T>());
  const b = bins + (<usize>load<u32>(block + bLane + 4 * k + 4)) * sizeof<B>();
  const hb = cells + ((<usize>load<u32>(block + bLaneCell + 4 * k + 4)) << cellShift<T>());
  for (let i: usize = 0; i < count; i++) {
    const row = rows === 0 ? first + i : <usize>load<u32>(rows + (i << 2));
    const value = valueOf<T>(gradients, row, unit, shift);
    const at = row * stride;
    bump<T>(ha, load<B>(a + at), value);
    if (both) bump<T>(hb, load<B>(b + at), value);
  }
}

/** rows that are brought together at a time: their bins, and the cells of eight columns, fit the fastest cache */
const tileRows: usize = 512;

/** Bins and gradients of the next rows of the list, in line. Nothing waits for them, so the memory serves many at a time. */
function gather<T>(list: usize, n: usize, toBins: usize, toGradients: usize): void {
  const base = bins;
  const step = stride;
  const values = gradients;
  for (let i: usize = 0; i < n; i++) {
    const row = <usize>load<u32>(list + (i << 2));
    const from = base + row * step;
    const to = toBins + i * step;
    if (step === 16) v128.store(to, v128.load(from));
    else if (step === 8) store<u64>(to, load<u64>(from));
    else store<u32>(to, load<u32>(from));
    if (isVector<T>()) store<u64>(toGradients + (i << 3), load<u64>(values + (row << 3)));
    else store<u32>(toGradients + (i << 2), load<u32>(values + (row << 2)));
  }
}

/** A block of bytes, a tile of rows at a time, so that the second half of the columns finds the rows in the cache. */
function sumTiles<T>(lanes: i32, scratch: usize): void {
  const list = rows;
  const all = count;
  const begin = first;
  const ownBins = bins;
  const ownGradients = gradients;
  const half = lanes > 8 ? (lanes + 1) >> 1 : lanes;
  for (let done: usize = 0; done < all; done += tileRows) {
    count = min(tileRows, all - done);
    if (list === 0) first = begin + done;
    else {
      bins = ownBins;
      gradients = ownGradients;
      gather<T>(list + (done << 2), count, scratch, scratch + tileRows * 16);
      bins = scratch;
      gradients = scratch + tileRows * 16;
      rows = 0;
      first = 0;
    }
    sumAllLanes<T>(half);
    if (half < lanes) {
      lane = half;
      sumAllLanes<T>(lanes - half);
      lane = 0;
    }
  }
}

function sumBlock<T>(scratch: usize): void {
  const lanes = load<i32>(block + bLanes);
  const active = load<i32>(block + bActive);
  const bytes = load<i32>(block + bWidth) === 1;
  lane = 0;
  // columns that are not in use have cells of their own: summing them, too, is quicker than picking the others
  if (bytes && 2 * active > lanes) {
    // where all rows of the block fit the second cache, it is quick enough
    const fits = (<usize>load<u32>(paramsAt + pRows)) * stride < cacheBytes;
    if (lanes <= 8 && (rows === 0 || fits)) sumAllLanes<T>(lanes);
    else sumTiles<T>(lanes, scratch);
    return;
  }
  for (let k = 0; k < active; k += 2) {
    if (bytes) sumPair<T, u8>(k, k + 1 < active);
    else sumPair<T, u16>(k, k + 1 < active);
  }
}

const cacheBytes: usize = 600_000;

/**
 * Sums a node's rows into the cells of one block.
 * @param list address of row numbers, or 0 for `from ... from + rowCount`
 * @param scratch room for a tile: {@link tileRows} rows of 16 bins and of 8 bytes
 */
export function buildBlock(
  blockAt: usize,
  list: usize,
  from: usize,
  rowCount: usize,
  histogram: usize,
  scratch: usize,
): void {
  const wide = load<i32>(paramsAt + pWide) !== 0;
  const s: usize = wide ? 4 : 3;
  const active = load<i32>(blockAt + bActive);
  for (let k = 0; k < active; k++) {
    const from = (<usize>load<u32>(blockAt + bLaneCell + 4 * k)) << s;
    memory.fill(histogram + from, 0, (<usize>load<u32>(blockAt + bLaneCells + 4 * k)) << s);
  }
  block = blockAt;
  cells = histogram;
  rows = list;
  first = from;
  count = rowCount;
  bins = <usize>load<u32>(block + bBins);
  stride = <usize>load<u32>(block + bStride);
  gradients = <usize>load<u32>(paramsAt + pQuantised);
  shift = load<i32>(paramsAt + pShift);
  if (wide) sumBlock<v128>(scratch);
  else sumBlock<i64>(scratch);
}

/** larger -= smaller, for the cells of a block's columns. */
export function subtractBlock(block: usize, larger: usize, smaller: usize): void {
  const s: usize = load<i32>(paramsAt + pWide) !== 0 ? 4 : 3;
  const active = load<i32>(block + bActive);
  for (let k = 0; k < active; k++) {
    const from = (<usize>load<u32>(block + bLaneCell + 4 * k)) << s;
    const end = from + ((<usize>load<u32>(block + bLaneCells + 4 * k)) << s);
    for (let at = from; at < end; at += 16)
      v128.store(larger + at, i64x2.sub(v128.load(larger + at), v128.load(smaller + at)));
  }
}

/** sum += part, for the cells of a block's columns. */
export function addBlock(block: usize, sum: usize, part: usize): void {
  const s: usize = load<i32>(paramsAt + pWide) !== 0 ? 4 : 3;
  const active = load<i32>(block + bActive);
  for (let k = 0; k < active; k++) {
    const from = (<usize>load<u32>(block + bLaneCell + 4 * k)) << s;
    const end = from + ((<usize>load<u32>(block + bLaneCells + 4 * k)) << s);
    for (let at = from; at < end; at += 16)
      v128.store(sum + at, i64x2.add(v128.load(sum + at), v128.load(part + at)));
  }
}
