/** @file Sums of a column in a node's histogram, as numbers. */
import * as at from '../kernels/assembly/layout.ts';
import type { Store } from './store.ts';

export interface ColumnCells {
  readonly gradient: Float64Array;
  /** rows where second derivatives are all 1 */
  readonly hessian: Float64Array;
  readonly count: Float64Array;
}

/**
 * @param f column
 * @param bins how many of the column's bins are read, from its first
 * @param wide a cell holds second derivatives too
 */
export function readCells(store: Store, node: number, f: number, bins: number, wide: boolean): ColumnCells {
  const gradient = new Float64Array(bins);
  const hessian = new Float64Array(bins);
  const count = new Float64Array(bins);
  const { i64, f64, u32 } = store.memory;
  const shift = BigInt(u32[(at.paramsAt + at.pShift) >> 2]);
  const mask = (1n << shift) - 1n;
  const unit = f64[(at.paramsAt + at.fGradientUnit) >> 3];
  const hessianUnit = f64[(at.paramsAt + at.fHessianUnit) >> 3];
  const { cell } = store.columns.columns[f];
  let from = store.slots.addressOf(store.nodes.word(node, at.nSlot), cell) / 8;
  for (let bin = 0; bin < bins; bin++) {
    const sum = i64[from++];
    gradient[bin] = Number(sum >> shift) * unit;
    const counted = wide ? i64[from++] : sum;
    count[bin] = Number(counted & mask);
    hessian[bin] = wide ? Number(counted >> shift) * hessianUnit : count[bin];
  }
  return { gradient, hessian, count };
}
