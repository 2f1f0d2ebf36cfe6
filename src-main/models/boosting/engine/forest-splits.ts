/** @file What forests ask of a node's histogram beyond its best split: constant columns, and borders between values it holds. */
import { createRandom } from '../../random.ts';
import * as at from '../kernels/assembly/layout.ts';
import { borderBetween } from './forest-borders.ts';
import type { Store } from './store.ts';
import type { NodeSplit, TreeState } from './tree-node.ts';

/** All rows of the node lie in one bin of the column. */
export function isConstant(store: Store, { wide }: TreeState, node: number, f: number): boolean {
  const { values, hasMissing } = store.columns.columns[f];
  const rowsIn = rowsByBin(store, node, f, wide);
  let used = 0;
  for (let bin = 0; bin < values + Number(hasMissing); bin++) if (rowsIn(bin) && ++used > 1) return false;
  return true;
}

/** A forest's split with its border between the values that the node holds. */
export function withBorder(store: Store, { tree, wide }: TreeState, node: number, split: NodeSplit): NodeSplit {
  const { column: f, bin, set } = split;
  const column = store.columns.columns[f];
  const rowsIn = rowsByBin(store, node, f, wide);
  const complete = !(column.hasMissing && rowsIn(column.values));
  if (set !== null || bin < 0) return { ...split, complete };
  const { seed, extraRandom } = store.options;
  const random = extraRandom ? createRandom(seed, tree, 8, node).next() : null;
  return { ...split, complete, threshold: borderBetween(column, bin, rowsIn, random) };
}

/** Whether any row of the node lies in a bin of the column. */
function rowsByBin(store: Store, node: number, f: number, wide: boolean): (bin: number) => boolean {
  const { i64 } = store.memory;
  const from = store.slots.addressOf(store.nodes.word(node, at.nSlot), store.columns.columns[f].cell) / 8;
  // the sum that ends in the number of rows
  return wide ? (bin) => i64[from + 2 * bin + 1] !== 0n : (bin) => i64[from + bin] !== 0n;
}
