/** @file Categories to bins. A category that has no bin (rare, unknown, missing) lies in the bin after them all. */
import type { SharedMemory } from './memory.ts';
import type { BinningOptions } from './types.ts';

/** most categories of a column that get a bin of their own */
const mostCategories = 65_534;

/**
 * Categories that get a bin, in the order of bins. LightGBM: the most frequent first, until they cover 99 % of the rows, none
 * with too few rows; at most max_bin. The others: every category, ascending.
 * @param values codes 0, 1, 2 ...; anything else is no category
 */
export function findCategories(values: Float64Array | Float32Array, options: BinningOptions): Int32Array {
  const counts = new Map<number, number>();
  let total = 0;
  for (const value of values) {
    if (!(value >= 0) || value > 0x7fffffff) continue;
    const code = Math.trunc(value);
    counts.set(code, (counts.get(code) ?? 0) + 1);
    total++;
  }
  const byCode = [...counts].sort(([a], [b]) => a - b);
  if (options.borders !== 'lightgbm')
    return Int32Array.from(byCode.slice(0, mostCategories), ([code]) => code);
  const byCount = byCode.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const enough = Math.round(total * 0.99);
  // LightGBM counts the bin of missing and rare categories among max_bin and, where values are missing, among the distinct
  // ones: without missing values the rarest category loses its bin as soon as the others cover 99 % of the rows
  const most = Math.min(options.maxBin, byCount.length + (total < values.length ? 1 : 0)) - 1;
  const kept: number[] = [];
  let covered = 0;
  for (const [code, count] of byCount) {
    if (covered >= enough && kept.length >= most) break;
    if (kept.length >= mostCategories || (count < options.minDataInBin && kept.length > 1)) break;
    kept.push(code);
    covered += count;
  }
  return Int32Array.from(kept);
}

/** Writes the bin of every row. */
export function binCategories(
  memory: SharedMemory,
  values: Float64Array | Float32Array,
  codes: Int32Array,
  missing: number,
  { address, stride }: { readonly address: number; readonly stride: number },
  width: 1 | 2,
): void {
  const binOf = new Map(Array.from(codes, (code, bin) => [code, bin]));
  const bytes = new Uint8Array(memory.memory.buffer);
  const words = new Uint16Array(memory.memory.buffer);
  for (let row = 0; row < values.length; row++) {
    const bin = binOf.get(Math.trunc(values[row])) ?? missing;
    const at = address + row * stride;
    if (width === 1) bytes[at] = bin;
    else words[at >> 1] = bin;
  }
}
