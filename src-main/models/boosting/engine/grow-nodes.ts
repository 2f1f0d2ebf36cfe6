/**
 * @file Grows trees of nodes: depthwise, lossguide (XGBoost) and leafwise (LightGBM). They differ in which node is split next;
 * depthwise splits a level in one batch, the others one node at a time.
 */
import { findCategorySplit } from '../categories/category-split.ts';
import type { CategorySplit, CategorySplitRules } from '../categories/category-split.ts';
import type { NodeTrees } from '../ensemble.ts';
import { createRandom } from '../../random.ts';
import * as at from '../kernels/assembly/layout.ts';
import { allowedAfter, columnsInTurn, columnsOfLevel, columnsOfNode, columnsOfTree } from './column-draws.ts';
import { borderBetween } from './forest-borders.ts';
import type { Bounds } from './leaf-rules.ts';
import { leafOutput, leafScore } from './leaf-rules.ts';
import { assembleNodes } from './node-tree.ts';
import { readCells } from './read-cells.ts';
import { batchNodes } from './store.ts';
import type { Division, Store } from './store.ts';
import type { ForestRules, GrowRequest, GrowerOptions } from './types.ts';

/** A smaller gain is rounding noise (XGBoost's kRtEps). */
const xgboostLeastGain = 1e-6;
/** The same for forests, as a share of what the node scores itself: whatever unit the target has. */
const forestLeastGain = 1e-11;

export interface NodeSplit {
  readonly column: number;
  /** rows in bins up to this one go left; unused for a set */
  readonly bin: number;
  readonly defaultLeft: boolean;
  /** bins that go left; null for a border */
  readonly set: Uint32Array | null;
  readonly gain: number;
  /** L2 penalty of the children's values; LightGBM's cat_l2 is in it where categories were sorted */
  readonly lambda: number;
  /** value of the border where it follows from the node's own values; absent: from the bins */
  readonly threshold?: number;
  /** no row of the node lacks the value */
  readonly complete?: boolean;
}

export interface TreeNode {
  readonly depth: number;
  readonly bounds: Bounds;
  /** value before shrinkage */
  readonly output: number;
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
  /** columns split on above; kept only where interactions are constrained */
  readonly path: readonly number[];
  split: NodeSplit | null;
  /** number of the left child, the right one follows; 0 for a leaf */
  left: number;
}

interface Found {
  readonly trees: NodeTrees;
  readonly leafNodes: readonly number[];
}

const free: Bounds = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };

export class NodeGrower {
  readonly #store: Store;
  readonly #options: GrowerOptions;
  readonly #isXgboost: boolean;
  readonly #present: Int32Array;
  readonly #hasCategories: boolean;
  readonly #forest: ForestRules | null;
  /** LightGBM takes min_gain_to_split off a gain, the others compare with it */
  readonly #countsWhole: boolean;
  /** nodes whose drawn columns are all constant: the draw goes on */
  #unsplit: number[] = [];
  #nodes: TreeNode[] = [];
  #tree = 0;
  #wide = false;
  #ofTree: Int32Array | null = null;
  #masked = false;
  #leaves = 1;

  constructor(store: Store) {
    this.#store = store;
    this.#options = store.options;
    this.#isXgboost = store.options.policy !== 'leafwise';
    this.#forest = store.options.forest ?? null;
    this.#countsWhole = this.#isXgboost || this.#forest !== null;
    const columns = store.columns.columns;
    this.#present = Int32Array.from(columns.keys()).filter((f) => columns[f].values + Number(columns[f].hasMissing) > 1);
    this.#hasCategories = columns.some((column) => column.kind === 1);
  }

  grow(request: GrowRequest): Found {
    const { policy, maxLeaves, columnShare, interactions } = this.#options;
    const store = this.#store;
    this.#tree = request.tree;
    this.#wide = !request.constantHessian;
    this.#nodes = [];
    this.#leaves = 1;
    store.begin(request);
    if (columnShare.tree < 1 || this.#ofTree === null) {
      this.#ofTree = columnsOfTree(this.#present, this.#options, request.tree);
      store.useColumns(this.#ofTree);
    }
    const fewer = this.#forest !== null && this.#forest.columns < store.columns.columns.length;
    this.#masked = columnShare.level < 1 || columnShare.node < 1 || interactions !== null || fewer;
    this.#addNode(0, 0, free, 0, [], this.#options);
    this.#search([0]);
    if (policy === 'depthwise') {
      let level = this.#splittable([0]);
      while (level.length > 0) {
        if (maxLeaves > 0) level = level.slice(0, maxLeaves - this.#leaves);
        level = this.#splittable(this.#expand(level));
      }
    } else {
      let candidates = this.#splittable([0]);
      while (candidates.length > 0 && (maxLeaves === 0 || this.#leaves < maxLeaves)) {
        const best = this.#bestOf(candidates);
        candidates = candidates.filter((node) => node !== best);
        candidates.push(...this.#splittable(this.#expand([best])));
      }
    }
    const assembled = assembleNodes(this.#nodes, store.columns.columns, this.#options);
    store.markLeaves(assembled.leafNodes);
    if (!store.allRows) this.#traverseOthers(assembled.leafNodes);
    return assembled;
  }

  #addNode(
    node: number,
    depth: number,
    bounds: Bounds,
    parentOutput: number,
    path: readonly number[],
    options: GrowerOptions,
  ): void {
    const store = this.#store;
    const gradient = store.nodeFloat(node, at.nGradient);
    const hessian = store.nodeFloat(node, at.nHessian);
    const rows = store.nodeWord(node, at.nCount);
    const output = leafOutput(gradient, hessian, rows, parentOutput, bounds, options);
    this.#nodes[node] = { depth, bounds, output, gradient, hessian, rows, path, split: null, left: 0 };
    store.setNodeWord(node, at.nSlot, -1);
  }

  /** Ties go to the node that was made first. */
  #bestOf(candidates: readonly number[]): number {
    let best = candidates[0];
    for (const node of candidates) {
      const [gain, bestGain] = [this.#nodes[node].split!.gain, this.#nodes[best].split!.gain];
      if (gain > bestGain || (gain === bestGain && node < best)) best = node;
    }
    return best;
  }

  #splittable(nodes: readonly number[]): number[] {
    return nodes.filter((node) => this.#nodes[node].split !== null);
  }

  /** Whether it is worth looking for a split. */
  #mayBeSplit(node: number): boolean {
    const { depth, rows, hessian } = this.#nodes[node];
    const { maxDepth, maxLeaves, minRows, minHessian } = this.#options;
    if (maxDepth > 0 && depth >= maxDepth) return false;
    if (maxLeaves > 0 && this.#leaves >= maxLeaves) return false;
    if (rows < (this.#forest?.minSplitRows ?? 0)) return false;
    return rows >= 2 * Math.max(1, minRows) && hessian >= 2 * minHessian;
  }

  /** Splits nodes, all of which have a split. @returns their children */
  #expand(parents: readonly number[]): number[] {
    const store = this.#store;
    const first = this.#nodes.length;
    store.reserveNodes(first + 2 * parents.length);
    const children = parents.map((_, k) => first + 2 * k);
    store.divide(
      parents,
      parents.map((node) => this.#divisionOf(node)),
      children,
    );
    this.#leaves += parents.length;
    parents.forEach((node, k) => {
      store.threads.kernel.divide(node, children[k], children[k] + 1);
      this.#makeChildren(node, children[k]);
    });
    this.#searchChildren(parents);
    return children.flatMap((left) => [left, left + 1]);
  }

  #divisionOf(node: number): Division {
    const split = this.#nodes[node].split!;
    const { column, bin, defaultLeft, set } = split;
    const low = bin + 1;
    const span = defaultLeft ? this.#store.columns.columns[column].values - low : 0x7fffffff;
    return { column, low, span, set };
  }

  /** Children of a node: their bounds where monotone constraints hold, as XGBoost and LightGBM's `basic` set them. */
  #makeChildren(node: number, left: number): void {
    const parent = this.#nodes[node];
    const { monotone, interactions } = this.#options;
    const store = this.#store;
    parent.left = left;
    const column = parent.split!.column;
    const path = interactions === null ? parent.path : [...parent.path, column];
    const direction = monotone?.[column] ?? 0;
    const bounds: [Bounds, Bounds] = [parent.bounds, parent.bounds];
    if (direction !== 0) {
      const [a, b] = [left, left + 1].map((child) =>
        leafOutput(
          store.nodeFloat(child, at.nGradient),
          store.nodeFloat(child, at.nHessian),
          store.nodeWord(child, at.nCount),
          parent.output,
          parent.bounds,
          this.#options,
        ),
      );
      const middle = (a + b) / 2;
      const [below, above] = [{ ...parent.bounds, upper: middle }, { ...parent.bounds, lower: middle }];
      bounds[0] = direction > 0 ? below : above;
      bounds[1] = direction > 0 ? above : below;
    }
    const { lambda } = parent.split!;
    const options = lambda === this.#options.lambda ? this.#options : { ...this.#options, lambda };
    this.#addNode(left, parent.depth + 1, bounds[0], parent.output, path, options);
    this.#addNode(left + 1, parent.depth + 1, bounds[1], parent.output, path, options);
    if (this.#forest !== null && parent.split!.complete === true)
      parent.split = { ...parent.split!, defaultLeft: this.#nodes[left].rows > this.#nodes[left + 1].rows };
  }

  // --- search -----------------------------------------------------------------------------------------------------------

  /** Histogram and split of the root. */
  #search(nodes: readonly [number]): void {
    const store = this.#store;
    if (store.blockCount === 0 || !this.#mayBeSplit(nodes[0])) return;
    store.setNodeWord(0, at.nSlot, store.takeSlot());
    store.setPair(0, 0, -1, at.pairFindBuilt);
    this.#prepare(0, 0);
    store.buildHistograms(1, store.drawn);
    this.#settle(0, 0);
    this.#drawOn();
  }

  /** Histograms and splits of the children of `parents`, whose own histograms are given up. */
  #searchChildren(parents: readonly number[]): void {
    const store = this.#store;
    let pairs = 0;
    let rows = 0;
    let batch: number[][] = [];
    const flush = (): void => {
      if (pairs > 0) store.buildHistograms(pairs, rows);
      batch.forEach(([a, b], k) => {
        if (a >= 0) this.#settle(a, 2 * k);
        if (b >= 0) this.#settle(b, 2 * k + 1);
      });
      this.#drawOn();
      pairs = 0;
      rows = 0;
      batch = [];
    };
    for (const parent of parents) {
      const { left } = this.#nodes[parent];
      const [wantLeft, wantRight] = [this.#mayBeSplit(left), this.#mayBeSplit(left + 1)];
      let slot = store.nodeWord(parent, at.nSlot);
      store.setNodeWord(parent, at.nSlot, -1);
      if (!wantLeft && !wantRight) {
        store.giveSlot(slot);
        continue;
      }
      if (pairs === batchNodes || store.freeSlots < 2) flush();
      if (store.freeSlots < 2) {
        this.#evict();
        store.giveSlot(slot);
        slot = -1;
      }
      const leftSmaller = this.#nodes[left].rows <= this.#nodes[left + 1].rows;
      const [small, large] = leftSmaller ? [left, left + 1] : [left + 1, left];
      const [wantSmall, wantLarge] = leftSmaller ? [wantLeft, wantRight] : [wantRight, wantLeft];
      if (slot < 0 && !wantSmall) {
        // nothing to subtract from, and only the larger child is of interest
        this.#place(large, store.takeSlot(), pairs * 2);
        store.setPair(pairs, large, -1, at.pairFindBuilt);
        rows += this.#nodes[large].rows;
        batch.push([large, -1]);
      } else {
        this.#place(small, store.takeSlot(), pairs * 2);
        rows += this.#nodes[small].rows;
        let flags = wantSmall ? at.pairFindBuilt : 0;
        if (wantLarge) {
          flags |= at.pairFindOther | (slot < 0 ? at.pairBoth : at.pairSubtract);
          this.#place(large, slot < 0 ? store.takeSlot() : slot, pairs * 2 + 1);
          if (slot < 0) rows += this.#nodes[large].rows;
        } else store.giveSlot(slot);
        store.setPair(pairs, small, wantLarge ? large : -1, flags);
        batch.push([wantSmall ? small : -1 - small, wantLarge ? large : -1]);
      }
      pairs++;
    }
    flush();
    // a child that was only a means to its sibling's histogram
    for (const parent of parents) {
      const { left } = this.#nodes[parent];
      for (const child of [left, left + 1])
        if (this.#nodes[child].split === null) this.#release(child);
    }
  }

  #place(node: number, slot: number, result: number): void {
    this.#store.setNodeWord(node, at.nSlot, slot);
    this.#prepare(node, result);
  }

  #release(node: number): void {
    this.#store.giveSlot(this.#store.nodeWord(node, at.nSlot));
    this.#store.setNodeWord(node, at.nSlot, -1);
  }

  /** All slots are taken: every node gives its own up, and its children will be read from rows. */
  #evict(): void {
    for (const node of this.#nodes.keys()) this.#release(node);
  }

  /** What the kernel must know of a node to search it. */
  #prepare(node: number, batchPlace: number): void {
    const store = this.#store;
    const { gradient, hessian, output, bounds, depth, path } = this.#nodes[node];
    const score = leafScore(gradient, hessian, output, this.#options);
    store.setNodeFloat(node, at.nThreshold, score + this.#leastGain(score));
    store.setNodeFloat(node, at.nLower, bounds.lower);
    store.setNodeFloat(node, at.nUpper, bounds.upper);
    store.setNodeFloat(node, at.nOutput, output);
    if (this.#options.extraRandom)
      store.setNodeWord(node, at.nStream, createRandom(this.#options.seed, this.#tree, 5, node).integer(2 ** 32));
    if (!this.#masked) {
      store.setNodeWord(node, at.nMask, 0);
      return;
    }
    const mask = store.mask(batchPlace);
    mask.fill(0);
    store.setNodeWord(node, at.nMask, store.maskAddress(batchPlace));
    if (this.#forest !== null) {
      const { order, first } = this.#inTurn(node);
      for (const f of order.slice(0, first)) mask[f] = 1;
      return;
    }
    const { interactions } = this.#options;
    const allowed = interactions === null ? null : allowedAfter(path, interactions);
    const ofLevel = columnsOfLevel(this.#ofTree!, this.#options, this.#tree, depth);
    for (const f of columnsOfNode(ofLevel, this.#options, this.#tree, node))
      if (allowed === null || allowed.has(f)) mask[f] = 1;
  }

  /** A gain must be larger. @param score of the node as a leaf */
  #leastGain(score: number): number {
    if (this.#forest !== null) return score * forestLeastGain;
    return this.#isXgboost ? xgboostLeastGain : this.#options.minGain;
  }

  #inTurn(node: number): { readonly order: readonly number[]; readonly first: number } {
    return columnsInTurn(this.#present, this.#store.columns.columns.length, this.#options, this.#tree, node);
  }

  /**
   * scikit-learn tries columns past max_features as long as all it has drawn are constant in the node.
   * @see sklearn/tree/_splitter.pyx, node_split_best
   */
  #drawOn(): void {
    const nodes = this.#unsplit;
    this.#unsplit = [];
    for (const node of nodes) {
      const { order, first } = this.#inTurn(node);
      const next = order.slice(0, first).every((f) => this.#isConstant(node, f))
        ? order.slice(first).find((f) => !this.#isConstant(node, f))
        : undefined;
      if (next === undefined) {
        this.#release(node);
        continue;
      }
      const mask = this.#store.mask(0);
      mask.fill(0);
      mask[next] = 1;
      this.#store.setNodeWord(node, at.nMask, this.#store.maskAddress(0));
      this.#store.search(node);
      this.#settle(node, 0, true);
    }
  }

  /** All rows of the node lie in one bin of the column. */
  #isConstant(node: number, f: number): boolean {
    const { values, hasMissing } = this.#store.columns.columns[f];
    const rowsIn = this.#rowsByBin(node, f);
    let used = 0;
    for (let bin = 0; bin < values + Number(hasMissing); bin++) if (rowsIn(bin) && ++used > 1) return false;
    return true;
  }

  /** Whether any row of the node lies in a bin of the column. */
  #rowsByBin(node: number, f: number): (bin: number) => boolean {
    const store = this.#store;
    const { i64 } = store.memory;
    const from = store.cellAddress(store.nodeWord(node, at.nSlot), store.columns.columns[f].cell, this.#wide) / 8;
    // the sum that ends in the number of rows
    return this.#wide ? (bin) => i64[from + 2 * bin + 1] !== 0n : (bin) => i64[from + bin] !== 0n;
  }

  /** Takes over what the kernel found, and looks at categories; a node without a split gives up its slot. */
  #settle(node: number, result: number, last = false): void {
    const store = this.#store;
    const info = this.#nodes[node];
    const { minGain } = this.#options;
    let split: NodeSplit | null = null;
    const column = store.threads.kernel.choose(node, result);
    const own = leafScore(info.gradient, info.hessian, info.output, this.#options);
    if (column >= 0)
      split = {
        column,
        bin: store.nodeWord(node, at.nBin),
        defaultLeft: store.nodeWord(node, at.nDefaultLeft) === 1,
        set: null,
        lambda: this.#options.lambda,
        gain: store.nodeFloat(node, at.nScore) - own - (this.#countsWhole ? 0 : minGain),
      };
    if (this.#hasCategories) split = this.#withCategories(node, split);
    if (split === null && this.#forest !== null && this.#masked && !last) {
      this.#unsplit.push(node);
      return;
    }
    if (split !== null && this.#countsWhole && split.gain < minGain) split = null;
    info.split = split !== null && this.#forest !== null ? this.#settled(node, split) : split;
    if (split === null) this.#release(node);
  }

  /** A forest's split with its border between the values that the node holds. */
  #settled(node: number, split: NodeSplit): NodeSplit {
    const { column: f, bin, set } = split;
    const column = this.#store.columns.columns[f];
    const rowsIn = this.#rowsByBin(node, f);
    const complete = !(column.hasMissing && rowsIn(column.values));
    if (set !== null || bin < 0) return { ...split, complete };
    const { seed, extraRandom } = this.#options;
    const random = extraRandom ? createRandom(seed, this.#tree, 8, node).next() : null;
    return { ...split, complete, threshold: borderBetween(column, bin, rowsIn, random) };
  }

  #withCategories(node: number, numeric: NodeSplit | null): NodeSplit | null {
    const store = this.#store;
    const options = this.#options;
    const { columns } = store.columns;
    const info = this.#nodes[node];
    const maskAt = store.nodeWord(node, at.nMask);
    const mask = maskAt === 0 ? null : new Uint8Array(store.memory.memory.buffer, maskAt >>> 0, columns.length);
    const own = leafScore(info.gradient, info.hessian, info.output, options);
    const least = this.#countsWhole ? this.#leastGain(own) : 0;
    let best = numeric;
    let taken: CategorySplit | null = null;
    for (const f of this.#ofTree!) {
      const column = columns[f];
      if (column.kind !== 1 || options.categories === null || (mask !== null && mask[f] === 0)) continue;
      const rules: CategorySplitRules = {
        ...options.categories,
        dialect: this.#countsWhole ? 'xgboost' : 'lightgbm',
        lambda: options.lambda,
        alpha: options.alpha,
        maxDeltaStep: options.maxDeltaStep,
        pathSmooth: options.pathSmooth,
        minHessian: options.minHessian,
        minRows: options.minRows,
        // a forest's splits are worth what they are worth without constraints
        ...(options.monotone === null || this.#forest !== null ? {} : { bounds: info.bounds }),
      };
      const random = options.extraRandom ? createRandom(options.seed, this.#tree, 6, node, f) : null;
      const found = findCategorySplit(
        this.#categoryHistogram(node, f),
        { gradient: info.gradient, hessian: info.hessian, count: info.rows, output: info.output },
        rules,
        random === null ? null : (bound) => random.integer(bound),
      );
      if (found === null) continue;
      const gain = found.gain - (this.#countsWhole ? 0 : options.minGain);
      if (gain <= least) continue;
      if (best !== null && (gain < best.gain || (gain === best.gain && f > best.column))) continue;
      const set = new Uint32Array((column.values >> 5) + 1);
      for (const bin of found.set) set[bin >> 5] |= 1 << (bin & 31);
      if (found.missingInside) set[column.values >> 5] |= 1 << (column.values & 31);
      best = { column: f, bin: 0, defaultLeft: found.missingInside, set, gain, lambda: found.lambda };
      taken = found;
    }
    if (taken !== null && best !== null) this.#writeLeft(node, best);
    return best;
  }

  /** Sums of a categorical column by bin, as numbers. */
  #categoryHistogram(node: number, f: number) {
    const store = this.#store;
    const cells = store.columns.columns[f].values;
    const { gradient, hessian, count } = readCells(store, node, f, cells, this.#wide);
    // LightGBM estimates rows from second derivatives; where those are all 1 they are the rows
    return { gradient, hessian, count: this.#countsWhole ? count : null, begin: 0, bins: cells };
  }

  /** Whole-number sums of the rows whose bins are in the set. */
  #writeLeft(node: number, split: NodeSplit): void {
    const store = this.#store;
    const column = store.columns.columns[split.column];
    const { i64 } = store.memory;
    const set = split.set!;
    const slot = store.nodeWord(node, at.nSlot);
    const step = this.#wide ? 2 : 1;
    const from = store.cellAddress(slot, column.cell, this.#wide) / 8;
    let sum0 = 0n;
    let sum1 = 0n;
    for (let bin = 0; bin <= column.values; bin++) {
      if (((set[bin >> 5] >>> (bin & 31)) & 1) === 0) continue;
      sum0 += i64[from + bin * step];
      if (this.#wide) sum1 += i64[from + bin * step + 1];
    }
    store.setNodeSum(node, at.nLeft0, sum0);
    store.setNodeSum(node, at.nLeft1, sum1);
  }

  #traverseOthers(leafNodes: readonly number[]): void {
    const nodes = this.#nodes;
    const words = new Uint32Array(nodes.length * 8);
    const leafNumber = new Map(leafNodes.map((node, leaf) => [node, leaf]));
    let depth = 0;
    nodes.forEach((node, n) => {
      depth = Math.max(depth, node.depth);
      if (node.left === 0) {
        words.set([0xffffffff, 0, 0, 0, leafNumber.get(n)!], 8 * n);
        return;
      }
      const { column, low, span, set } = this.#divisionOf(n);
      words.set([column, low, span, set === null ? 0 : this.#store.putSet(set), node.left, node.left + 1], 8 * n);
    });
    this.#store.traverse(words, depth);
  }
}
