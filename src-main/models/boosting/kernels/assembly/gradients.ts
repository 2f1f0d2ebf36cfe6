/** Gradients as whole numbers: measured first, then rounded to a unit that is a power of two. */
import {
  fGradientScale,
  fHessianScale,
  pChunkRows,
  pCount,
  pGradient,
  pHessian,
  pIndex,
  pList,
  pPartials,
  pQuantised,
  pRows,
  pShift,
  pTarget,
  pValues,
  pWide,
  paramsAt,
  partialBytes,
} from './layout';

/**
 * Per chunk of rows: largest |g|, sum of |g|, largest h, sum of h, sum of g^2; a sum that is not finite tells of a bad number.
 */
export function measureChunk(task: i32): void {
  const chunkRows = load<u32>(paramsAt + pChunkRows);
  const from = <u32>task * chunkRows;
  const end = min(load<u32>(paramsAt + pCount), from + chunkRows);
  const list = <usize>load<u32>(paramsAt + pList);
  const gradient = <usize>load<u32>(paramsAt + pGradient);
  const hessian = <usize>load<u32>(paramsAt + pHessian);
  const wide = load<i32>(paramsAt + pWide) !== 0;
  let maxG: f32 = 0;
  let sumG: f64 = 0;
  let maxH: f32 = 0;
  let sumH: f64 = 0;
  let squares: f64 = 0;
  let i = from;
  if (list === 0 && !wide) {
    let greatest = f32x4.splat(0);
    let sum = f64x2.splat(0);
    let square = f64x2.splat(0);
    for (; i + 4 <= end; i += 4) {
      const four = f32x4.abs(v128.load(gradient + ((<usize>i) << 2)));
      greatest = f32x4.pmax(greatest, four);
      const a = f64x2.promote_low_f32x4(four);
      const b = f64x2.promote_low_f32x4(v128.shuffle<u64>(four, four, 1, 0));
      sum = f64x2.add(sum, f64x2.add(a, b));
      square = f64x2.add(square, f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
    }
    maxG = max(
      max(f32x4.extract_lane(greatest, 0), f32x4.extract_lane(greatest, 1)),
      max(f32x4.extract_lane(greatest, 2), f32x4.extract_lane(greatest, 3)),
    );
    sumG = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    squares = f64x2.extract_lane(square, 0) + f64x2.extract_lane(square, 1);
  }
  for (; i < end; i++) {
    const row = <usize>(list === 0 ? i : load<u32>(list + ((<usize>i) << 2)));
    const g = abs(load<f32>(gradient + (row << 2)));
    if (g > maxG) maxG = g;
    sumG += <f64>g;
    squares += <f64>g * <f64>g;
    if (wide) {
      const h = load<f32>(hessian + (row << 2));
      if (h > maxH) maxH = h;
      // a negative hessian has no meaning here; it shows as a sum that is not a number
      sumH += h >= 0 ? <f64>h : NaN;
    }
  }
  const out = (<usize>load<u32>(paramsAt + pPartials)) + (<usize>task) * partialBytes;
  store<f64>(out, <f64>maxG);
  store<f64>(out + 8, sumG);
  store<f64>(out + 16, <f64>maxH);
  store<f64>(out + 24, sumH);
  store<f64>(out + 32, squares);
}

/** gradient[row] = raw score - target, the raw scores at `pTarget` and the targets at `pValues` */
export function differences(task: i32): void {
  const chunkRows = load<u32>(paramsAt + pChunkRows);
  const from = <usize>(<u32>task * chunkRows);
  const end = min(<usize>load<u32>(paramsAt + pRows), from + <usize>chunkRows);
  const scores = <usize>load<u32>(paramsAt + pTarget);
  const targets = <usize>load<u32>(paramsAt + pValues);
  const gradient = <usize>load<u32>(paramsAt + pGradient);
  let i = from;
  for (; i + 2 <= end; i += 2) {
    const two = f64x2.sub(v128.load(scores + (i << 3)), v128.load(targets + (i << 3)));
    v128.store64_lane(gradient + (i << 2), f32x4.demote_f64x2_zero(two), 0);
  }
  for (; i < end; i++)
    store<f32>(gradient + (i << 2), <f32>(load<f64>(scores + (i << 3)) - load<f64>(targets + (i << 3))));
}

/** Rounds the gradients of a chunk, lists its rows, and sums its cells: the root's totals. */
export function quantiseChunk(task: i32): void {
  const chunkRows = load<u32>(paramsAt + pChunkRows);
  const from = <u32>task * chunkRows;
  const end = min(load<u32>(paramsAt + pCount), from + chunkRows);
  const list = <usize>load<u32>(paramsAt + pList);
  const gradient = <usize>load<u32>(paramsAt + pGradient);
  const hessian = <usize>load<u32>(paramsAt + pHessian);
  const quantised = <usize>load<u32>(paramsAt + pQuantised);
  const index = <usize>load<u32>(paramsAt + pIndex);
  const wide = load<i32>(paramsAt + pWide) !== 0;
  const shift = <i64>load<i32>(paramsAt + pShift);
  const scale = load<f64>(paramsAt + fGradientScale);
  const hessianScale = load<f64>(paramsAt + fHessianScale);
  let sumG: i64 = 0;
  let sumH: i64 = 0;
  let i = from;
  if (list === 0 && !wide) {
    const scales = f64x2.splat(scale);
    let sums = i64x2.splat(0);
    let rows = i32x4.add(i32x4.splat(<i32>i), i32x4(0, 1, 2, 3));
    for (; i + 4 <= end; i += 4) {
      const four = v128.load(gradient + ((<usize>i) << 2));
      const upper = v128.shuffle<u64>(four, four, 1, 0);
      const a = i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(f64x2.mul(f64x2.promote_low_f32x4(four), scales)));
      const b = i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(f64x2.mul(f64x2.promote_low_f32x4(upper), scales)));
      v128.store(quantised + ((<usize>i) << 2), v128.shuffle<u64>(a, b, 0, 2));
      v128.store(index + ((<usize>i) << 2), rows);
      rows = i32x4.add(rows, i32x4.splat(4));
      sums = i64x2.add(sums, i64x2.add(i64x2.extend_low_i32x4_s(a), i64x2.extend_low_i32x4_s(b)));
    }
    sumG = i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
  }
  for (; i < end; i++) {
    const row = <usize>(list === 0 ? i : load<u32>(list + ((<usize>i) << 2)));
    store<u32>(index + ((<usize>i) << 2), <u32>row);
    const g = <i32>nearest(<f64>load<f32>(gradient + (row << 2)) * scale);
    sumG += <i64>g;
    if (wide) {
      const h = <i32>nearest(<f64>load<f32>(hessian + (row << 2)) * hessianScale);
      sumH += <i64>h;
      store<i32>(quantised + (row << 3), g);
      store<i32>(quantised + (row << 3) + 4, h);
    } else store<i32>(quantised + (row << 2), g);
  }
  const out = (<usize>load<u32>(paramsAt + pPartials)) + (<usize>task) * partialBytes;
  const rows = <i64>(end - from);
  if (wide) {
    store<i64>(out, sumG << shift);
    store<i64>(out + 8, (sumH << shift) + rows);
  } else {
    store<i64>(out, (sumG << shift) + rows);
    store<i64>(out + 8, 0);
  }
}
