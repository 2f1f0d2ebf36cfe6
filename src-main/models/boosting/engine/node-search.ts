/** @file Finds the best split of every node of a growing tree, and keeps histograms only of nodes that may be split. */
import { firstDraw } from '../../random.ts';
import * as at from '../kernels/assembly/layout.ts';
import { withCategories } from './category-splits.ts';
import { allowedAfter, columnsInTurn, columnsOfLevel, columnsOfNode } from './column-draws.ts';
import { isConstant, withBorder } from './forest-splits.ts';
import { leafScore } from './leaf-rules.ts';
import { batchNodes } from './pair-search.ts';
import type { Store } from './store.ts';
import { countsWhole, leastGain } from './tree-node.ts';
import type { NodeSplit, TreeState } from './tree-node.ts';
import type { ForestRules, GrowerOptions } from './types.ts';

export class NodeSearch {
  readonly #store: Store;
  readonly #options: GrowerOptions;
  readonly #present: Int32Array;
  readonly #hasCategories: boolean;
  readonly #forest: ForestRules | null;
  readonly #countsWhole: boolean;
  /** nodes of few rows need no histogram: categories read them, devices make them, and bins must be bytes */
  readonly #mayBeFew: boolean;
  /** nodes whose drawn columns are all constant: the draw goes on */
  #unsplit: number[] = [];
  #state: TreeState;

  /** @param present columns that have bins, ascending */
  constructor(store: Store, present: Int32Array) {
    this.#store = store;
    this.#options = store.options;
    this.#present = present;
    this.#forest = store.options.forest ?? null;
    this.#countsWhole = countsWhole(store.options);
    this.#hasCategories = store.columns.columns.some((column) => column.kind === 1);
    this.#mayBeFew =
      !this.#hasCategories &&
      !store.search.deviceWorks &&
      store.columns.columns.every(({ width }) => width === 1);
    this.#state = { tree: 0, wide: false, columns: present, masked: false, nodes: [], leaves: 1 };
  }

  /** A tree begins. */
  begin(state: TreeState): void {
    this.#state = state;
  }

  /** Histogram and split of the root. */
  root(): void {
    const store = this.#store;
    if (store.columnsInUse.blocks === 0 || !this.#mayBeSplit(0)) return;
    store.nodes.setWord(0, at.nSlot, store.slots.take());
    store.search.setPair(0, 0, -1, at.pairFindBuilt);
    this.#prepare(0, 0);
    store.search.run(1, store.drawn);
    this.#settle(0, 0);
    this.#drawOn();
  }

  /** Histograms and splits of the children of `parents`, whose own histograms are given up. */
  children(parents: readonly number[]): void {
    const { nodes, slots, search } = this.#store;
    const tree = this.#state.nodes;
    let pairs = 0;
    let rows = 0;
    let batch: number[][] = [];
    const flush = (): void => {
      if (pairs > 0) search.run(pairs, rows);
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
      const { left } = tree[parent];
      const [wantLeft, wantRight] = [this.#mayBeSplit(left), this.#mayBeSplit(left + 1)];
      let slot = nodes.word(parent, at.nSlot);
      nodes.setWord(parent, at.nSlot, -1);
      if (!wantLeft && !wantRight) {
        slots.give(slot);
        continue;
      }
      if (this.#mayBeFew && Math.max(tree[left].rows, tree[left + 1].rows) <= at.fewRows) {
        slots.give(slot);
        if (pairs === batchNodes) flush();
        if (wantLeft) this.#prepare(left, pairs * 2);
        if (wantRight) this.#prepare(left + 1, pairs * 2 + 1);
        const wanted = (wantLeft ? at.pairFindBuilt : 0) | (wantRight ? at.pairFindOther : 0);
        search.setPair(pairs, left, left + 1, at.pairFew | wanted);
        rows += tree[left].rows + tree[left + 1].rows;
        batch.push([wantLeft ? left : -1, wantRight ? left + 1 : -1]);
        pairs++;
        continue;
      }
      if (pairs === batchNodes || slots.free < 2) flush();
      if (slots.free < 2) {
        this.#evict();
        slots.give(slot);
        slot = -1;
      }
      const leftSmaller = tree[left].rows <= tree[left + 1].rows;
      const [small, large] = leftSmaller ? [left, left + 1] : [left + 1, left];
      const [wantSmall, wantLarge] = leftSmaller ? [wantLeft, wantRight] : [wantRight, wantLeft];
      if (slot < 0 && !wantSmall) {
        // nothing to subtract from, and only the larger child is of interest
        this.#place(large, slots.take(), pairs * 2);
        search.setPair(pairs, large, -1, at.pairFindBuilt);
        rows += tree[large].rows;
        batch.push([large, -1]);
      } else {
        this.#place(small, slots.take(), pairs * 2);
        rows += tree[small].rows;
        let flags = wantSmall ? at.pairFindBuilt : 0;
        if (wantLarge) {
          flags |= at.pairFindOther | (slot < 0 ? at.pairBoth : at.pairSubtract);
          this.#place(large, slot < 0 ? slots.take() : slot, pairs * 2 + 1);
          if (slot < 0) rows += tree[large].rows;
        } else slots.give(slot);
        search.setPair(pairs, small, wantLarge ? large : -1, flags);
        batch.push([wantSmall ? small : -1 - small, wantLarge ? large : -1]);
      }
      pairs++;
    }
    flush();
    // a child that was only a means to its sibling's histogram
    for (const parent of parents) {
      const { left } = tree[parent];
      if (tree[left].split === null) this.#release(left);
      if (tree[left + 1].split === null) this.#release(left + 1);
    }
  }

  /** Whether it is worth looking for a split. */
  #mayBeSplit(node: number): boolean {
    const { depth, rows, hessian } = this.#state.nodes[node];
    const { maxDepth, maxLeaves, minRows, minHessian } = this.#options;
    if (maxDepth > 0 && depth >= maxDepth) return false;
    if (maxLeaves > 0 && this.#state.leaves >= maxLeaves) return false;
    if (rows < (this.#forest?.minSplitRows ?? 0)) return false;
    return rows >= 2 * Math.max(1, minRows) && hessian >= 2 * minHessian;
  }

  #place(node: number, slot: number, result: number): void {
    this.#store.nodes.setWord(node, at.nSlot, slot);
    this.#prepare(node, result);
  }

  #release(node: number): void {
    const { nodes, slots } = this.#store;
    slots.give(nodes.word(node, at.nSlot));
    nodes.setWord(node, at.nSlot, -1);
  }

  /** All slots are taken: every node gives its own up, and its children will be read from rows. */
  #evict(): void {
    for (const node of this.#state.nodes.keys()) this.#release(node);
  }

  /** What the kernel must know of a node to search it. @param result number of its split in the question */
  #prepare(node: number, result: number): void {
    const { nodes, search } = this.#store;
    const { tree } = this.#state;
    const { gradient, hessian, output, bounds, depth, path } = this.#state.nodes[node];
    const score = leafScore(gradient, hessian, output, this.#options);
    nodes.setFloat(node, at.nThreshold, score + leastGain(score, this.#options));
    nodes.setFloat(node, at.nLower, bounds.lower);
    nodes.setFloat(node, at.nUpper, bounds.upper);
    nodes.setFloat(node, at.nOutput, output);
    if (this.#options.extraRandom)
      nodes.setWord(node, at.nStream, firstDraw(this.#options.seed, tree, 5, node) * 2 ** 32);
    if (!this.#state.masked) {
      nodes.setWord(node, at.nMask, 0);
      return;
    }
    const mask = search.mask(result);
    mask.fill(0);
    nodes.setWord(node, at.nMask, search.maskAddress(result));
    if (this.#forest !== null) {
      const { order, first } = this.#inTurn(node);
      for (const f of order.slice(0, first)) mask[f] = 1;
      return;
    }
    const { interactions } = this.#options;
    const allowed = interactions === null ? null : allowedAfter(path, interactions);
    const ofLevel = columnsOfLevel(this.#state.columns, this.#options, tree, depth);
    for (const f of columnsOfNode(ofLevel, this.#options, tree, node))
      if (allowed === null || allowed.has(f)) mask[f] = 1;
  }

  #inTurn(node: number): { readonly order: readonly number[]; readonly first: number } {
    return columnsInTurn(
      this.#present,
      this.#store.columns.columns.length,
      this.#options,
      this.#state.tree,
      node,
    );
  }

  /**
   * scikit-learn tries columns past max_features as long as all it has drawn are constant in the node.
   * @see sklearn/tree/_splitter.pyx, node_split_best
   */
  #drawOn(): void {
    const store = this.#store;
    const unsplit = this.#unsplit;
    this.#unsplit = [];
    for (const node of unsplit) {
      const { order, first } = this.#inTurn(node);
      const isConstantHere = (f: number): boolean => isConstant(store, this.#state, node, f);
      const next = order.slice(0, first).every(isConstantHere)
        ? order.slice(first).find((f) => !isConstantHere(f))
        : undefined;
      if (next === undefined) {
        this.#release(node);
        continue;
      }
      const mask = store.search.mask(0);
      mask.fill(0);
      mask[next] = 1;
      store.nodes.setWord(node, at.nMask, store.search.maskAddress(0));
      store.search.runAgain(node);
      this.#settle(node, 0, true);
    }
  }

  /** Takes over what the kernel found, and looks at categories; a node without a split gives up its slot. */
  #settle(node: number, result: number, last = false): void {
    const store = this.#store;
    const info = this.#state.nodes[node];
    const { minGain, lambda } = this.#options;
    let split: NodeSplit | null = null;
    const column = store.search.take(node, result);
    const own = leafScore(info.gradient, info.hessian, info.output, this.#options);
    if (column >= 0)
      split = {
        column,
        bin: store.nodes.word(node, at.nBin),
        defaultLeft: store.nodes.word(node, at.nDefaultLeft) === 1,
        set: null,
        lambda,
        gain: store.nodes.float(node, at.nScore) - own - (this.#countsWhole ? 0 : minGain),
      };
    if (this.#hasCategories) split = withCategories(store, this.#state, node, split);
    if (split === null && this.#forest !== null && this.#state.masked && !last) {
      this.#unsplit.push(node);
      return;
    }
    if (split !== null && this.#countsWhole && split.gain < minGain) split = null;
    info.split =
      split !== null && this.#forest !== null ? withBorder(store, this.#state, node, split) : split;
    if (split === null) this.#release(node);
  }
}
