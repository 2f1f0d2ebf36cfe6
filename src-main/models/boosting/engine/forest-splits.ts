/** @file What forests ask of a node's histogram beyond its best split: constant columns, and borders between values it holds. */
import { firstDraw } from '../../random.ts';
import * as at from '../kernels/assembly/layout.ts';
import { binsOf } from './columns.ts';
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
export function withBorder(
  store: Store,
  { tree, wide }: TreeState,
  node: number,
  split: NodeSplit,
): NodeSplit {
  const { column: f, bin, set } = split;
  const column = store.columns.columns[f];
  const rowsIn = rowsByBin(store, node, f, wide);
  const complete = !(column.hasMissing && rowsIn(column.values));
  if (set !== null || bin < 0) return { ...split, complete };
  const { seed, extraRandom } = store.options;
  const random = extraRandom ? firstDraw(seed, tree, 8, node) : null;
  const { defaultLeft, gain, lambda } = split;
  const threshold = borderBetween(column, bin, rowsIn, random);
  return { column: f, bin, defaultLeft, set, gain, lambda, threshold, complete };
}

/** which bins the node asked for last has rows in, where it has no histogram */
const held = new Uint8Array(256);
const isHeld = (bin: number): boolean => held[bin] === 1;

/** Whether any row of the node lies in a bin of the column. */
function rowsByBin(store: Store, node: number, f: number, wide: boolean): (bin: number) => boolean {
  const { memory, nodes, lists, columns, slots } = store;
  const slot = nodes.word(node, at.nSlot);
  if (slot < 0) {
    const { address, stride } = binsOf(columns, f);
    const { u8, u32 } = memory;
    const first = lists.addressOf(node) >> 2;
    held.fill(0);
    for (let k = first + nodes.word(node, at.nCount) - 1; k >= first; k--)
      held[u8[address + u32[k] * stride]] = 1;
    return isHeld;
  }
  const { i64 } = memory;
  const from = slots.addressOf(slot, columns.columns[f].cell) / 8;
  // the sum that ends in the number of rows
  return wide ? (bin) => i64[from + 2 * bin + 1] !== 0n : (bin) => i64[from + bin] !== 0n;
}
