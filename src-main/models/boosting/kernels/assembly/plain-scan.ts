/** The search for a column's best border where nothing but sums decides. */
import { fWhole, paramsAt } from './layout';
import { biasOf, cellsAt, lastOf, running, toDoubles } from './pairs';

/** The best split that a search has found so far; every thread has its own. */
export class Best {
  static score: f64 = 0;
  static column: i32 = -1;
  static bin: i32 = 0;
  static defaultLeft: i32 = 0;
  /** sums of what goes left */
  static left0: i64 = 0;
  static left1: i64 = 0;
}

/** What the search reads of the parameters. */
export class Rules {
  static shift: i64 = 0;
  /** bits of a sum that count rows */
  static mask: i64 = 0;
  static gradientUnit: f64 = 1;
  static hessianUnit: f64 = 1;
  static lambda: f64 = 0;
  static minHessian: f64 = 0;
  static minRows: f64 = 0;
}

/**
 * All borders of a column in one direction, without constraints and without alpha: the loop that most of the search's time goes
 * to. Two borders at a time, and no division until one of them is better than the best; numbers are those of one border at a
 * time, bit for bit. A bin without rows repeats the border before it, whose score it cannot beat.
 * D u8: upwards, missing values go right. D u16: downwards, missing values go left.
 * @param bins how many cells are added, from cell `from` on
 */
export function plainScan<T, D>(
  cells: usize,
  total0: i64,
  total1: i64,
  column: i32,
  from: i32,
  bins: i32,
): void {
  const s: usize = isVector<T>() ? 4 : 3;
  const bits = <i32>Rules.shift;
  const bias = biasOf(Rules.shift);
  const whole = f64x2.splat(load<f64>(paramsAt + fWhole));
  const aboveBias = f64x2.splat(load<f64>(paramsAt + fWhole) + <f64>(bias >> Rules.shift));
  const low = i64x2.splat(Rules.mask);
  const unit = f64x2.splat(Rules.hessianUnit);
  const penalty = f64x2.splat(Rules.lambda);
  const totalG = f64x2.splat(<f64>(total0 >> Rules.shift));
  // with packed cells rows are the hessian
  const totalH = f64x2.splat(isVector<T>() ? <f64>(total1 >> Rules.shift) * Rules.hessianUnit : <f64>(total0 & Rules.mask));
  const leastHessian = f64x2.splat(isVector<T>() ? Rules.minHessian : max(Rules.minHessian, Rules.minRows));
  const totalRows = f64x2.splat(<f64>((isVector<T>() ? total1 : total0) & Rules.mask));
  const leastRows = f64x2.splat(Rules.minRows);
  let top = f64x2.splat(Best.score);
  let found = -1;
  let found0: i64 = 0;
  let found1: i64 = 0;
  let sum0 = i64x2.splat(bias);
  let sum1 = i64x2.splat(0);
  let at = cells + ((<usize>from) << s);
  if (sizeof<D>() === 2) at -= (<usize>1) << s;
  const step: usize = sizeof<D>() === 1 ? (<usize>2) << s : -((<usize>2) << s);
  for (let bin = 0; bin < bins; bin += 2) {
    let two0 = cellsAt<T>(at, false);
    // lanes of comparisons are all ones, so their signs tell them: quicker than `any_true`
    if (!isVector<T>() && i64x2.bitmask(i64x2.eq(two0, i64x2.splat(0))) === 3) {
      at += step;
      continue;
    }
    if (sizeof<D>() === 2) two0 = v128.shuffle<u64>(two0, two0, 1, 0);
    sum0 = i64x2.add(running(two0), sum0);
    const g = toDoubles(i64x2.shr_u(sum0, bits), whole, aboveBias);
    let h: v128;
    if (isVector<T>()) {
      let two1 = cellsAt<T>(at, true);
      if (sizeof<D>() === 2) two1 = v128.shuffle<u64>(two1, two1, 1, 0);
      sum1 = i64x2.add(running(two1), sum1);
      h = f64x2.mul(toDoubles(i64x2.shr_u(sum1, bits), whole, whole), unit);
    } else h = toDoubles(v128.and(sum0, low), whole, whole);
    at += step;
    const restG = f64x2.sub(totalG, g);
    const restH = f64x2.sub(totalH, h);
    const a = f64x2.add(h, penalty);
    const b = f64x2.add(restH, penalty);
    const numerator = f64x2.add(f64x2.mul(f64x2.mul(g, g), b), f64x2.mul(f64x2.mul(restG, restG), a));
    const denominator = f64x2.mul(a, b);
    let better = v128.and(
      f64x2.gt(numerator, f64x2.mul(top, denominator)),
      f64x2.ge(f64x2.pmin(h, restH), leastHessian),
    );
    if (isVector<T>()) {
      const rows = toDoubles(v128.and(sum1, low), whole, whole);
      better = v128.and(better, f64x2.ge(f64x2.pmin(rows, f64x2.sub(totalRows, rows)), leastRows));
    }
    if (i64x2.bitmask(better) !== 0) {
      const score0 = f64x2.extract_lane(numerator, 0) / f64x2.extract_lane(denominator, 0);
      if (i64x2.extract_lane(better, 0) !== 0 && score0 > f64x2.extract_lane(top, 0)) {
        top = f64x2.splat(score0);
        found = bin;
        found0 = i64x2.extract_lane(sum0, 0);
        found1 = i64x2.extract_lane(sum1, 0);
      }
      const numerator1 = f64x2.extract_lane(numerator, 1);
      const denominator1 = f64x2.extract_lane(denominator, 1);
      // the last cell may be one too many
      if (i64x2.extract_lane(better, 1) !== 0 && bin + 1 < bins) {
        const before = f64x2.extract_lane(top, 0);
        const score1 = numerator1 / denominator1;
        if (numerator1 > before * denominator1 && score1 > before) {
          top = f64x2.splat(score1);
          found = bin + 1;
          found0 = i64x2.extract_lane(sum0, 1);
          found1 = i64x2.extract_lane(sum1, 1);
        }
      }
    }
    sum0 = lastOf(sum0);
    if (isVector<T>()) sum1 = lastOf(sum1);
  }
  if (found < 0) return;
  found0 -= bias;
  Best.score = f64x2.extract_lane(top, 0);
  Best.column = column;
  Best.bin = sizeof<D>() === 1 ? from + found : from - found - 1;
  Best.defaultLeft = sizeof<D>() === 1 ? 0 : 1;
  Best.left0 = sizeof<D>() === 1 ? found0 : total0 - found0;
  Best.left1 = sizeof<D>() === 1 ? found1 : total1 - found1;
}
