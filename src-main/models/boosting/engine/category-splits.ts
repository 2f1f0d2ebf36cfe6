/** @file Splits of a node by sets of categories: found here from the node's histogram, for the kernel looks at numbers only. */
import { findCategorySplit } from '../categories/category-split.ts';
import type { CategoryHistogram, CategorySplit, CategorySplitRules } from '../categories/category-split.ts';
import { createRandom } from '../../random.ts';
import * as at from '../kernels/assembly/layout.ts';
import { leafScore } from './leaf-rules.ts';
import { readCells } from './read-cells.ts';
import type { Store } from './store.ts';
import { countsWhole, leastGain } from './tree-node.ts';
import type { NodeSplit, TreeState } from './tree-node.ts';

/** @returns the best split of a node: `numeric`, or one by a set of categories, whose left sums are written to the node */
export function withCategories(
  store: Store,
  state: TreeState,
  node: number,
  numeric: NodeSplit | null,
): NodeSplit | null {
  const { options } = store;
  const { columns } = store.columns;
  const info = state.nodes[node];
  const maskAt = store.nodes.word(node, at.nMask);
  const mask = maskAt === 0 ? null : new Uint8Array(store.memory.memory.buffer, maskAt >>> 0, columns.length);
  const own = leafScore(info.gradient, info.hessian, info.output, options);
  const isWhole = countsWhole(options);
  const least = isWhole ? leastGain(own, options) : 0;
  let best = numeric;
  let taken: CategorySplit | null = null;
  for (const f of state.columns) {
    const column = columns[f];
    if (column.kind !== 1 || options.categories === null || (mask !== null && mask[f] === 0)) continue;
    const rules: CategorySplitRules = {
      ...options.categories,
      dialect: isWhole ? 'xgboost' : 'lightgbm',
      lambda: options.lambda,
      alpha: options.alpha,
      maxDeltaStep: options.maxDeltaStep,
      pathSmooth: options.pathSmooth,
      minHessian: options.minHessian,
      minRows: options.minRows,
      // a forest's splits are worth what they are worth without constraints
      ...(options.monotone === null || options.forest ? {} : { bounds: info.bounds }),
    };
    const random = options.extraRandom ? createRandom(options.seed, state.tree, 6, node, f) : null;
    const found = findCategorySplit(
      histogramOf(store, node, f, state.wide),
      { gradient: info.gradient, hessian: info.hessian, count: info.rows, output: info.output },
      rules,
      random === null ? null : (bound) => random.integer(bound),
    );
    if (found === null) continue;
    const gain = found.gain - (isWhole ? 0 : options.minGain);
    if (gain <= least) continue;
    if (best !== null && (gain < best.gain || (gain === best.gain && f > best.column))) continue;
    const set = new Uint32Array((column.values >> 5) + 1);
    for (const bin of found.set) set[bin >> 5] |= 1 << (bin & 31);
    if (found.missingInside) set[column.values >> 5] |= 1 << (column.values & 31);
    best = { column: f, bin: 0, defaultLeft: found.missingInside, set, gain, lambda: found.lambda };
    taken = found;
  }
  if (taken !== null && best !== null) writeLeft(store, node, best, state.wide);
  return best;
}

/** Sums of a categorical column by bin, as numbers. */
function histogramOf(store: Store, node: number, f: number, wide: boolean): CategoryHistogram {
  const cells = store.columns.columns[f].values;
  const { gradient, hessian, count } = readCells(store, node, f, cells, wide);
  // LightGBM estimates rows from second derivatives; where those are all 1 they are the rows
  return { gradient, hessian, count: countsWhole(store.options) ? count : null, begin: 0, bins: cells };
}

/** Whole-number sums of the rows whose bins are in the set. */
function writeLeft(store: Store, node: number, split: NodeSplit, wide: boolean): void {
  const column = store.columns.columns[split.column];
  const { i64 } = store.memory;
  const set = split.set!;
  const step = wide ? 2 : 1;
  const from = store.slots.addressOf(store.nodes.word(node, at.nSlot), column.cell) / 8;
  let sum0 = 0n;
  let sum1 = 0n;
  for (let bin = 0; bin <= column.values; bin++) {
    if (((set[bin >> 5] >>> (bin & 31)) & 1) === 0) continue;
    sum0 += i64[from + bin * step];
    if (wide) sum1 += i64[from + bin * step + 1];
  }
  store.nodes.setSum(node, at.nLeft0, sum0);
  store.nodes.setSum(node, at.nLeft1, sum1);
}
