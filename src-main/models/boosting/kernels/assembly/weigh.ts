/**
 * What a split is worth.
 *   score(G, H) = T(G)^2 / (H + lambda)     T(G) = sign(G) max(|G| - alpha, 0)
 * A split is scored by the sum of its children's scores; only a score strictly above the best so far replaces it.
 */
import { Best, Rules } from './plain-scan';

/** What a search reads beyond {@link Rules} where more than sums decides; every thread has its own. */
export class Limits {
  static alpha: f64 = 0;
  /** what a unit of a leaf's value costs in its score: XGBoost leaves alpha out where the value is not free */
  static priceOfValue: f64 = 0;
  static maxDelta: f64 = 0;
  static smooth: f64 = 0;
  static lower: f64 = 0;
  static upper: f64 = 0;
  static parentOutput: f64 = 0;
  static monotone: i32 = 0;
  static refuse: bool = false;
}

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
  const t = g > Limits.alpha ? g - Limits.alpha : g < -Limits.alpha ? g + Limits.alpha : 0;
  let w = -t / (h + Rules.lambda);
  if (Limits.maxDelta > 0) w = max(-Limits.maxDelta, min(Limits.maxDelta, w));
  if (Limits.smooth > 0) {
    const share = rows / Limits.smooth;
    w = (w * share) / (share + 1) + Limits.parentOutput / (share + 1);
  }
  return max(Limits.lower, min(Limits.upper, w));
}

/** Score of a leaf that must take the value `w`. */
// @ts-ignore: decorator
@inline
function scoreOf(g: f64, h: f64, w: f64): f64 {
  return -(2 * g * w + (h + Rules.lambda) * w * w + Limits.priceOfValue * abs(w));
}

// @ts-ignore: decorator
@inline
function keep(score: f64, left0: i64, left1: i64, column: i32, bin: i32, defaultLeft: i32): void {
  if (score <= Best.score) return;
  Best.score = score;
  Best.column = column;
  Best.bin = bin;
  Best.defaultLeft = defaultLeft;
  Best.left0 = left0;
  Best.left1 = left1;
}

/**
 * Scores the split that leaves (left0, left1) on the left and keeps it when it is the best so far.
 * M u8: no constraints, no alpha: one comparison without a division rejects most; `best` is in units of gradientUnit^2.
 * @returns whether the right side has become too small for any later border of an upward scan (of the left side of a
 *   downward one)
 */
// @ts-ignore: decorator
@inline
export function weigh<T, M>(
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
      keep(score, left0, left1, column, bin, defaultLeft);
    }
  } else {
    const lg = leftG * Rules.gradientUnit;
    const rg = rightG * Rules.gradientUnit;
    if (Limits.refuse) {
      const a = -lg / leftH;
      const b = -rg / rightH;
      if (Limits.monotone !== 0 && ((Limits.monotone > 0 ? a > b : a < b) || min(a, b) < Limits.lower || max(a, b) > Limits.upper)) return;
      const score = (lg * lg) / leftH + (rg * rg) / rightH;
      keep(score, left0, left1, column, bin, defaultLeft);
      return;
    }
    const wl = outputOf(lg, leftH, rowsOf<T>(left0, left1));
    const wr = outputOf(rg, rightH, rowsOf<T>(right0, right1));
    if (Limits.monotone !== 0 && (Limits.monotone > 0 ? wl > wr : wl < wr)) return;
    const score = scoreOf(lg, leftH, wl) + scoreOf(rg, rightH, wr);
    keep(score, left0, left1, column, bin, defaultLeft);
  }
}

// @ts-ignore: decorator
@inline
export function cell0<T>(cells: usize, bin: i32): i64 {
  if (isVector<T>()) return load<i64>(cells + ((<usize>bin) << 4));
  return load<i64>(cells + ((<usize>bin) << 3));
}

// @ts-ignore: decorator
@inline
export function cell1<T>(cells: usize, bin: i32): i64 {
  if (isVector<T>()) return load<i64>(cells + ((<usize>bin) << 4) + 8);
  return 0;
}
