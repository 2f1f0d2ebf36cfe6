/**
 * CatBoost's symmetric trees: one question for all nodes of a level. Scores of every border of a column, summed over the
 * nodes; `yes` is the side above the border, or the one category.
 *   L2:     sum of G^2 / (W + l2) over all leaves
 *   Cosine: sum of G * a / sqrt(sum of a^2 * W), a = G / (W + l2)
 */
import {
  cCell,
  cKind,
  cMissing,
  cValues,
  columnBytes,
  fGradientUnit,
  fHessianUnit,
  fLambda,
  fNoise,
  fWhole,
  nSlot,
  nSum0,
  nSum1,
  nodeBytes,
  pActive,
  pColumns,
  pHistograms,
  pLevel,
  pLevelCount,
  pLevelNodes,
  pNodes,
  pNormal,
  pResults,
  pScoreKind,
  pScores,
  pSeed,
  pShift,
  pSlotBytes,
  pWide,
  paramsAt,
  rBin,
  rColumn,
  rScore,
  resultBytes,
} from './layout';
import { biasOf, cellsAt, lastOf, running, toDoubles } from './pairs';

function hash(a: u32, b: u32, c: u32): u32 {
  let h = (a * 0x9e3779b1 + b) * 0x85ebca6b + c;
  h = (h ^ (h >>> 16)) * 0x85ebca6b;
  h = (h ^ (h >>> 13)) * 0xc2b2ae35;
  return h ^ (h >>> 16);
}

/** A normal number by stream, column and bin: a quantile out of a table of 4096. */
export function noiseOf(seed: u32, column: u32, bin: u32): f64 {
  const table = <usize>load<u32>(paramsAt + pNormal);
  return load<f64>(table + ((<usize>(hash(seed, column, bin) >>> 20)) << 3));
}

/**
 * Numerator and denominator of every border, summed over the nodes of the level.
 * @param numerators f64 per bin, and one more; likewise `denominators`
 */
function accumulate<T>(
  column: usize,
  numerators: usize,
  denominators: usize,
  borders: i32,
  oneAgainstRest: bool,
): void {
  const shift = load<i32>(paramsAt + pShift);
  const mask: i64 = ((<i64>1) << (<i64>shift)) - 1;
  const bias = biasOf(shift);
  const biases = i64x2.splat(bias);
  const low = i64x2.splat(mask);
  const whole = v128.load_splat<u64>(paramsAt + fWhole);
  const offset = f64x2.add(whole, f64x2.splat(<f64>(bias >> (<i64>shift))));
  const unit = f64x2.splat(load<f64>(paramsAt + fGradientUnit));
  const hessianUnit = load<f64>(paramsAt + fHessianUnit);
  const hessianUnits = f64x2.splat(hessianUnit);
  // a side without rows has neither gradient nor hessian and must score 0
  const penalty = f64x2.splat(max(load<f64>(paramsAt + fLambda), 1e-300));
  const zero = f64x2.splat(0);
  const levelNodes = <usize>load<u32>(paramsAt + pLevelNodes);
  const count = load<i32>(paramsAt + pLevelCount);
  const nodes = <usize>load<u32>(paramsAt + pNodes);
  const histograms = <usize>load<u32>(paramsAt + pHistograms);
  const slotBytes = <usize>load<u32>(paramsAt + pSlotBytes);
  const s: usize = isVector<T>() ? 4 : 3;
  const first = (<usize>load<u32>(column + cCell)) << s;
  memory.fill(numerators, 0, (<usize>(borders + 1)) << 3);
  memory.fill(denominators, 0, (<usize>(borders + 1)) << 3);
  for (let k = 0; k < count; k++) {
    const node = nodes + (<usize>load<u32>(levelNodes + ((<usize>k) << 2))) * nodeBytes;
    const total0 = load<i64>(node + nSum0);
    const total1 = load<i64>(node + nSum1);
    if (((isVector<T>() ? total1 : total0) & mask) === 0) continue;
    const allG = f64x2.splat(<f64>(total0 >> (<i64>shift)));
    const allH = f64x2.splat(
      isVector<T>() ? <f64>(total1 >> (<i64>shift)) * hessianUnit : <f64>(total0 & mask),
    );
    let at = histograms + (<usize>load<u32>(node + nSlot)) * slotBytes + first;
    let before0 = biases;
    let before1 = zero;
    for (let bin: usize = 0; bin < <usize>borders; bin += 2) {
      const two = cellsAt<T>(at, false);
      const sum0 = i64x2.add(before0, oneAgainstRest ? two : running(two));
      const g = toDoubles(i64x2.shr_u(sum0, shift), whole, offset);
      let h: v128;
      if (isVector<T>()) {
        const counted = cellsAt<T>(at, true);
        const sum1 = i64x2.add(before1, oneAgainstRest ? counted : running(counted));
        h = f64x2.mul(toDoubles(i64x2.shr_u(sum1, shift), whole, whole), hessianUnits);
        if (!oneAgainstRest) before1 = lastOf(sum1);
      } else h = toDoubles(v128.and(sum0, low), whole, whole);
      if (!oneAgainstRest) before0 = lastOf(sum0);
      const restG = f64x2.mul(f64x2.sub(allG, g), unit);
      const restH = f64x2.sub(allH, h);
      const ownG = f64x2.mul(g, unit);
      let a = f64x2.div(ownG, f64x2.add(h, penalty));
      let b = f64x2.div(restG, f64x2.add(restH, penalty));
      if (isVector<T>()) {
        a = v128.and(a, f64x2.gt(h, zero));
        b = v128.and(b, f64x2.gt(restH, zero));
      }
      const n = numerators + (bin << 3);
      const d = denominators + (bin << 3);
      v128.store(n, f64x2.add(v128.load(n), f64x2.add(f64x2.mul(ownG, a), f64x2.mul(restG, b))));
      const weighed = f64x2.add(f64x2.mul(f64x2.mul(a, a), h), f64x2.mul(f64x2.mul(b, b), restH));
      v128.store(d, f64x2.add(v128.load(d), weighed));
      at += (<usize>2) << s;
    }
  }
}

/** Task k: column number k of the active columns. */
export function scoreColumn(task: i32): void {
  const active = <usize>load<u32>(paramsAt + pActive);
  const number = load<u32>(active + ((<usize>task) << 2));
  const column = (<usize>load<u32>(paramsAt + pColumns)) + (<usize>number) * columnBytes;
  const values = load<i32>(column + cValues);
  const oneAgainstRest = load<i32>(column + cKind) === 2;
  const borders = oneAgainstRest ? values : values + load<i32>(column + cMissing) - 1;
  const result = (<usize>load<u32>(paramsAt + pResults)) + (<usize>task) * resultBytes;
  let best: f64 = -Infinity;
  let bestBin = -1;
  let bestClean: f64 = 0;
  if (borders > 0) {
    // room for one border more than there are: two are done at a time
    const numerators = (<usize>load<u32>(paramsAt + pScores)) + ((<usize>load<u32>(column + cCell)) << 4);
    const denominators = numerators + ((<usize>(borders + 1)) << 3);
    const kind = load<i32>(paramsAt + pScoreKind);
    if (load<i32>(paramsAt + pWide) !== 0) accumulate<v128>(column, numerators, denominators, borders, oneAgainstRest);
    else accumulate<i64>(column, numerators, denominators, borders, oneAgainstRest);
    const noise = load<f64>(paramsAt + fNoise);
    const seed = load<u32>(paramsAt + pSeed);
    for (let bin = 0; bin < borders; bin++) {
      const numerator = load<f64>(numerators + ((<usize>bin) << 3));
      const denominator = load<f64>(denominators + ((<usize>bin) << 3));
      const clean = kind === 0 ? numerator : numerator / sqrt(denominator + 1e-100);
      const score = noise > 0 ? clean + noise * noiseOf(seed, number, <u32>bin) : clean;
      if (score > best) {
        best = score;
        bestBin = bin;
        bestClean = clean;
      }
    }
  }
  store<f64>(result + rScore, bestClean);
  store<i32>(result + rColumn, <i32>number);
  store<i32>(result + rBin, bestBin);
}
