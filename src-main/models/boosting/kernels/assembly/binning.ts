/** Values to bins. */
import { lightgbmBounds } from './bounds';
import { pChunks, paramsAt } from './layout';

/** Column values lie in memory as 32-bit numbers; they are rounded to 32 bits before they are compared. */
const stored32: u32 = 1;
const rounded32: u32 = 2;

/** -0 and 0 are one value; larger keys are larger values. */
// @ts-ignore: decorator
@inline
function keyOf<K>(value: f64): K {
  if (sizeof<K>() === 4) {
    const bits = reinterpret<u32>(<f32>value + 0.0);
    return <K>(bits ^ (<u32>((<i32>bits) >> 31) | 0x80000000));
  }
  const bits = reinterpret<u64>(value + 0.0);
  return <K>(bits ^ (<u64>((<i64>bits) >> 63) | 0x8000000000000000));
}

// @ts-ignore: decorator
@inline
function valueOf<K>(key: K): f64 {
  if (sizeof<K>() === 4) {
    const bits = <u32>key;
    return <f64>reinterpret<f32>(bits >> 31 ? bits ^ 0x80000000 : ~bits);
  }
  const bits = <u64>key;
  return reinterpret<f64>(bits >> 63 ? bits ^ 0x8000000000000000 : ~bits);
}

/** Bits of a key that a pass orders by. */
const digitBits: u32 = 11;
const digits: usize = 2048;

/** Where sorted keys lie. */
let sorted: usize = 0;
let spare: usize = 0;

// @ts-ignore: decorator
@inline
function digitOf<K>(key: K, pass: u32): usize {
  return (<usize>(key >> <K>(digitBits * pass))) & (digits - 1);
}

// @ts-ignore: decorator
@inline
function tally<K>(counters: usize, key: K, pass: u32): void {
  const at = counters + (((<usize>pass) * digits + digitOf<K>(key, pass)) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * Orders `n` keys by counting their digits, which are counted already. They go back and forth between two places; the last is
 * {@link sorted}, the other {@link spare}.
 */
// @ts-ignore: decorator
@inline
function order<K>(keys: usize, other: usize, n: usize, counters: usize): void {
  const passes: u32 = sizeof<K>() === 4 ? 3 : 6;
  let from = keys;
  let to = other;
  for (let pass: u32 = 0; pass < passes; pass++) {
    const table = counters + (((<usize>pass) * digits) << 2);
    let sum: u32 = 0;
    let alike = false;
    for (let b: usize = 0; b < digits; b++) {
      const c = load<u32>(table + (b << 2));
      if (c === <u32>n) alike = true;
      store<u32>(table + (b << 2), sum);
      sum += c;
    }
    // all keys share these bits: nothing to order
    if (alike) continue;
    const end = from + n * sizeof<K>();
    for (let at = from; at < end; at += sizeof<K>()) {
      const key = load<K>(at);
      const place = table + (digitOf<K>(key, pass) << 2);
      const next = load<u32>(place);
      store<u32>(place, next + 1);
      store<K>(to + (<usize>next) * sizeof<K>(), key);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  sorted = from;
  spare = to;
}

/** Distinct values of sorted keys and how often each occurs, as f64. @returns how many */
// @ts-ignore: decorator
@inline
function distinctOf<K>(n: usize, values: usize, counts: usize): usize {
  const end = sorted + n * sizeof<K>();
  let at = sorted;
  let distinct: usize = 0;
  while (at < end) {
    const key = load<K>(at);
    const begin = at;
    at += sizeof<K>();
    while (at < end && load<K>(at) === key) at += sizeof<K>();
    store<f64>(values + (distinct << 3), valueOf<K>(key));
    store<f64>(counts + (distinct << 3), <f64>((at - begin) / sizeof<K>()));
    distinct++;
  }
  return distinct;
}

/** Keys of values of type V that are not NaN, with their digits counted. @returns how many; -1: 64 bits are needed */
// @ts-ignore: decorator
@inline
function keys32<V>(values: usize, rows: usize, keys: usize, counters: usize, rounded: bool): i32 {
  let kept = keys;
  const end = values + rows * sizeof<V>();
  for (let at = values; at < end; at += sizeof<V>()) {
    const value = <f64>load<V>(at);
    if (value !== value) continue;
    if (sizeof<V>() === 8 && !rounded && value !== <f64>(<f32>value)) return -1;
    const key = keyOf<u32>(value);
    store<u32>(kept, key);
    kept += 4;
    tally<u32>(counters, key, 0);
    tally<u32>(counters, key, 1);
    tally<u32>(counters, key, 2);
  }
  return <i32>((kept - keys) >> 2);
}

/** The same with keys of 64 bits, in the place of the values. */
function keys64(values: usize, rows: usize, counters: usize): i32 {
  let kept = values;
  const end = values + (rows << 3);
  for (let at = values; at < end; at += 8) {
    const value = load<f64>(at);
    if (value !== value) continue;
    const key = keyOf<u64>(value);
    store<u64>(kept, key);
    kept += 8;
    for (let pass: u32 = 0; pass < 6; pass++) tally<u64>(counters, key, pass);
  }
  return <i32>((kept - values) >> 3);
}

/**
 * Distinct values of a column, ascending, and how often each occurs. A task is 12 words: address of values, count, address of
 * a second buffer (both have room for `count` f64), address of 6 x 2048 counters (out: address of the counts, f64), out: address
 * of the distinct values, out: values that are not NaN, 1 when values are 32-bit numbers and 2 when they are rounded to such
 * first, out: distinct values; where LightGBM's borders are wanted: most bins (else 0), least rows of a bin, room for borders
 * (out: how many), 1 when some value is known to be missing.
 */
export function sortColumn(task: i32): void {
  const entry = (<usize>load<u32>(paramsAt + pChunks)) + <usize>task * 48;
  const values = <usize>load<u32>(entry);
  const count = <usize>load<u32>(entry + 4);
  const other = <usize>load<u32>(entry + 8);
  const counters = <usize>load<u32>(entry + 12);
  const kind = load<u32>(entry + 24);
  memory.fill(counters, 0, 3 * digits * 4);
  // most columns are 32-bit numbers, whatever they are stored as: half the memory and half the passes
  let n =
    (kind & stored32) !== 0
      ? keys32<f32>(values, count, other, counters, true)
      : keys32<f64>(values, count, other, counters, (kind & rounded32) !== 0);
  let distinct: usize;
  let distinctAt = values;
  let counts = other;
  if (n >= 0) {
    // keys end in the upper half of the buffer, whose lower half fills with counts no faster than they are read
    const upper = other + (count << 2);
    order<u32>(other, upper, n, counters);
    if (sorted !== upper) {
      memory.copy(upper, sorted, (<usize>n) << 2);
      sorted = upper;
    }
    distinct = distinctOf<u32>(n, values, other);
  } else {
    memory.fill(counters, 0, 6 * digits * 4);
    n = keys64(values, count, counters);
    order<u64>(values, other, n, counters);
    distinctAt = sorted;
    counts = spare;
    distinct = distinctOf<u64>(n, sorted, spare);
  }
  store<u32>(entry + 12, <u32>counts);
  store<u32>(entry + 16, <u32>distinctAt);
  store<u32>(entry + 20, <u32>n);
  store<u32>(entry + 28, <u32>distinct);
  const maxBin = load<i32>(entry + 32);
  if (maxBin === 0) return;
  // missing values have a bin of their own
  const most = <usize>n < count || load<u32>(entry + 44) !== 0 ? maxBin - 1 : maxBin;
  const least = <f64>load<u32>(entry + 36);
  const bounds = lightgbmBounds(distinctAt, counts, <i32>distinct, <f64>n, most, least, <usize>load<u32>(entry + 40));
  store<u32>(entry + 40, <u32>bounds);
}

/** Number of cuts that lie below a value, or at it: B u8 `cut <= value`, u16 `cut < value`. A search without branches. */
// @ts-ignore: decorator
@inline
function cutsBelow<B>(cuts: usize, cutCount: usize, value: f64): u32 {
  let base = cuts;
  let n = cutCount;
  while (n > 1) {
    const half = n >> 1;
    const middle = load<f64>(base + ((half - 1) << 3));
    base = select(base + (half << 3), base, sizeof<B>() === 1 ? middle <= value : middle < value);
    n -= half;
  }
  const last = load<f64>(base);
  return <u32>((base - cuts) >> 3) + <u32>(n === 1 && (sizeof<B>() === 1 ? last <= value : last < value));
}

/**
 * Bins of a range of rows of a column. A task is 12 words: address of values, count, address of the first row's bin,
 * bytes from row to row, bytes of a bin, address of cuts (f64), number of cuts, bin of NaN, rule (0: bin = cuts <= value, 1:
 * bin = cuts < value), 1 when values are 32-bit numbers and 2 when they are rounded to such first, first bin, address of a copy
 * of the bins, row after row, or 0.
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
  const kind = load<u32>(entry + 36);
  const is32 = (kind & stored32) !== 0;
  const rounded = (kind & rounded32) !== 0;
  const first = load<u32>(entry + 40);
  const copy = <usize>load<u32>(entry + 44);
  for (let i: usize = 0; i < count; i++) {
    let value = is32 ? <f64>load<f32>(values + (i << 2)) : load<f64>(values + (i << 3));
    if (rounded) value = <f64>(<f32>value);
    let bin: u32 = missing;
    if (value === value)
      bin = first + (below ? cutsBelow<u16>(cuts, cutCount, value) : cutsBelow<u8>(cuts, cutCount, value));
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
