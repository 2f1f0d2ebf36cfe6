/** @file AssemblyScript (not TypeScript): numbers in ascending order, by radix: eleven bits at a time, from the lowest. */

const BITS: u64 = 11;
const DIGITS: i32 = 2048;
const PASSES: i32 = 6;

/** Bits of a double so that they order as whole numbers: all of them turned for negative ones, else the sign alone. */
// @ts-expect-error: decorator
@inline
function keyOf(bits: u64): u64 {
  return bits ^ (<u64>(<i64>bits >> 63) | 0x8000000000000000);
}

/** Back from {@link keyOf}. */
// @ts-expect-error: decorator
@inline
function bitsOf(key: u64): u64 {
  return key ^ (<u64>(<i64>~key >> 63) | 0x8000000000000000);
}

/**
 * Sorts `n` doubles in place, none of them NaN; -0 comes before 0.
 * @param spare room for as many; @param counts room for 6 · 2048 i32
 */
export function sort(values: usize, n: i32, spare: usize, counts: usize): void {
  memory.fill(counts, 0, <usize>(PASSES * DIGITS) << 2);
  for (let i = 0; i < n; i++) {
    const at = values + (<usize>i << 3);
    const key = keyOf(load<u64>(at));
    store<u64>(at, key);
    for (let pass = 0; pass < PASSES; pass++) {
      const digit = <i32>(key >> (<u64>pass * BITS)) & (DIGITS - 1);
      const place = counts + (<usize>(pass * DIGITS + digit) << 2);
      store<i32>(place, load<i32>(place) + 1);
    }
  }
  let from = values;
  let to = spare;
  for (let pass = 0; pass < PASSES; pass++) {
    const shift = <u64>pass * BITS;
    const table = counts + (<usize>(pass * DIGITS) << 2);
    // where all have one and the same digit there is nothing to do
    const first = <i32>(load<u64>(from) >> shift) & (DIGITS - 1);
    if (load<i32>(table + (<usize>first << 2)) == n) continue;
    let before = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const place = table + (<usize>digit << 2);
      const count = load<i32>(place);
      store<i32>(place, before);
      before += count;
    }
    for (let i = 0; i < n; i++) {
      const key = load<u64>(from + (<usize>i << 3));
      const place = table + (<usize>(<i32>(key >> shift) & (DIGITS - 1)) << 2);
      const index = load<i32>(place);
      store<i32>(place, index + 1);
      store<u64>(to + (<usize>index << 3), key);
    }
    const other = from;
    from = to;
    to = other;
  }
  for (let i = 0; i < n; i++)
    store<u64>(values + (<usize>i << 3), bitsOf(load<u64>(from + (<usize>i << 3))));
}
