/** @file From bins back to values: the fitted form of one tree of nodes. */
import type { NodeTrees } from '../ensemble.ts';
import { nodeFlag } from '../ensemble.ts';
import type { Column } from './columns.ts';
import type { TreeNode } from './tree-node.ts';
import type { GrowerOptions } from './types.ts';

/** Largest value that goes left (LightGBM), or least that goes right (XGBoost), at a border after `bin`. */
export function thresholdAfter(column: Column, bin: number): number {
  const { edges, beyond } = column.borders;
  if (bin < 0) return Number.NEGATIVE_INFINITY;
  return bin < edges.length ? edges[bin] : beyond;
}

const noSets = Int32Array.of(0);
const noBits = new Uint32Array(0);

/** @returns the tree, and the nodes that are leaves, ascending: leaf k of the tree is node `leafNodes[k]` */
export function assembleNodes(
  nodes: readonly TreeNode[],
  columns: readonly Column[],
  options: GrowerOptions,
): { readonly trees: NodeTrees; readonly leafNodes: readonly number[] } {
  const n = nodes.length;
  // one piece of memory: eight of them cost as much as growing a small tree
  const buffer = new ArrayBuffer(n * 53);
  const floats = (k: number): Float64Array => new Float64Array(buffer, 8 * n * k, n);
  const whole = (k: number): Int32Array => new Int32Array(buffer, 40 * n + 4 * n * k, n);
  const [threshold, gain, value, cover, count] = [floats(0), floats(1), floats(2), floats(3), floats(4)];
  const [feature, left, right] = [whole(0).fill(-1), whole(1), whole(2)];
  const flags = new Uint8Array(buffer, 52 * n, n);
  const setStart: number[] = [0];
  const setBits: number[] = [];
  const leafNodes: number[] = [];
  nodes.forEach((node, k) => {
    const { split } = node;
    value[k] = node.output * options.learningRate;
    cover[k] = node.hessian;
    count[k] = node.rows;
    if (split === null || node.left === 0) {
      leafNodes.push(k);
      return;
    }
    const column = columns[split.column];
    feature[k] = split.column;
    left[k] = node.left;
    right[k] = node.left + 1;
    gain[k] = split.gain;
    if (split.defaultLeft) flags[k] |= nodeFlag.defaultLeft;
    if (split.set === null) {
      threshold[k] = split.threshold ?? thresholdAfter(column, split.bin);
      // LightGBM reads a missing value as 0 where training saw none
      if (options.policy === 'leafwise' && !options.forest && !column.hasMissing)
        flags[k] |= nodeFlag.missingNone;
      return;
    }
    flags[k] |= nodeFlag.category;
    threshold[k] = setStart.length - 1;
    const bits = codesOf(split.set, column.codes!);
    setBits.push(...bits);
    setStart.push(setBits.length);
  });
  const trees: NodeTrees = {
    shape: 'nodes',
    start: Int32Array.of(0, n),
    feature,
    threshold,
    left,
    right,
    flags,
    value,
    gain,
    cover,
    count,
    setStart: setStart.length === 1 ? noSets : Int32Array.from(setStart),
    setBits: setStart.length === 1 ? noBits : Uint32Array.from(setBits),
  };
  return { trees, leafNodes };
}

/** A set of bins as a set of category codes. */
function codesOf(set: Uint32Array, codes: Int32Array): Uint32Array {
  const inside = codes.filter((_, bin) => ((set[bin >> 5] >>> (bin & 31)) & 1) === 1);
  const bits = new Uint32Array(inside.length === 0 ? 0 : (Math.max(...inside) >> 5) + 1);
  for (const code of inside) bits[code >> 5] |= 1 << (code & 31);
  return bits;
}
