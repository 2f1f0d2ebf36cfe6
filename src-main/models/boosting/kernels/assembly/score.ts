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

/** Numerator and denominator of every border, summed over the nodes of the level. */
function accumulate<T>(
  column: usize,
  scores: usize,
  borders: i32,
  oneAgainstRest: bool,
): void {
  const shift = <i64>load<i32>(paramsAt + pShift);
  const mask: i64 = ((<i64>1) << shift) - 1;
  const unit = load<f64>(paramsAt + fGradientUnit);
  const hessianUnit = load<f64>(paramsAt + fHessianUnit);
  const lambda = load<f64>(paramsAt + fLambda);
  const levelNodes = <usize>load<u32>(paramsAt + pLevelNodes);
  const count = load<i32>(paramsAt + pLevelCount);
  const nodes = <usize>load<u32>(paramsAt + pNodes);
  const histograms = <usize>load<u32>(paramsAt + pHistograms);
  const slotBytes = <usize>load<u32>(paramsAt + pSlotBytes);
  const s: usize = isVector<T>() ? 4 : 3;
  const first = (<usize>load<u32>(column + cCell)) << s;
  memory.fill(scores, 0, (<usize>borders) << 4);
  for (let k = 0; k < count; k++) {
    const node = nodes + (<usize>load<u32>(levelNodes + ((<usize>k) << 2))) * nodeBytes;
    const total0 = load<i64>(node + nSum0);
    const total1 = load<i64>(node + nSum1);
    const rows = isVector<T>() ? total1 & mask : total0 & mask;
    if (rows === 0) continue;
    const cells = histograms + (<usize>load<u32>(node + nSlot)) * slotBytes + first;
    let acc0: i64 = 0;
    let acc1: i64 = 0;
    let addN: f64 = 0;
    let addD: f64 = 0;
    let fresh = true;
    for (let bin = 0; bin < borders; bin++) {
      const at0 = load<i64>(cells + ((<usize>bin) << s));
      const at1 = isVector<T>() ? load<i64>(cells + ((<usize>bin) << s) + 8) : <i64>0;
      const empty = isVector<T>() ? at1 === 0 : at0 === 0;
      if (!empty || fresh || oneAgainstRest) {
        fresh = false;
        if (oneAgainstRest) {
          acc0 = at0;
          acc1 = at1;
        } else {
          acc0 += at0;
          acc1 += at1;
        }
        const rest0 = total0 - acc0;
        const rest1 = total1 - acc1;
        const g = <f64>(acc0 >> shift) * unit;
        const h = isVector<T>() ? <f64>(acc1 >> shift) * hessianUnit : <f64>(acc0 & mask);
        const restG = <f64>(rest0 >> shift) * unit;
        const restH = isVector<T>() ? <f64>(rest1 >> shift) * hessianUnit : <f64>(rest0 & mask);
        const a = h > 0 ? g / (h + lambda) : 0;
        const b = restH > 0 ? restG / (restH + lambda) : 0;
        addN = g * a + restG * b;
        addD = a * a * h + b * b * restH;
      }
      const at = scores + ((<usize>bin) << 4);
      v128.store(at, f64x2.add(v128.load(at), f64x2.replace_lane(f64x2.splat(addN), 1, addD)));
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
    const scores = (<usize>load<u32>(paramsAt + pScores)) + ((<usize>load<u32>(column + cCell)) << 4);
    const kind = load<i32>(paramsAt + pScoreKind);
    if (load<i32>(paramsAt + pWide) !== 0) accumulate<v128>(column, scores, borders, oneAgainstRest);
    else accumulate<i64>(column, scores, borders, oneAgainstRest);
    const noise = load<f64>(paramsAt + fNoise);
    const seed = load<u32>(paramsAt + pSeed);
    for (let bin = 0; bin < borders; bin++) {
      const numerator = load<f64>(scores + ((<usize>bin) << 4));
      const denominator = load<f64>(scores + ((<usize>bin) << 4) + 8);
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
