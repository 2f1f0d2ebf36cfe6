/** Values to bins. */
import { lightgbmBounds } from './bounds';
import { pChunks, paramsAt } from './layout';

/** -0 and 0 are one value; larger keys are larger values. */
// @ts-ignore: decorator
@inline
function keyOf(value: f64): u64 {
  const bits = reinterpret<u64>(value + 0.0);
  return bits ^ (<u64>((<i64>bits) >> 63) | 0x8000000000000000);
}

// @ts-ignore: decorator
@inline
function valueOf(key: u64): f64 {
  return reinterpret<f64>(key >> 63 ? key ^ 0x8000000000000000 : ~key);
}

/**
 * Distinct values of a column, ascending, and how often each occurs. A task is 12 words: address of values (f64), count, address
 * of a second buffer of the same size, address of 6 x 2048 counters (out: address of the counts, f64), out: address of the
 * distinct values, out: values that are not NaN, 1 when values are rounded to 32 bits first, out: distinct values; where
 * LightGBM's borders are wanted: most bins (else 0), least rows of a bin, room for borders (out: how many), 1 when some value is
 * known to be missing.
 */
export function sortColumn(task: i32): void {
  const entry = (<usize>load<u32>(paramsAt + pChunks)) + <usize>task * 48;
  const values = <usize>load<u32>(entry);
  const count = <usize>load<u32>(entry + 4);
  const other = <usize>load<u32>(entry + 8);
  const counters = <usize>load<u32>(entry + 12);
  const single = load<u32>(entry + 24) === 1;
  memory.fill(counters, 0, 6 * 2048 * 4);
  let kept = values;
  for (let i: usize = 0; i < count; i++) {
    let value = load<f64>(values + (i << 3));
    if (value !== value) continue;
    if (single) value = <f64>(<f32>value);
    const key = keyOf(value);
    store<u64>(kept, key);
    kept += 8;
    for (let pass: usize = 0; pass < 6; pass++) {
      const at = counters + (pass << 13) + (((<usize>(key >> (11 * pass))) & 2047) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
  const n = (kept - values) >> 3;
  let from = values;
  let to = other;
  for (let pass: usize = 0; pass < 6; pass++) {
    const table = counters + (pass << 13);
    let sum: u32 = 0;
    let single = false;
    for (let b: usize = 0; b < 2048; b++) {
      const c = load<u32>(table + (b << 2));
      if (c === <u32>n) single = true;
      store<u32>(table + (b << 2), sum);
      sum += c;
    }
    // all keys share these bits: nothing to order
    if (single) continue;
    for (let i: usize = 0; i < n; i++) {
      const key = load<u64>(from + (i << 3));
      const at = table + (((<usize>(key >> (11 * pass))) & 2047) << 2);
      const place = load<u32>(at);
      store<u32>(at, place + 1);
      store<u64>(to + ((<usize>place) << 3), key);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  // distinct values in place, their counts in the other buffer
  let distinct: usize = 0;
  let i: usize = 0;
  while (i < n) {
    const key = load<u64>(from + (i << 3));
    const begin = i++;
    while (i < n && load<u64>(from + (i << 3)) === key) i++;
    store<f64>(from + (distinct << 3), valueOf(key));
    store<f64>(to + (distinct << 3), <f64>(i - begin));
    distinct++;
  }
  store<u32>(entry + 12, <u32>to);
  store<u32>(entry + 16, <u32>from);
  store<u32>(entry + 20, <u32>n);
  store<u32>(entry + 28, <u32>distinct);
  const maxBin = load<i32>(entry + 32);
  if (maxBin === 0) return;
  // missing values have a bin of their own
  const most = n < count || load<u32>(entry + 44) !== 0 ? maxBin - 1 : maxBin;
  const least = <f64>load<u32>(entry + 36);
  const bounds = lightgbmBounds(from, to, <i32>distinct, <f64>n, most, least, <usize>load<u32>(entry + 40));
  store<u32>(entry + 40, <u32>bounds);
}

/**
 * Bins of a range of rows of a column. A task is 12 words: address of values (f64), count, address of the first row's bin,
 * bytes from row to row, bytes of a bin, address of cuts (f64), number of cuts, bin of NaN, rule (0: bin = cuts <= value, 1:
 * bin = cuts < value), 1 when values are rounded to 32 bits first, first bin, address of a copy of the bins, row after row, or 0.
 */
export function binRows(task: i32): void {
  const entry = (<usize>load<u32>(paramsAt + pChunks)) + <usize>task * 48;
  const values = <usize>load<u32>(entry);
  const count = <usize>load<u32>(entry + 4);
  let out = <usize>load<u32>(entry + 8);
  const stride = <usize>load<u32>(entry + 12);
  const bytes = load<u32>(entry + 16) === 1;
  const cuts = <usize>load<u32>(entry + 20);
  const cutCount = <usize>load<u32>(entry + 24);
  const missing = load<u32>(entry + 28);
  const below = load<u32>(entry + 32) === 1;
  const single = load<u32>(entry + 36) === 1;
  const first = load<u32>(entry + 40);
  const copy = <usize>load<u32>(entry + 44);
  for (let i: usize = 0; i < count; i++) {
    let value = load<f64>(values + (i << 3));
    if (single) value = <f64>(<f32>value);
    let bin: u32 = missing;
    if (value === value) {
      // branchless search: number of cuts that lie below
      let base = cuts;
      let n = cutCount;
      if (below) {
        while (n > 1) {
          const half = n >> 1;
          base = select(base + (half << 3), base, load<f64>(base + ((half - 1) << 3)) < value);
          n -= half;
        }
        bin = first + <u32>((base - cuts) >> 3) + <u32>(n === 1 && load<f64>(base) < value);
      } else {
        while (n > 1) {
          const half = n >> 1;
          base = select(base + (half << 3), base, load<f64>(base + ((half - 1) << 3)) <= value);
          n -= half;
        }
        bin = first + <u32>((base - cuts) >> 3) + <u32>(n === 1 && load<f64>(base) <= value);
      }
    }
    if (bytes) {
      store<u8>(out, bin);
      if (copy !== 0) store<u8>(copy + i, bin);
    } else {
      store<u16>(out, bin);
      if (copy !== 0) store<u16>(copy + (i << 1), bin);
    }
    out += stride;
  }
}
