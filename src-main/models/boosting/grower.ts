/**
 * @file Grows one tree depth-first to a depth limit. Without a limit on leaves the order in which nodes are split
 * changes nothing, and depth-first needs two histograms per level instead of one per node.
 *
 * Rows are held as one permutation; a split partitions its range stably, so each child is a sorted range:
 *   before split  [a b c d e f]        one node, rows 0..5
 *   after split   [a d e | b c f]      left 0..2, right 3..5; no list is allocated
 */
import { createRandom, sampleIndices } from '../random.ts';
import type { Bins } from './binning.ts';
import { HistogramPool, buildHistogram, subtractHistogram } from './histogram.ts';
import type { Regularisation, Split } from './splitting.ts';
import { findSplit, leafWeight } from './splitting.ts';
import type { BinSums, RowGradient, Tree } from './types.ts';

export interface GrowthParams extends Regularisation {
  readonly maxDepth: number;
  /** least gain that is worth a split */
  readonly gamma: number;
  readonly learningRate: number;
  readonly columnShareByTree: number;
  readonly columnShareByLevel: number;
  readonly columnShareByNode: number;
  readonly seed: number;
}

/** Leaf value from the rows in it, for losses whose Newton step means nothing (absolute error, quantiles). */
export type LeafValue = (rows: Uint32Array) => number;

interface GrownNode {
  feature: number;
  threshold: number;
  left: number;
  defaultLeft: number;
  value: number;
  gain: number;
  cover: number;
}

const share = (n: number, part: number): number => Math.max(1, Math.floor(n * part));

/** Holds the buffers of a whole training; one tree after the other. */
export class Grower {
  readonly #bins: Bins;
  readonly #params: GrowthParams;
  readonly #pool: HistogramPool;
  readonly #rows: Uint32Array;
  readonly #scratch: Uint32Array;
  readonly #ordered: Float32Array;
  /** leaves of the last tree as ranges of the permutation */
  readonly #leaves: { node: number; from: number; to: number }[] = [];
  #nodes: GrownNode[] = [];

  constructor(bins: Bins, params: GrowthParams) {
    this.#bins = bins;
    this.#params = params;
    this.#pool = new HistogramPool(2 * bins.offset[bins.cuts.length]);
    this.#rows = new Uint32Array(bins.rows);
    this.#scratch = new Uint32Array(bins.rows);
    this.#ordered = new Float32Array(2 * bins.rows);
  }

  /** Adds the last tree's leaf values to the rows that grew it. */
  addTo(predicted: Float64Array, tree: Tree): void {
    const rows = this.#rows;
    for (const { node, from, to } of this.#leaves) {
      const value = tree.value[node];
      for (let i = from; i < to; i++) predicted[rows[i]] += value;
    }
  }

  /**
   * @param sample rows that take part, ascending
   * @param treeIndex names the random stream of the tree's column samples
   */
  grow(
    sample: Uint32Array,
    gradient: RowGradient,
    hessian: RowGradient | null,
    treeIndex: number,
    leafValue: LeafValue | null,
  ): Tree {
    const params = this.#params;
    this.#rows.set(sample);
    this.#leaves.length = 0;
    this.#nodes = [];
    const n = sample.length;
    const width = this.#bins.cuts.length;
    const columns =
      params.columnShareByTree < 1
        ? sampleIndices(createRandom(params.seed, treeIndex, 1), width, share(width, params.columnShareByTree))
        : Int32Array.from({ length: width }, (_, i) => i);
    let g = 0;
    let h = 0;
    for (let i = 0; i < n; i++) g += gradient[sample[i]];
    if (hessian === null) h = n;
    else for (let i = 0; i < n; i++) h += hessian[sample[i]];
    const root = this.#pool.take();
    buildHistogram(this.#bins, columns, this.#rows, 0, n, gradient, hessian, this.#ordered, root);
    this.#nodes.push(blankNode());
    this.#split(0, 0, n, 0, 1, root, g, h, { columns, gradient, hessian, treeIndex, leafValue });
    return this.#finish();
  }

  /** `path`: number of the node in a full binary tree, names its random stream */
  #split(
    node: number,
    from: number,
    to: number,
    depth: number,
    path: number,
    sums: BinSums,
    g: number,
    h: number,
    tree: TreeWork,
  ): void {
    const params = this.#params;
    this.#nodes[node].cover = h;
    const split =
      depth < params.maxDepth
        ? findSplit(this.#bins, this.#sampled(tree, depth, path), sums, g, h, params)
        : null;
    if (split === null || split.gain < params.gamma) {
      this.#pool.give(sums);
      this.#nodes[node].value =
        params.learningRate *
        (tree.leafValue === null ? leafWeight(g, h, params) : tree.leafValue(this.#rows.subarray(from, to)));
      this.#leaves.push({ node, from, to });
      return;
    }
    const middle = this.#partition(from, to, split);
    const left = this.#nodes.length;
    this.#nodes.push(blankNode(), blankNode());
    Object.assign(this.#nodes[node], {
      feature: split.feature,
      threshold: split.threshold,
      defaultLeft: split.defaultLeft ? 1 : 0,
      gain: split.gain,
      left,
    });
    const smaller = this.#pool.take();
    const leftIsSmaller = middle - from <= to - middle;
    const needed = depth + 1 < params.maxDepth;
    if (needed) {
      const [a, b] = leftIsSmaller ? [from, middle] : [middle, to];
      const { columns, gradient, hessian } = tree;
      buildHistogram(this.#bins, columns, this.#rows, a, b, gradient, hessian, this.#ordered, smaller);
      subtractHistogram(this.#bins, columns, sums, smaller, sums);
    }
    const { leftGradient: lg, leftHessian: lh } = split;
    const [leftSums, rightSums] = leftIsSmaller ? [smaller, sums] : [sums, smaller];
    this.#split(left, from, middle, depth + 1, 2 * path, leftSums, lg, lh, tree);
    this.#split(left + 1, middle, to, depth + 1, 2 * path + 1, rightSums, g - lg, h - lh, tree);
  }

  #sampled(tree: TreeWork, depth: number, path: number): Int32Array {
    const { columnShareByLevel, columnShareByNode, seed } = this.#params;
    let columns = tree.columns;
    const pick = (part: number, ...stream: number[]): void => {
      if (part >= 1) return;
      const chosen = sampleIndices(createRandom(seed, tree.treeIndex, ...stream), columns.length, share(columns.length, part));
      columns = Int32Array.from(chosen, (i) => columns[i]);
    };
    pick(columnShareByLevel, 2, depth);
    pick(columnShareByNode, 3, path);
    return columns;
  }

  /** Stable; returns the first row of the right child. */
  #partition(from: number, to: number, split: Split): number {
    const bins = this.#bins;
    const codes = bins.codes.subarray(split.feature * bins.rows, (split.feature + 1) * bins.rows);
    const missing = bins.hasMissing[split.feature] === 1 ? bins.cuts[split.feature].length : -1;
    const rows = this.#rows;
    const scratch = this.#scratch;
    const { bin, defaultLeft } = split;
    let left = from;
    let right = 0;
    for (let i = from; i < to; i++) {
      const row = rows[i];
      const code = codes[row];
      const goesLeft = code === missing ? defaultLeft : code < bin;
      if (goesLeft) rows[left++] = row;
      else scratch[right++] = row;
    }
    rows.set(scratch.subarray(0, right), left);
    return left;
  }

  #finish(): Tree {
    const nodes = this.#nodes;
    return {
      feature: Int32Array.from(nodes, (node) => node.feature),
      threshold: Float64Array.from(nodes, (node) => node.threshold),
      left: Int32Array.from(nodes, (node) => node.left),
      defaultLeft: Uint8Array.from(nodes, (node) => node.defaultLeft),
      value: Float64Array.from(nodes, (node) => node.value),
      gain: Float64Array.from(nodes, (node) => node.gain),
      cover: Float64Array.from(nodes, (node) => node.cover),
    };
  }
}

interface TreeWork {
  readonly columns: Int32Array;
  readonly gradient: RowGradient;
  readonly hessian: RowGradient | null;
  readonly treeIndex: number;
  readonly leafValue: LeafValue | null;
}

const blankNode = (): GrownNode => ({
  feature: -1,
  threshold: 0,
  left: 0,
  defaultLeft: 0,
  value: 0,
  gain: 0,
  cover: 0,
});
