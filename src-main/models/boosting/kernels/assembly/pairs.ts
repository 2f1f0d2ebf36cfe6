/**
 * Two neighbouring cells at a time. Sums of gradients lie above `shift` bits of a count and may be negative, so a bias is added
 * that keeps them positive: what is left after the shift is a whole number below 2^52, and bits of 2^52 or-ed with it are the
 * double 2^52 + number.
 */

/** sums plus this are not negative, and stay below 2^52 << shift; a power of two */
// @ts-ignore: decorator
@inline
export function biasOf(shift: i64): i64 {
  return (<i64>1) << min<i64>(62, 51 + shift);
}

/** Whole numbers below 2^52 as doubles; `less`: 2^52, and what else is to be taken off. */
// @ts-ignore: decorator
@inline
export function toDoubles(numbers: v128, whole: v128, less: v128): v128 {
  return f64x2.sub(v128.or(numbers, whole), less);
}

/** lane 0, and lane 0 + lane 1 */
// @ts-ignore: decorator
@inline
export function running(two: v128): v128 {
  return i64x2.add(two, v128.shuffle<u64>(i64x2.splat(0), two, 0, 2));
}

/** The second lane in both. */
// @ts-ignore: decorator
@inline
export function lastOf(two: v128): v128 {
  return v128.shuffle<u64>(two, two, 1, 1);
}

/** First or second sums of the cells at `at` and the one after it: T v128 has two sums in a cell, T i64 one. */
// @ts-ignore: decorator
@inline
export function cellsAt<T>(at: usize, second: bool): v128 {
  if (!isVector<T>()) return v128.load(at);
  const a = v128.load(at);
  const b = v128.load(at, 16);
  return second ? v128.shuffle<u64>(a, b, 1, 3) : v128.shuffle<u64>(a, b, 0, 2);
}
