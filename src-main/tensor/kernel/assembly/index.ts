/**
 * One step of AdamW and the norm that limits it, four numbers at a time, in pieces that threads take in turn. Arrays begin at multiples of
 * 16 bytes and are filled up with zeros to a multiple of four numbers. Compiled by scripts/build-kernels.mjs into kernel-bytes.ts.
 */
import {
  jNext,
  jCount,
  jOperation,
  jPieces,
  jFactor,
  jBeta1,
  jRest1,
  jBeta2,
  jRest2,
  jSize,
  jCorrection,
  jEpsilon,
  jKept,
  normOf,
  pieceBytes,
  pWeight,
  pMean,
  pSquare,
  pGradient,
  pCount,
  pDecays,
  pSum,
} from './layout';

/** Takes pieces of the job until there are none left. */
export function work(job: usize, _thread: i32): void {
  for (;;) {
    const taken = atomic.add<i32>(job + jNext, 1);
    // nothing is read before a piece is taken: a thread that comes late finds the next job's values or no piece
    if (taken >= load<i32>(job + jCount)) return;
    const piece = load<usize>(job + jPieces) + <usize>taken * pieceBytes;
    const bytes = load<usize>(piece + pCount) << 2;
    if (load<i32>(job + jOperation) == normOf) store<f64>(piece + pSum, squares(load<usize>(piece + pGradient), bytes));
    else step(job, piece, bytes);
  }
}

/** Sum of squares, in 64 bits. */
function squares(at: usize, bytes: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (const end = at + bytes; at < end; at += 16) {
    const a = f64x2.promote_low_f32x4(v128.load64_zero(at));
    const b = f64x2.promote_low_f32x4(v128.load64_zero(at, 8));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

function step(job: usize, piece: usize, bytes: usize): void {
  const weight = load<usize>(piece + pWeight);
  const mean = load<usize>(piece + pMean);
  const square = load<usize>(piece + pSquare);
  const gradient = load<usize>(piece + pGradient);
  const factor = v128.load32_splat(job + jFactor);
  const beta1 = v128.load32_splat(job + jBeta1);
  const rest1 = v128.load32_splat(job + jRest1);
  const beta2 = v128.load32_splat(job + jBeta2);
  const rest2 = v128.load32_splat(job + jRest2);
  const size = v128.load32_splat(job + jSize);
  const correction = v128.load32_splat(job + jCorrection);
  const epsilon = v128.load32_splat(job + jEpsilon);
  const kept = load<i32>(piece + pDecays) == 1 ? v128.load32_splat(job + jKept) : f32x4.splat(1);
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = f32x4.mul(factor, v128.load(gradient + i));
    const m = f32x4.add(f32x4.mul(beta1, v128.load(mean + i)), f32x4.mul(rest1, g));
    const v = f32x4.add(f32x4.mul(beta2, v128.load(square + i)), f32x4.mul(rest2, f32x4.mul(g, g)));
    v128.store(mean + i, m);
    v128.store(square + i, v);
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), correction), epsilon);
    const moved = f32x4.div(f32x4.mul(size, m), root);
    v128.store(weight + i, f32x4.sub(f32x4.mul(kept, v128.load(weight + i)), moved));
  }
}
