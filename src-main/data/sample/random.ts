/** @file Random numbers that a seed fixes on every platform: integer arithmetic only. */

/** The next number in [0, 1). */
export type RandomSource = () => number;

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, passes gjrand; ample for synthetic data. */
export function randomSource(seed: number): RandomSource {
  let state = Math.trunc(seed) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Approximately standard normal: twelve uniform numbers added up (Irwin-Hall). No logarithm or cosine, whose last bit
 * differs between platforms; tails end at six.
 */
export function gaussian(random: RandomSource): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}
