/**
 * @file Gradient histograms: for each column and bin the sums of gradients and hessians of a node's rows.
 * A node's larger child is its histogram minus the smaller child's, so each level reads at most half of the rows.
 */
import type { Bins } from './binning.ts';
import type { BinArray, BinSums, RowGradient } from './types.ts';

/**
 * @param rows row indices; those in [from, to) belong to the node
 * @param hessian null when it is 1 for each row (squared error without weights)
 * @param ordered scratch of at least 2 x (to - from): gradients in the order of `rows`, so each column reads them in line
 * @param columns which columns to fill
 * @param out pairs (gradient, hessian) per bin; overwritten for `columns`
 */
export function buildHistogram(
  bins: Bins,
  columns: Int32Array,
  rows: Uint32Array,
  from: number,
  to: number,
  gradient: RowGradient,
  hessian: RowGradient | null,
  ordered: Float32Array,
  out: BinSums,
): void {
  const n = to - from;
  const node = rows.subarray(from, to);
  for (let i = 0; i < n; i++) ordered[i] = gradient[node[i]];
  if (hessian !== null) for (let i = 0; i < n; i++) ordered[n + i] = hessian[node[i]];
  for (let c = 0; c < columns.length; c++) {
    const f = columns[c];
    const first = bins.offset[f];
    const sums = out.subarray(2 * first, 2 * bins.offset[f + 1]);
    sums.fill(0);
    const codes = bins.codes.subarray(f * bins.rows, (f + 1) * bins.rows);
    if (hessian === null) addCounted(codes, node, n, ordered, sums);
    else addWeighted(codes, node, n, ordered, sums);
  }
}

function addCounted(codes: BinArray, rows: Uint32Array, n: number, ordered: Float32Array, sums: BinSums): void {
  for (let i = 0; i < n; i++) {
    const at = codes[rows[i]] << 1;
    sums[at] += ordered[i];
    sums[at + 1] += 1;
  }
}

function addWeighted(codes: BinArray, rows: Uint32Array, n: number, ordered: Float32Array, sums: BinSums): void {
  for (let i = 0; i < n; i++) {
    const at = codes[rows[i]] << 1;
    sums[at] += ordered[i];
    sums[at + 1] += ordered[n + i];
  }
}

/** The plain version: what {@link buildHistogram} must equal. */
export function buildHistogramPlain(
  bins: Bins,
  rows: Uint32Array,
  from: number,
  to: number,
  gradient: RowGradient,
  hessian: RowGradient | null,
): BinSums {
  const columns = bins.cuts.length;
  const out = new Float64Array(2 * bins.offset[columns]);
  for (let i = from; i < to; i++)
    for (let f = 0; f < columns; f++) {
      const row = rows[i];
      const at = 2 * (bins.offset[f] + bins.codes[f * bins.rows + row]);
      out[at] += gradient[row];
      out[at + 1] += hessian === null ? 1 : hessian[row];
    }
  return out;
}

/** out = parent - sibling, for the bins of `columns`. `out` may be `parent`. */
export function subtractHistogram(
  bins: Bins,
  columns: Int32Array,
  parent: BinSums,
  sibling: BinSums,
  out: BinSums,
): void {
  for (let c = 0; c < columns.length; c++) {
    const end = 2 * bins.offset[columns[c] + 1];
    for (let i = 2 * bins.offset[columns[c]]; i < end; i++) out[i] = parent[i] - sibling[i];
  }
}

/** Buffers of one histogram each, reused from node to node. */
export class HistogramPool {
  readonly size: number;
  readonly free: BinSums[] = [];

  constructor(size: number) {
    this.size = size;
  }
  take(): BinSums {
    return this.free.pop() ?? new Float64Array(this.size);
  }
  give(buffer: BinSums): void {
    this.free.push(buffer);
  }
}
