/** Leaves become sums, row by row. */
import { treeBytes, tKind, tValues, tOutput } from './layout';

/** Leaves as bytes, one value each. */
export function addBytes(leaves: usize, values: usize, rows: i32, sums: usize): void {
  for (let i: i32 = 0; i < rows; i += 8) {
    const eight = load<u64>(leaves + i);
    const sum = sums + (<usize>i << 3);
    two(values, <usize>eight, <usize>(eight >> 8), sum);
    two(values, <usize>(eight >> 16), <usize>(eight >> 24), sum + 16);
    two(values, <usize>(eight >> 32), <usize>(eight >> 40), sum + 32);
    two(values, <usize>(eight >> 48), <usize>(eight >> 56), sum + 48);
  }
}

// @ts-ignore: decorator
@inline
function two(values: usize, a: usize, b: usize, sum: usize): void {
  const pair = v128.load_lane<f64>(
    values + ((b & 255) << 3),
    v128.load_zero<f64>(values + ((a & 255) << 3)),
    1,
  );
  v128.store(sum, f64x2.add(v128.load(sum), pair));
}

/** Whether this tree and the next three have leaves as bytes and add to one output. */
export function fourFrom(tree: usize, end: usize): bool {
  if (tree + 4 * treeBytes > end) return false;
  const output = load<u32>(tree + tOutput);
  for (let k: usize = 0; k < 4; k++, tree += treeBytes)
    if (load<u32>(tree + tKind) > 1 || load<u32>(tree + tOutput) != output) return false;
  return true;
}

/** The leaves of four trees, in their order, with one pass over the sums. */
export function addFour(leaves: usize, tree: usize, rows: i32, sums: usize): void {
  const first = load<usize>(tree + tValues);
  const second = load<usize>(tree + treeBytes + tValues);
  const third = load<usize>(tree + 2 * treeBytes + tValues);
  const fourth = load<usize>(tree + 3 * treeBytes + tValues);
  for (let i: i32 = 0; i < rows; i += 4) {
    const a = load<u32>(leaves + i);
    const b = load<u32>(leaves + i, 256);
    const c = load<u32>(leaves + i, 512);
    const d = load<u32>(leaves + i, 768);
    const sum = sums + (<usize>i << 3);
    let low = f64x2.add(v128.load(sum), pair(first, a, a >> 8));
    let high = f64x2.add(v128.load(sum, 16), pair(first, a >> 16, a >> 24));
    low = f64x2.add(low, pair(second, b, b >> 8));
    high = f64x2.add(high, pair(second, b >> 16, b >> 24));
    low = f64x2.add(low, pair(third, c, c >> 8));
    high = f64x2.add(high, pair(third, c >> 16, c >> 24));
    low = f64x2.add(low, pair(fourth, d, d >> 8));
    high = f64x2.add(high, pair(fourth, d >> 16, d >> 24));
    v128.store(sum, low);
    v128.store(sum, high, 16);
  }
}

// @ts-ignore: decorator
@inline
function pair(values: usize, a: u32, b: u32): v128 {
  return v128.load_lane<f64>(
    values + (<usize>(b & 255) << 3),
    v128.load_zero<f64>(values + (<usize>(a & 255) << 3)),
    1,
  );
}

export function addWideBytes(leaves: usize, values: usize, width: usize, rows: i32, sums: usize): void {
  for (let i: i32 = 0; i < rows; i++) {
    const sum = sums + (<usize>i << 3);
    store<f64>(sum, load<f64>(sum) + load<f64>(values + ((<usize>load<u8>(leaves + i) * width) << 3)));
  }
}

export function addWords(leaves: usize, values: usize, width: usize, rows: i32, sums: usize): void {
  for (let i: i32 = 0; i < rows; i++) {
    const sum = sums + (<usize>i << 3);
    store<f64>(sum, load<f64>(sum) + load<f64>(values + ((load<usize>(leaves + (<usize>i << 2)) * width) << 3)));
  }
}
