/**
 * @file Grows trees of nodes: depthwise, lossguide (XGBoost) and leafwise (LightGBM). They differ in which node is split next;
 * depthwise splits a level in one batch, the others one node at a time.
 */
import type { NodeTrees } from '../ensemble.ts';
import * as at from '../kernels/assembly/layout.ts';
import { columnsOfTree } from './column-draws.ts';
import { LeafwiseGrower, growsLeafwise } from './grow-leafwise.ts';
import type { Bounds } from './leaf-rules.ts';
import { leafOutput } from './leaf-rules.ts';
import { NodeSearch } from './node-search.ts';
import { assembleNodes } from './node-tree.ts';
import type { Division } from './row-lists.ts';
import type { Store } from './store.ts';
import { free } from './tree-node.ts';
import type { TreeState } from './tree-node.ts';
import type { GrowRequest, GrowerOptions } from './types.ts';

interface Found {
  readonly trees: NodeTrees;
  readonly leafNodes: readonly number[];
}

export class NodeGrower {
  readonly #store: Store;
  readonly #options: GrowerOptions;
  readonly #present: Int32Array;
  readonly #search: NodeSearch;
  /** grows the whole tree in the kernel; null where more than sums decides */
  readonly #leafwise: LeafwiseGrower | null;
  #ofTree: Int32Array | null = null;
  #state: TreeState;

  constructor(store: Store) {
    this.#store = store;
    this.#options = store.options;
    const columns = store.columns.columns;
    this.#present = Int32Array.from(columns.keys()).filter(
      (f) => columns[f].values + Number(columns[f].hasMissing) > 1,
    );
    this.#search = new NodeSearch(store, this.#present);
    this.#leafwise = growsLeafwise(store) ? new LeafwiseGrower(store) : null;
    this.#state = this.#newState(0, false);
  }

  grow(request: GrowRequest): Found {
    const { policy, maxLeaves } = this.#options;
    const store = this.#store;
    store.begin(request);
    this.#state = this.#newState(request.tree, !request.constantHessian);
    this.#search.begin(this.#state);
    this.#addNode(0, 0, free, 0, [], this.#options);
    this.#search.root();
    if (this.#leafwise !== null && !store.search.deviceWorks)
      this.#leafwise.grow(this.#state, (node, depth) =>
        this.#addNode(node, depth, free, 0, [], this.#options),
      );
    else if (policy === 'depthwise') {
      let level = this.#splittable([0]);
      while (level.length > 0) {
        if (maxLeaves > 0) level = level.slice(0, maxLeaves - this.#state.leaves);
        level = this.#splittable(this.#expand(level));
      }
    } else {
      let candidates = this.#splittable([0]);
      while (candidates.length > 0 && (maxLeaves === 0 || this.#state.leaves < maxLeaves)) {
        const best = this.#bestOf(candidates);
        candidates = candidates.filter((node) => node !== best);
        candidates.push(...this.#splittable(this.#expand([best])));
      }
    }
    const assembled = assembleNodes(this.#state.nodes, store.columns.columns, this.#options);
    store.leaves.mark(assembled.leafNodes, store.drawn);
    if (!store.allRows) this.#traverseOthers(assembled.leafNodes);
    return assembled;
  }

  #newState(tree: number, wide: boolean): TreeState {
    const store = this.#store;
    const { columnShare, interactions, forest } = this.#options;
    if (columnShare.tree < 1 || this.#ofTree === null) {
      this.#ofTree = columnsOfTree(this.#present, this.#options, tree);
      store.columnsInUse.set(this.#ofTree);
    }
    const fewer = forest ? forest.columns < store.columns.columns.length : false;
    const masked = columnShare.level < 1 || columnShare.node < 1 || interactions !== null || fewer;
    return { tree, wide, columns: this.#ofTree, masked, nodes: [], leaves: 1 };
  }

  #addNode(
    node: number,
    depth: number,
    bounds: Bounds,
    parentOutput: number,
    path: readonly number[],
    options: GrowerOptions,
  ): void {
    const { nodes } = this.#store;
    const gradient = nodes.float(node, at.nGradient);
    const hessian = nodes.float(node, at.nHessian);
    const rows = nodes.word(node, at.nCount);
    const output = leafOutput(gradient, hessian, rows, parentOutput, bounds, options);
    this.#state.nodes[node] = { depth, bounds, output, gradient, hessian, rows, path, split: null, left: 0 };
    nodes.setWord(node, at.nSlot, -1);
  }

  /** Ties go to the node that was made first. */
  #bestOf(candidates: readonly number[]): number {
    const { nodes } = this.#state;
    let best = candidates[0];
    for (const node of candidates) {
      const [gain, bestGain] = [nodes[node].split!.gain, nodes[best].split!.gain];
      if (gain > bestGain || (gain === bestGain && node < best)) best = node;
    }
    return best;
  }

  #splittable(nodes: readonly number[]): number[] {
    return nodes.filter((node) => this.#state.nodes[node].split !== null);
  }

  /** Splits nodes, all of which have a split. @returns their children */
  #expand(parents: readonly number[]): number[] {
    const { nodes, lists, threads } = this.#store;
    const first = this.#state.nodes.length;
    nodes.reserve(first + 2 * parents.length);
    const children = parents.map((_, k) => first + 2 * k);
    lists.divide(
      parents,
      parents.map((node) => this.#divisionOf(node)),
      children,
    );
    this.#state.leaves += parents.length;
    parents.forEach((node, k) => {
      threads.kernel.divide(node, children[k], children[k] + 1);
      this.#makeChildren(node, children[k]);
    });
    this.#search.children(parents);
    return Array.from({ length: 2 * parents.length }, (_, k) => first + k);
  }

  #divisionOf(node: number): Division {
    const { column, bin, defaultLeft, set } = this.#state.nodes[node].split!;
    const low = bin + 1;
    const span = defaultLeft ? this.#store.columns.columns[column].values - low : 0x7fffffff;
    return { column, low, span, set };
  }

  /** Children of a node: their bounds where monotone constraints hold, as XGBoost and LightGBM's `basic` set them. */
  #makeChildren(node: number, left: number): void {
    const { nodes } = this.#state;
    const parent = nodes[node];
    const { monotone, interactions, forest } = this.#options;
    const table = this.#store.nodes;
    parent.left = left;
    const column = parent.split!.column;
    const path = interactions === null ? parent.path : [...parent.path, column];
    const direction = monotone?.[column] ?? 0;
    let [leftBounds, rightBounds] = [parent.bounds, parent.bounds];
    if (direction !== 0) {
      const [a, b] = [left, left + 1].map((child) =>
        leafOutput(
          table.float(child, at.nGradient),
          table.float(child, at.nHessian),
          table.word(child, at.nCount),
          parent.output,
          parent.bounds,
          this.#options,
        ),
      );
      const middle = (a + b) / 2;
      const [below, above] = [
        { ...parent.bounds, upper: middle },
        { ...parent.bounds, lower: middle },
      ];
      leftBounds = direction > 0 ? below : above;
      rightBounds = direction > 0 ? above : below;
    }
    const { lambda } = parent.split!;
    const options = lambda === this.#options.lambda ? this.#options : { ...this.#options, lambda };
    this.#addNode(left, parent.depth + 1, leftBounds, parent.output, path, options);
    this.#addNode(left + 1, parent.depth + 1, rightBounds, parent.output, path, options);
    const toLarger = nodes[left].rows > nodes[left + 1].rows;
    if (forest && parent.split!.complete === true && parent.split!.defaultLeft !== toLarger)
      parent.split = { ...parent.split!, defaultLeft: toLarger };
  }

  /** Rows that were not drawn go down the tree. */
  #traverseOthers(leafNodes: readonly number[]): void {
    const { nodes } = this.#state;
    const { leaves, lists, drawn } = this.#store;
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
      words.set([column, low, span, set === null ? 0 : lists.putSet(set), node.left, node.left + 1], 8 * n);
    });
    leaves.traverse(words, depth, drawn);
  }
}
