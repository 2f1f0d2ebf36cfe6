/**
 * The best border of each column in a node.
 *   score(G, H) = T(G)^2 / (H + lambda)     T(G) = sign(G) max(|G| - alpha, 0)
 * A split is scored by the sum of its children's scores; only a score strictly above the best so far replaces it.
 */
import {
  paramsAt,
  pShift,
  pWide,
  pColumns,
  pOrder,
  pPlain,
  pRandomBorder,
  pPoints,
  pRefuse,
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
  nStream,
  rScore,
  rLeft0,
  rLeft1,
  rColumn,
  rBin,
  rDefaultLeft,
} from './layout';
import { Best, Rules, plainScan } from './plain-scan';

/** Rules beyond those of {@link Rules}; every thread has its own. */
let alpha: f64 = 0;
/** what a unit of a leaf's value costs in its score: XGBoost leaves alpha out where the value is not free */
let priceOfValue: f64 = 0;
let maxDelta: f64 = 0;
let smooth: f64 = 0;
let lower: f64 = 0;
let upper: f64 = 0;
let parentOutput: f64 = 0;
let monotone: i32 = 0;
let refuse: bool = false;

// @ts-ignore: decorator
@inline
function hessianOf<T>(sum0: i64, sum1: i64): f64 {
  if (isVector<T>()) return <f64>(sum1 >> Rules.shift) * Rules.hessianUnit;
  return <f64>(sum0 & Rules.mask);
}

// @ts-ignore: decorator
@inline
function rowsOf<T>(sum0: i64, sum1: i64): f64 {
  if (isVector<T>()) return <f64>(sum1 & Rules.mask);
  return <f64>(sum0 & Rules.mask);
}

// @ts-ignore: decorator
@inline
function outputOf(g: f64, h: f64, rows: f64): f64 {
  const t = g > alpha ? g - alpha : g < -alpha ? g + alpha : 0;
  let w = -t / (h + Rules.lambda);
  if (maxDelta > 0) w = max(-maxDelta, min(maxDelta, w));
  if (smooth > 0) {
    const share = rows / smooth;
    w = (w * share) / (share + 1) + parentOutput / (share + 1);
  }
  return max(lower, min(upper, w));
}

/** Score of a leaf that must take the value `w`. */
// @ts-ignore: decorator
@inline
function scoreOf(g: f64, h: f64, w: f64): f64 {
  return -(2 * g * w + (h + Rules.lambda) * w * w + priceOfValue * abs(w));
}

/**
 * Scores the split that leaves (left0, left1) on the left and keeps it when it is the best so far.
 * M u8: no constraints, no alpha: one comparison without a division rejects most; `best` is in units of gradientUnit^2.
 * @returns whether the right side has become too small for any later border of an upward scan (of the left side of a
 *   downward one)
 */
// @ts-ignore: decorator
@inline
function weigh<T, M>(
  left0: i64,
  left1: i64,
  right0: i64,
  right1: i64,
  column: i32,
  bin: i32,
  defaultLeft: i32,
): void {
  const leftH = hessianOf<T>(left0, left1);
  const rightH = hessianOf<T>(right0, right1);
  if (leftH < Rules.minHessian || rightH < Rules.minHessian) return;
  if (isVector<T>() || Rules.minRows > 1)
    if (rowsOf<T>(left0, left1) < Rules.minRows || rowsOf<T>(right0, right1) < Rules.minRows) return;
  const leftG = <f64>(left0 >> Rules.shift);
  const rightG = <f64>(right0 >> Rules.shift);
  if (sizeof<M>() === 1) {
    const a = leftH + Rules.lambda;
    const b = rightH + Rules.lambda;
    const numerator = leftG * leftG * b + rightG * rightG * a;
    const denominator = a * b;
    if (numerator > Best.score * denominator) {
      const score = numerator / denominator;
      if (score > Best.score) {
        Best.score = score;
        Best.column = column;
        Best.bin = bin;
        Best.defaultLeft = defaultLeft;
        Best.left0 = left0;
        Best.left1 = left1;
      }
    }
  } else {
    const lg = leftG * Rules.gradientUnit;
    const rg = rightG * Rules.gradientUnit;
    if (refuse) {
      const a = -lg / leftH;
      const b = -rg / rightH;
      if (monotone !== 0 && ((monotone > 0 ? a > b : a < b) || min(a, b) < lower || max(a, b) > upper)) return;
      const score = (lg * lg) / leftH + (rg * rg) / rightH;
      if (score > Best.score) {
        Best.score = score;
        Best.column = column;
        Best.bin = bin;
        Best.defaultLeft = defaultLeft;
        Best.left0 = left0;
        Best.left1 = left1;
      }
      return;
    }
    const wl = outputOf(lg, leftH, rowsOf<T>(left0, left1));
    const wr = outputOf(rg, rightH, rowsOf<T>(right0, right1));
    if (monotone !== 0 && (monotone > 0 ? wl > wr : wl < wr)) return;
    const score = scoreOf(lg, leftH, wl) + scoreOf(rg, rightH, wr);
    if (score > Best.score) {
      Best.score = score;
      Best.column = column;
      Best.bin = bin;
      Best.defaultLeft = defaultLeft;
      Best.left0 = left0;
      Best.left1 = left1;
    }
  }
}

// @ts-ignore: decorator
@inline
function cell0<T>(cells: usize, bin: i32): i64 {
  if (isVector<T>()) return load<i64>(cells + ((<usize>bin) << 4));
  return load<i64>(cells + ((<usize>bin) << 3));
}

// @ts-ignore: decorator
@inline
function cell1<T>(cells: usize, bin: i32): i64 {
  if (isVector<T>()) return load<i64>(cells + ((<usize>bin) << 4) + 8);
  return 0;
}

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

/** One border, drawn between the least and the greatest bin that has rows: any bin alike, or any value (forests). */
function random<T, M>(
  cells: usize,
  total0: i64,
  total1: i64,
  column: i32,
  values: i32,
  hasMissing: bool,
  stream: u32,
): void {
  let low = 0;
  let high = values - 1;
  while (low < high && (isVector<T>() ? cell1<T>(cells, low) : cell0<T>(cells, low)) === 0) low++;
  while (low < high && (isVector<T>() ? cell1<T>(cells, high) : cell0<T>(cells, high)) === 0) high--;
  if (low === high) return;
  const word = mix(stream, <u32>column);
  const table = <usize>load<u32>(paramsAt + pPoints);
  const border =
    table === 0
      ? low + <i32>(((<u64>word) * (<u64>(high - low))) >> 32)
      : drawnByValue(<usize>load<u32>(table + ((<usize>column) << 2)), low, high, <f64>word / 4294967296.0);
  let left0: i64 = 0;
  let left1: i64 = 0;
  for (let bin = low; bin <= border; bin++) {
    left0 += cell0<T>(cells, bin);
    left1 += cell1<T>(cells, bin);
  }
  if (!hasMissing) {
    weigh<T, M>(left0, left1, total0 - left0, total1 - left1, column, border, 0);
    return;
  }
  // a forest draws the side of missing values, the others take the better one
  const bothSides = table === 0;
  const side = mix(word, 7) & 1;
  if (bothSides || side === 0) weigh<T, M>(left0, left1, total0 - left0, total1 - left1, column, border, 0);
  if (bothSides || side === 1) {
    left0 += cell0<T>(cells, values);
    left1 += cell1<T>(cells, values);
    weigh<T, M>(left0, left1, total0 - left0, total1 - left1, column, border, 1);
  }
}

function inColumn<T, M>(cells: usize, node: usize, column: i32): void {
  const entry = (<usize>load<u32>(paramsAt + pColumns)) + <usize>column * columnBytes;
  if (load<i32>(entry + cKind) !== 0) return;
  const values = load<i32>(entry + cValues);
  const hasMissing = load<i32>(entry + cMissing) !== 0;
  const total0 = load<i64>(node + nSum0);
  const total1 = load<i64>(node + nSum1);
  if (sizeof<M>() !== 1) monotone = load<i32>(entry + cMonotone);
  let someMissing = false;
  if (hasMissing)
    someMissing = (isVector<T>() ? cell1<T>(cells, values) : cell0<T>(cells, values)) !== 0;
  if (load<i32>(paramsAt + pRandomBorder) !== 0) {
    random<T, M>(cells, total0, total1, column, values, someMissing, load<u32>(node + nStream));
    return;
  }
  if (load<i32>(paramsAt + pOrder) === 0) {
    // XGBoost: upwards first; the last border divides values from missing values
    upwards<T, M>(cells, total0, total1, column, someMissing ? values - 1 : values - 2);
    if (someMissing) downwards<T, M>(cells, total0, total1, column, values, 0);
  } else {
    // LightGBM: downwards first, so of equal splits the highest border wins
    downwards<T, M>(cells, total0, total1, column, values, 1);
    if (someMissing) upwards<T, M>(cells, total0, total1, column, values - 1);
  }
}

function inBlock<T, M>(block: usize, histogram: usize, node: usize): void {
  const active = load<i32>(block + bActive);
  const allowed = <usize>load<u32>(node + nMask);
  const s: usize = isVector<T>() ? 4 : 3;
  for (let k = 0; k < active; k++) {
    const column = load<i32>(block + bLaneColumn + 4 * k);
    if (allowed !== 0 && load<u8>(allowed + column) === 0) continue;
    inColumn<T, M>(histogram + ((<usize>load<u32>(block + bLaneCell + 4 * k)) << s), node, column);
  }
}

/** Best split of a node among the columns of a block, written to `result`; column -1 when there is none. */
export function findInBlock(block: usize, histogram: usize, node: usize, result: usize): void {
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
    if (wide) inBlock<v128, u8>(block, histogram, node);
    else inBlock<i64, u8>(block, histogram, node);
    Best.score = Best.score * square;
  } else {
    alpha = load<f64>(paramsAt + fAlpha);
    const bounded = load<f64>(paramsAt + fMaxDelta) > 0 || load<i32>(paramsAt + pConstrained) !== 0;
    priceOfValue = load<i32>(paramsAt + pOrder) === 0 && bounded ? 0 : 2 * alpha;
    maxDelta = load<f64>(paramsAt + fMaxDelta);
    smooth = load<f64>(paramsAt + fSmooth);
    lower = load<f64>(node + nLower);
    upper = load<f64>(node + nUpper);
    parentOutput = load<f64>(node + nOutput);
    refuse = load<i32>(paramsAt + pRefuse) !== 0;
    if (wide) inBlock<v128, u16>(block, histogram, node);
    else inBlock<i64, u16>(block, histogram, node);
  }
  store<f64>(result + rScore, Best.score);
  store<i64>(result + rLeft0, Best.left0);
  store<i64>(result + rLeft1, Best.left1);
  store<i32>(result + rColumn, Best.column);
  store<i32>(result + rBin, Best.bin);
  store<i32>(result + rDefaultLeft, Best.defaultLeft);
}
