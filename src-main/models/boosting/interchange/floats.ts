/** @file Neighbours of floating-point numbers, and thresholds moved between 32 and 64 bits without moving a row. */

const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);
const f64 = new Float64Array(1);
const u64 = new BigUint64Array(f64.buffer);

/** The next larger number of 32 bits; infinity stays. */
export function nextFloat(x: number): number {
  f32[0] = x;
  if (f32[0] === 0) {
    u32[0] = 1;
    return f32[0];
  }
  if (f32[0] === Infinity) return Infinity;
  u32[0] += f32[0] > 0 ? 1 : -1;
  return f32[0];
}

export const previousFloat = (x: number): number => -nextFloat(-x);

export function nextDouble(x: number): number {
  if (x === Infinity) return x;
  f64[0] = x === 0 ? 0 : x;
  if (f64[0] === 0) {
    u64[0] = 1n;
    return f64[0];
  }
  u64[0] += f64[0] > 0 ? 1n : -1n;
  return f64[0];
}

export const previousDouble = (x: number): number => -nextDouble(-x);

/** Largest number of 32 bits that is not larger than `x`. */
export function floorFloat(x: number): number {
  const near = Math.fround(x);
  return near <= x ? near : previousFloat(near);
}

/** Smallest number of 32 bits that is not smaller than `x`. */
export const ceilFloat = (x: number): number => -floorFloat(-x);

/** Largest finite number of 32 bits. */
export const maxFloat = Math.fround(3.4028234663852886e38);

/** `t` such that for every x of 32 bits, `x < t` asks what `x < threshold` (lt) or `x <= threshold` (le) asks. */
export const lessThanFloat = (threshold: number, compare: 'lt' | 'le'): number =>
  compare === 'lt' ? ceilFloat(threshold) : nextFloat(floorFloat(threshold));

/**
 * `t` such that for every x of 64 bits, `x <= t` asks what the split asks.
 * @param single the split rounds x to 32 bits before it compares; half-way cases go to the even neighbour
 */
export function atMostDouble(threshold: number, compare: 'lt' | 'le', single: boolean): number {
  if (!single) return compare === 'le' ? threshold : previousDouble(threshold);
  // largest number of 32 bits that goes left, and all of 64 bits that are rounded to it
  const last = compare === 'le' ? floorFloat(threshold) : previousFloat(ceilFloat(threshold));
  if (last === Infinity) return last;
  const middle = (rounding(last) + rounding(nextFloat(last))) / 2;
  return Math.fround(middle) === last ? middle : previousDouble(middle);
}

/** Rounding goes to infinity from where the next number of 32 bits would be, were there one. */
const rounding = (x: number): number => (Number.isFinite(x) ? x : Math.sign(x) * 2 ** 128);

/** Shortest decimal text that reads back as the same number of 32 bits. */
export function floatText(x: number): string {
  const value = Math.fround(x);
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}
