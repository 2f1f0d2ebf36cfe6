/**
 * One step of AdamW and the norm that limits it, four numbers at a time. Arrays begin at multiples of 16 bytes and are filled up with
 * zeros to a multiple of four numbers. Compiled by scripts/build-kernels.mjs into kernel-bytes.ts.
 */

/** Sum of squares of `count` numbers (a multiple of 4), in 64 bits. */
export function squaredNorm(at: usize, count: u32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (const end = at + ((<usize>count) << 2); at < end; at += 16) {
    const a = f64x2.promote_low_f32x4(v128.load64_zero(at));
    const b = f64x2.promote_low_f32x4(v128.load64_zero(at, 8));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * The step of one tensor; all pointers are to `count` numbers.
 * @param factor on the gradient
 * @param size learning rate over the correction of the mean
 * @param correction one over the root of the correction of the square
 * @param kept what decay leaves of a weight
 */
export function step(
  weight: usize,
  mean: usize,
  square: usize,
  gradient: usize,
  count: u32,
  factor: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  size: f32,
  correction: f32,
  epsilon: f32,
  kept: f32,
): void {
  const factors = f32x4.splat(factor);
  const beta1s = f32x4.splat(beta1);
  const rest1s = f32x4.splat(rest1);
  const beta2s = f32x4.splat(beta2);
  const rest2s = f32x4.splat(rest2);
  const sizes = f32x4.splat(size);
  const corrections = f32x4.splat(correction);
  const epsilons = f32x4.splat(epsilon);
  const keeps = f32x4.splat(kept);
  const bytes = (<usize>count) << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = f32x4.mul(factors, v128.load(gradient + i));
    const m = f32x4.add(f32x4.mul(beta1s, v128.load(mean + i)), f32x4.mul(rest1s, g));
    const v = f32x4.add(f32x4.mul(beta2s, v128.load(square + i)), f32x4.mul(rest2s, f32x4.mul(g, g)));
    v128.store(mean + i, m);
    v128.store(square + i, v);
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), corrections), epsilons);
    const moved = f32x4.div(f32x4.mul(sizes, m), root);
    v128.store(weight + i, f32x4.sub(f32x4.mul(keeps, v128.load(weight + i)), moved));
  }
}
