/** The best border of each column in a node: the score is weigh.ts's, and of equal ones the first that is met wins. */
import { Line, lineUp, takeRows } from './few-rows';
import {
  paramsAt,
  pShift,
  pWide,
  pColumns,
  pOrder,
  pPlain,
  pRandomBorder,
  pRefuse,
  pQuantised,
  pConstrained,
  fGradientUnit,
  fHessianUnit,
  fLambda,
  fAlpha,
  fMinHessian,
  fMinRows,
  fMaxDelta,
  fSmooth,
  columnBytes,
  cBins,
  cStride,
  cValues,
  cMissing,
  cKind,
  cMonotone,
  bActive,
  bLaneCell,
  bLaneColumn,
  nSum0,
  nSum1,
  nLower,
  nUpper,
  nOutput,
  nThreshold,
  nMask,
  nCount,
  nStream,
  rScore,
  rLeft0,
  rLeft1,
  rColumn,
  rBin,
  rDefaultLeft,
} from './layout';
import { listOf } from './node-lists';
import { Best, Rules, plainScan } from './plain-scan';
import { random } from './random-border';
import { Limits, cell0, cell1, weigh } from './weigh';

/** Missing values go right; borders upwards. */
// @ts-ignore: decorator
@inline
function upwards<T, M>(cells: usize, total0: i64, total1: i64, column: i32, last: i32): void {
  if (last < 0) return;
  if (sizeof<M>() === 1) {
    plainScan<T, u8>(cells, total0, total1, column, 0, last + 1);
    return;
  }
  let left0: i64 = 0;
  let left1: i64 = 0;
  for (let bin = 0; bin <= last; bin++) {
    const at0 = cell0<T>(cells, bin);
    const at1 = cell1<T>(cells, bin);
    if (isVector<T>() ? at1 === 0 : at0 === 0) continue;
    left0 += at0;
    left1 += at1;
    weigh<T, M>(left0, left1, total0 - left0, total1 - left1, column, bin, 0);
  }
}

/** Missing values go left; borders downwards. */
// @ts-ignore: decorator
@inline
function downwards<T, M>(
  cells: usize,
  total0: i64,
  total1: i64,
  column: i32,
  values: i32,
  first: i32,
): void {
  if (values - 1 < first) return;
  if (sizeof<M>() === 1) {
    plainScan<T, u16>(cells, total0, total1, column, values - 1, values - first);
    return;
  }
  let right0: i64 = 0;
  let right1: i64 = 0;
  for (let bin = values - 1; bin >= first; bin--) {
    const at0 = cell0<T>(cells, bin);
    const at1 = cell1<T>(cells, bin);
    if (isVector<T>() ? at1 === 0 : at0 === 0) continue;
    right0 += at0;
    right1 += at1;
    weigh<T, M>(total0 - right0, total1 - right1, right0, right1, column, bin - 1, 1);
  }
}

/**
 * @param bins numbers of the bins whose cells are given, ascending; 0: all of them
 * @param values cells of values; the cell of missing values comes after them
 */
function inColumn<T, M>(cells: usize, bins: usize, node: usize, column: i32, values: i32, someMissing: bool): void {
  const total0 = load<i64>(node + nSum0);
  const total1 = load<i64>(node + nSum1);
  if (load<i32>(paramsAt + pRandomBorder) !== 0) {
    random<T, M>(cells, bins, total0, total1, column, values, someMissing, load<u32>(node + nStream));
    return;
  }
  const before = Best.score;
  if (load<i32>(paramsAt + pOrder) === 0) {
    // XGBoost: upwards first; the last border divides values from missing values
    upwards<T, M>(cells, total0, total1, column, someMissing ? values - 1 : values - 2);
    if (someMissing) downwards<T, M>(cells, total0, total1, column, values, 0);
  } else {
    // LightGBM: downwards first, so of equal splits the highest border wins; nothing lies below bin 0
    downwards<T, M>(cells, total0, total1, column, values, bins !== 0 && load<u8>(bins) > 0 ? 0 : 1);
    if (someMissing) upwards<T, M>(cells, total0, total1, column, values - 1);
  }
  if (bins === 0 || Best.score === before) return;
  const place = bins + <usize>Best.bin;
  Best.bin = Best.defaultLeft === 0 ? <i32>load<u8>(place) : <i32>load<u8>(place + 1) - 1;
}

function inBlock<T, M>(block: usize, histogram: usize, node: usize, scratch: usize): void {
  const active = load<i32>(block + bActive);
  const allowed = <usize>load<u32>(node + nMask);
  const s: usize = isVector<T>() ? 4 : 3;
  const rows = listOf(node);
  const count = <usize>load<u32>(node + nCount);
  if (histogram === 0)
    takeRows<T>(rows, count, <usize>load<u32>(paramsAt + pQuantised), <i32>Rules.shift, scratch);
  for (let k = 0; k < active; k++) {
    const column = load<i32>(block + bLaneColumn + 4 * k);
    if (allowed !== 0 && load<u8>(allowed + column) === 0) continue;
    const entry = (<usize>load<u32>(paramsAt + pColumns)) + <usize>column * columnBytes;
    if (load<i32>(entry + cKind) !== 0) continue;
    const values = load<i32>(entry + cValues);
    const hasMissing = load<i32>(entry + cMissing) !== 0;
    if (sizeof<M>() !== 1) Limits.monotone = load<i32>(entry + cMonotone);
    if (histogram === 0) {
      const bins = <usize>load<u32>(entry + cBins);
      lineUp<T>(bins, <usize>load<u32>(entry + cStride), rows, count, hasMissing ? values : -1, scratch);
      inColumn<T, M>(Line.cells, Line.bins, node, column, Line.values, Line.someMissing);
      // two rows have one division, worth the same by any column
      if (count === 2 && Best.column >= 0) break;
      continue;
    }
    const cells = histogram + ((<usize>load<u32>(block + bLaneCell + 4 * k)) << s);
    const someMissing =
      hasMissing && (isVector<T>() ? cell1<T>(cells, values) : cell0<T>(cells, values)) !== 0;
    inColumn<T, M>(cells, 0, node, column, values, someMissing);
  }
}

/**
 * Best split of a node among the columns of a block, written to `result`; column -1 when there is none.
 * @param histogram 0: the node has few rows and no histogram
 */
export function findInBlock(block: usize, histogram: usize, node: usize, result: usize, scratch: usize): void {
  Rules.shift = <i64>load<i32>(paramsAt + pShift);
  Rules.mask = ((<i64>1) << Rules.shift) - 1;
  Rules.gradientUnit = load<f64>(paramsAt + fGradientUnit);
  Rules.hessianUnit = load<f64>(paramsAt + fHessianUnit);
  Rules.lambda = load<f64>(paramsAt + fLambda);
  Rules.minHessian = load<f64>(paramsAt + fMinHessian);
  Rules.minRows = load<f64>(paramsAt + fMinRows);
  Best.column = -1;
  Best.score = load<f64>(node + nThreshold);
  const wide = load<i32>(paramsAt + pWide) !== 0;
  if (load<i32>(paramsAt + pPlain) !== 0) {
    // gradients stay whole numbers; the unit is a power of two, so scaling loses nothing
    const square = Rules.gradientUnit * Rules.gradientUnit;
    Best.score = Best.score / square;
    if (wide) inBlock<v128, u8>(block, histogram, node, scratch);
    else inBlock<i64, u8>(block, histogram, node, scratch);
    Best.score = Best.score * square;
  } else {
    Limits.alpha = load<f64>(paramsAt + fAlpha);
    const bounded = load<f64>(paramsAt + fMaxDelta) > 0 || load<i32>(paramsAt + pConstrained) !== 0;
    Limits.priceOfValue = load<i32>(paramsAt + pOrder) === 0 && bounded ? 0 : 2 * Limits.alpha;
    Limits.maxDelta = load<f64>(paramsAt + fMaxDelta);
    Limits.smooth = load<f64>(paramsAt + fSmooth);
    Limits.lower = load<f64>(node + nLower);
    Limits.upper = load<f64>(node + nUpper);
    Limits.parentOutput = load<f64>(node + nOutput);
    Limits.refuse = load<i32>(paramsAt + pRefuse) !== 0;
    if (wide) inBlock<v128, u16>(block, histogram, node, scratch);
    else inBlock<i64, u16>(block, histogram, node, scratch);
  }
  store<f64>(result + rScore, Best.score);
  store<i64>(result + rLeft0, Best.left0);
  store<i64>(result + rLeft1, Best.left1);
  store<i32>(result + rColumn, Best.column);
  store<i32>(result + rBin, Best.bin);
  store<i32>(result + rDefaultLeft, Best.defaultLeft);
}
