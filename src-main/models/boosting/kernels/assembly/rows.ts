/** Row numbers: partition of a node's rows, leaves of rows, and what rows add to predictions. */
import {
  cBins,
  cStride,
  cWidth,
  chunkBytes,
  columnBytes,
  kColumn,
  kCount,
  kLeft,
  kLow,
  kRows,
  kSet,
  kSpan,
  kToLeft,
  kToRight,
  pChunkRows,
  pChunks,
  pColumns,
  pLeafOf,
  pMarked,
  pRows,
  pTarget,
  pTree,
  pValues,
  paramsAt,
} from './layout';

/** Puts a row where it belongs: after the lefts so far, or after the rights. @returns the place of the next left */
// @ts-ignore: decorator
@inline
function place<B>(at: usize, left: usize, bins: usize, stride: usize, low: u32, span: u32, scratch: usize): usize {
  const row = load<u32>(at);
  const goesLeft = <usize>(<u32>load<B>(bins + (<usize>row) * stride) - low >= span);
  store<u32>(left, row);
  // rows so far less the lefts are the rights
  store<u32>(scratch + (at - left), row);
  return left + (goesLeft << 2);
}

// @ts-ignore: decorator
@inline
function split<B>(rows: usize, count: usize, bins: usize, stride: usize, low: u32, span: u32, scratch: usize): usize {
  const end = rows + (count << 2);
  const even = rows + ((count & ~1) << 2);
  let left = rows;
  let at = rows;
  for (; at < even; at += 8) {
    left = place<B>(at, left, bins, stride, low, span, scratch);
    left = place<B>(at + 4, left, bins, stride, low, span, scratch);
  }
  if (at < end) left = place<B>(at, left, bins, stride, low, span, scratch);
  return left;
}

// @ts-ignore: decorator
@inline
function splitBySet<B>(rows: usize, count: usize, bins: usize, stride: usize, set: usize, scratch: usize): usize {
  const end = rows + (count << 2);
  let left = rows;
  let right = scratch;
  for (let at = rows; at < end; at += 4) {
    const row = load<u32>(at);
    const bin = <u32>load<B>(bins + (<usize>row) * stride);
    const goesRight = <usize>(((load<u32>(set + ((bin >> 5) << 2)) >> (bin & 31)) & 1) ^ 1);
    store<u32>(left, row);
    store<u32>(right, row);
    left += 4 - (goesRight << 2);
    right += goesRight << 2;
  }
  return left;
}

/** Orders rows by a column: those that go left first; the order within each side is kept. @returns how many go left */
export function partitionRows(
  rows: usize,
  count: usize,
  columnNumber: u32,
  low: u32,
  span: u32,
  set: usize,
  scratch: usize,
): usize {
  const column = (<usize>load<u32>(paramsAt + pColumns)) + (<usize>columnNumber) * columnBytes;
  const bins = <usize>load<u32>(column + cBins);
  const stride = <usize>load<u32>(column + cStride);
  const bytes = load<i32>(column + cWidth) === 1;
  let left: usize;
  if (set !== 0)
    left = bytes
      ? splitBySet<u8>(rows, count, bins, stride, set, scratch)
      : splitBySet<u16>(rows, count, bins, stride, set, scratch);
  else
    left = bytes
      ? split<u8>(rows, count, bins, stride, low, span, scratch)
      : split<u16>(rows, count, bins, stride, low, span, scratch);
  const lefts = (left - rows) >> 2;
  memory.copy(left, scratch, (count - lefts) << 2);
  return lefts;
}

/** Orders the rows of a chunk, see {@link partitionRows}. */
export function partitionChunk(task: i32, scratch: usize): void {
  const chunk = (<usize>load<u32>(paramsAt + pChunks)) + <usize>task * chunkBytes;
  const lefts = partitionRows(
    <usize>load<u32>(chunk + kRows),
    <usize>load<u32>(chunk + kCount),
    load<u32>(chunk + kColumn),
    load<u32>(chunk + kLow),
    load<u32>(chunk + kSpan),
    <usize>load<u32>(chunk + kSet),
    scratch,
  );
  store<u32>(chunk + kLeft, <u32>lefts);
}

/** Second pass over the chunks of a large node: its lefts and rights go where they belong in the other list. */
export function gatherChunk(task: i32): void {
  const chunk = (<usize>load<u32>(paramsAt + pChunks)) + <usize>task * chunkBytes;
  const rows = <usize>load<u32>(chunk + kRows);
  const lefts = <usize>load<u32>(chunk + kLeft);
  const count = <usize>load<u32>(chunk + kCount);
  memory.copy(<usize>load<u32>(chunk + kToLeft), rows, lefts << 2);
  memory.copy(<usize>load<u32>(chunk + kToRight), rows + (lefts << 2), (count - lefts) << 2);
}

function mark(from: usize, end: usize, leaf: i32, leafOf: usize): void {
  for (let at = from; at < end; at += 4) store<i32>(leafOf + ((<usize>load<u32>(at)) << 2), leaf);
}

/**
 * Place of the first row number that is not below `row`, in an ascending list. In a leaf that was divided in vain (leafwise.ts)
 * rows are in a different order, and it is some place, the same for the end of one range and the beginning of the next: no row
 * is left out.
 */
function placeOf(row: u32, list: usize, count: usize): usize {
  let low: usize = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(list + (middle << 2)) < row) low = middle + 1;
    else high = middle;
  }
  return list + (low << 2);
}

/**
 * The rows of a chunk lie in leaf `kColumn`. Where the chunks are whole leaves (`pMarked`), a task is a range of rows instead:
 * threads that wrote to the rows of the same range would take its lines of the cache from each other.
 */
export function markLeaves(task: i32): void {
  const leafOf = <usize>load<u32>(paramsAt + pLeafOf);
  const leaves = load<u32>(paramsAt + pMarked);
  const chunks = <usize>load<u32>(paramsAt + pChunks);
  if (leaves === 0) {
    const chunk = chunks + <usize>task * chunkBytes;
    const rows = <usize>load<u32>(chunk + kRows);
    mark(rows, rows + ((<usize>load<u32>(chunk + kCount)) << 2), load<i32>(chunk + kColumn), leafOf);
    return;
  }
  const chunkRows = load<u32>(paramsAt + pChunkRows);
  const first = <u32>task * chunkRows;
  const end = chunks + <usize>leaves * chunkBytes;
  for (let chunk = chunks; chunk < end; chunk += chunkBytes) {
    const rows = <usize>load<u32>(chunk + kRows);
    const count = <usize>load<u32>(chunk + kCount);
    const from = placeOf(first, rows, count);
    mark(from, placeOf(first + chunkRows, rows, count), load<i32>(chunk + kColumn), leafOf);
  }
}

/**
 * Leaf of each row that has none yet (-1). A node of the tree is 8 words: column (-1: a leaf, then `left` is its number), low,
 * span, set, left child, right child.
 */
export function traverse(task: i32): void {
  const chunkRows = load<u32>(paramsAt + pChunkRows);
  const total = load<u32>(paramsAt + pRows);
  const from = <u32>task * chunkRows;
  const end = min(total, from + chunkRows);
  const leafOf = <usize>load<u32>(paramsAt + pLeafOf);
  const tree = <usize>load<u32>(paramsAt + pTree);
  const columns = <usize>load<u32>(paramsAt + pColumns);
  for (let row = from; row < end; row++) {
    if (load<i32>(leafOf + ((<usize>row) << 2)) >= 0) continue;
    let node = tree;
    let number = load<i32>(node);
    while (number >= 0) {
      const column = columns + <usize>number * columnBytes;
      const at = (<usize>load<u32>(column + cBins)) + (<usize>row) * (<usize>load<u32>(column + cStride));
      const bin = load<i32>(column + cWidth) === 1 ? <u32>load<u8>(at) : <u32>load<u16>(at);
      const set = <usize>load<u32>(node + 12);
      const goesRight =
        set !== 0
          ? ((load<u32>(set + ((bin >> 5) << 2)) >> (bin & 31)) & 1) === 0
          : bin - load<u32>(node + 4) < load<u32>(node + 8);
      node = tree + ((<usize>load<u32>(node + (goesRight ? 20 : 16))) << 5);
      number = load<i32>(node);
    }
    store<i32>(leafOf + ((<usize>row) << 2), load<i32>(node + 16));
  }
}

/** target[row] += values[leafOf[row]] */
export function addLeaves(task: i32): void {
  const chunkRows = load<u32>(paramsAt + pChunkRows);
  const total = load<u32>(paramsAt + pRows);
  const from = <u32>task * chunkRows;
  const end = min(total, from + chunkRows);
  const leafOf = <usize>load<u32>(paramsAt + pLeafOf);
  const values = <usize>load<u32>(paramsAt + pValues);
  const target = <usize>load<u32>(paramsAt + pTarget);
  for (let row = from; row < end; row++) {
    const at = target + ((<usize>row) << 3);
    store<f64>(at, load<f64>(at) + load<f64>(values + ((<usize>load<i32>(leafOf + ((<usize>row) << 2))) << 3)));
  }
}
