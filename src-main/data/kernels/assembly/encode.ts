/** @file AssemblyScript (not TypeScript): numbers to dictionary indices, and indices to bits, as Parquet packs them. */

/** distinct readings found so far */
export let distinct: i32 = 0;
/** readings that are there, of the last call */
export let present: i32 = 0;

/** Forgets a dictionary. @param slots mask + 1 of i32 */
export function clear(slots: usize, mask: i32): void {
  memory.fill(slots, 0, (<usize>(mask + 1)) << 2);
  distinct = 0;
}

/**
 * Index of each reading in a dictionary in order of first appearance; missing ones are passed over.
 * @param values f64, n; @param slots i32 index + 1; @param keys f64 distinct readings
 * @returns false once there are more than `most`
 */
export function indexOf(
  values: usize,
  n: i32,
  slots: usize,
  mask: i32,
  keys: usize,
  most: i32,
  out: usize,
): bool {
  let at = out;
  for (let i = 0; i < n; i++) {
    const value = load<f64>(values + ((<usize>i) << 3)) + 0.0; // -0 and 0 are one reading
    if (value != value) continue;
    const bits = reinterpret<u64>(value);
    const hash = (bits ^ (bits >> 32)) * 0x9e3779b97f4a7c15;
    let slot = (<i32>(hash >> 40)) & mask;
    let index = load<i32>(slots + ((<usize>slot) << 2)) - 1;
    while (index >= 0 && load<f64>(keys + ((<usize>index) << 3)) != value) {
      slot = (slot + 1) & mask;
      index = load<i32>(slots + ((<usize>slot) << 2)) - 1;
    }
    if (index < 0) {
      if (distinct == most) return false;
      index = distinct++;
      store<f64>(keys + ((<usize>index) << 3), value);
      store<i32>(slots + ((<usize>slot) << 2), index + 1);
    }
    store<i32>(at, index);
    at += 4;
  }
  present = <i32>((at - out) >> 2);
  return true;
}

/**
 * Packs `n` (a multiple of 8) indices of `width` bits (1 to 24), lowest bit first. @returns bytes written
 */
export function pack(indices: usize, n: i32, width: i32, out: usize): usize {
  let at = out;
  let held: u64 = 0;
  let bits = 0;
  for (let i = 0; i < n; i++) {
    held |= (<u64>load<u32>(indices + ((<usize>i) << 2))) << (<u64>bits);
    bits += width;
    if (bits >= 32) {
      store<u32>(at, <u32>held);
      at += 4;
      held >>= 32;
      bits -= 32;
    }
  }
  while (bits > 0) {
    store<u8>(at++, <u8>held);
    held >>= 8;
    bits -= 8;
  }
  return at - out;
}
