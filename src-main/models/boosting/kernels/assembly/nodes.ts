/** Nodes: where their rows and histograms lie, their best split, and the sums of their children. */
import {
  growEndAt,
  paramsAt,
  pShift,
  pWide,
  pBlockCount,
  pResults,
  fGradientUnit,
  fHessianUnit,
  bFresh,
  nSum0,
  nSum1,
  nCount,
  nScore,
  nLeft0,
  nLeft1,
  nColumn,
  nBin,
  nDefaultLeft,
  nGradient,
  nHessian,
  pairSubtract,
  pairBoth,
  pairFindBuilt,
  pairFindOther,
  pairFilled,
  pairAhead,
  pairFew,
  resultBytes,
  rScore,
  rLeft0,
  rLeft1,
  rColumn,
  rBin,
  rDefaultLeft,
} from './layout';
import { buildBlock, subtractBlock } from './histogram';
import { histogramOf, nodeAt, rowsOf } from './node-lists';
import { findInBlock } from './split';

/**
 * Best of a node's results over all blocks, written to the node; of equal scores the lowest column wins.
 * @returns its column, or -1
 */
export function choose(number: i32, resultNumber: i32): i32 {
  const node = nodeAt(number);
  const blocks = load<i32>(paramsAt + pBlockCount);
  let result = (<usize>load<u32>(paramsAt + pResults)) + <usize>(resultNumber * blocks) * resultBytes;
  let column = -1;
  let score: f64 = 0;
  for (let b = 0; b < blocks; b++) {
    const other = load<i32>(result + rColumn);
    const otherScore = load<f64>(result + rScore);
    if (other >= 0 && (column < 0 || otherScore > score || (otherScore === score && other < column))) {
      column = other;
      score = otherScore;
      store<f64>(node + nScore, score);
      store<i64>(node + nLeft0, load<i64>(result + rLeft0));
      store<i64>(node + nLeft1, load<i64>(result + rLeft1));
      store<i32>(node + nBin, load<i32>(result + rBin));
      store<i32>(node + nDefaultLeft, load<i32>(result + rDefaultLeft));
    }
    result += resultBytes;
  }
  store<i32>(node + nColumn, column);
  return column;
}

/** Sums of a node as numbers: gradient and hessian. */
export function reveal(number: i32): void {
  const node = nodeAt(number);
  const shift = <i64>load<i32>(paramsAt + pShift);
  const sum0 = load<i64>(node + nSum0);
  const sum1 = load<i64>(node + nSum1);
  store<f64>(node + nGradient, <f64>(sum0 >> shift) * load<f64>(paramsAt + fGradientUnit));
  store<f64>(
    node + nHessian,
    load<i32>(paramsAt + pWide) !== 0
      ? <f64>(sum1 >> shift) * load<f64>(paramsAt + fHessianUnit)
      : <f64>(sum0 & (((<i64>1) << shift) - 1)),
  );
}

/** Sums of the children of a split node. */
export function divide(number: i32, left: i32, right: i32): void {
  const node = nodeAt(number);
  const a = nodeAt(left);
  const b = nodeAt(right);
  store<i64>(a + nSum0, load<i64>(node + nLeft0));
  store<i64>(a + nSum1, load<i64>(node + nLeft1));
  store<i64>(b + nSum0, load<i64>(node + nSum0) - load<i64>(node + nLeft0));
  store<i64>(b + nSum1, load<i64>(node + nSum1) - load<i64>(node + nLeft1));
  reveal(left);
  reveal(right);
}

/**
 * Histograms of a node and its sibling in one block of columns, and the best split of each in it.
 * @param number the sibling, or -1
 * @param flags layout.ts's `pair...`
 * @param result where the node's split goes; the sibling's goes as many results further as there are blocks
 */
export function searchPair(block: usize, built: usize, number: i32, flags: i32, result: usize, scratch: usize): void {
  if ((flags & pairFew) !== 0) {
    const blocks = <usize>load<u32>(paramsAt + pBlockCount);
    if ((flags & pairFindOther) !== 0) findInBlock(block, 0, nodeAt(number), result + blocks * resultBytes, scratch);
    if ((flags & pairFindBuilt) !== 0) findInBlock(block, 0, built, result, scratch);
    return;
  }
  const cells = histogramOf(built);
  const ahead = (flags & pairAhead) !== 0;
  if ((flags & pairFilled) === 0) buildBlock(block, rowsOf(built), 0, load<u32>(built + nCount), cells, scratch);
  if (ahead && atomic.load<i32>(growEndAt) !== 0) return;
  if (number >= 0) {
    const other = nodeAt(number);
    const otherCells = histogramOf(other);
    if ((flags & pairBoth) !== 0 || load<i32>(block + bFresh) !== 0)
      buildBlock(block, rowsOf(other), 0, load<u32>(other + nCount), otherCells, scratch);
    else if ((flags & pairSubtract) !== 0) subtractBlock(block, otherCells, cells);
    if ((flags & pairFindOther) !== 0) {
      const blocks = <usize>load<u32>(paramsAt + pBlockCount);
      findInBlock(block, otherCells, other, result + blocks * resultBytes, scratch);
    }
  }
  if (ahead && atomic.load<i32>(growEndAt) !== 0) return;
  if ((flags & pairFindBuilt) !== 0) findInBlock(block, cells, built, result, scratch);
}
