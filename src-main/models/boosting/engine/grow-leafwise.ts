/**
 * @file Trees that grow leaf by leaf in the kernel (kernels/assembly/leafwise.ts), all threads dividing nodes at a time: where
 * nothing but sums decides on a split, and the tree is small enough that handing over single jobs would cost more than they do.
 */
import * as at from '../kernels/assembly/layout.ts';
import { lostThread } from './threads.ts';
import type { Store } from './store.ts';
import type { TreeState } from './tree-node.ts';

/** leaves of a tree, at most: the kernel goes through all of them for every split */
const mostLeaves = 1024;
/** nodes divided ahead of their turn that may turn out to be of no use, per thread */
export const aheadPerThread = 4;

export class LeafwiseGrower {
  readonly #store: Store;
  readonly #most: number;
  readonly #slots: number;

  constructor(store: Store) {
    this.#store = store;
    const { memory, options, parameters, slots } = store;
    this.#most = options.maxLeaves;
    this.#slots = Math.min(slots.count, this.#most + 1 + aheadPerThread * store.threads.count);
    const nodes = 2 * (this.#slots + 2);
    parameters.setWord(at.pOpen, memory.allocate(nodes * 4));
    parameters.setWord(at.pFound, memory.allocate(nodes * 4));
    parameters.setWord(at.pGrown, memory.allocate(nodes * 4));
    parameters.setWord(at.pMostLeaves, this.#most);
    parameters.setWord(at.pMostDepth, options.maxDepth);
    parameters.setWord(at.pSlotCount, this.#slots);
    parameters.setFloat(at.fMinGain, options.minGain);
    // numbers below are for the nodes of the grown tree
    store.nodes.reserve(2 * this.#most + nodes);
  }

  /**
   * Grows the tree whose root is searched. Its nodes are in the store's table as if they had been split one after the other.
   * @param state holds the root, and gets the other nodes
   * @param addNode makes a node of what is in the table
   * @throws AppError `engine-thread-lost`
   */
  grow(state: TreeState, addNode: (node: number, depth: number) => void): void {
    const { memory, nodes, parameters, threads, drawn, options } = this.#store;
    const root = state.nodes[0];
    if (root.split === null) return;
    nodes.setFloat(0, at.nGain, root.split.gain);
    nodes.setWord(0, at.nNumber, 0);
    nodes.setWord(0, at.nChild, 0);
    nodes.setWord(0, at.nDepth, 0);
    nodes.setWord(0, at.nState, at.stateFound);
    const words = memory.u32;
    for (const list of [at.pOpen, at.pFound, at.pGrown]) words[parameters.word(list) >> 2] = 0;
    words[at.growLeavesAt >> 2] = 1;
    words[at.growNextAt >> 2] = 2 * this.#most;
    words[at.growSlotAt >> 2] = 1;
    words[at.growAheadAt >> 2] = 0;
    words[at.growEndAt >> 2] = 0;
    words[at.growOpenAt >> 2] = 1;
    words[at.growFoundAt >> 2] = 1;
    for (let k = 0; k < at.mostWork; k++)
      words[(at.growWorkAt + k * at.workBytes + at.wNode) >> 2] = 0xffffffff;
    threads.run(at.opGrow, threads.count, drawn * this.#store.columns.columns.length * 3);
    const leaves = threads.kernel.placeNodes();
    if (leaves === 0) throw lostThread();
    state.leaves = leaves;
    const { lambda } = options;
    // a node's parent comes before it
    for (let node = 0; node < 2 * leaves - 1; node++) {
      if (node > 0) addNode(node, nodes.word(node, at.nDepth));
      const left = nodes.word(node, at.nChild);
      if (left === 0) continue;
      state.nodes[node].left = left;
      state.nodes[node].split = {
        column: nodes.word(node, at.nColumn),
        bin: nodes.word(node, at.nBin),
        defaultLeft: nodes.word(node, at.nDefaultLeft) === 1,
        set: null,
        gain: nodes.float(node, at.nGain),
        lambda,
      };
    }
  }
}

/** Whether the trees of an engine can be grown so, unless a device takes part. */
export function growsLeafwise(store: Store): boolean {
  const { options, columns, parameters, rows, slots } = store;
  const { maxLeaves, columnShare, interactions, extraRandom, forest } = options;
  return (
    options.policy === 'leafwise' &&
    maxLeaves > 1 &&
    maxLeaves <= mostLeaves &&
    slots.count >= maxLeaves &&
    rows <= parameters.word(at.pScratchBytes) / 4 &&
    parameters.word(at.pPlain) !== 0 &&
    columnShare.level === 1 &&
    columnShare.node === 1 &&
    interactions === null &&
    !extraRandom &&
    !forest &&
    columns.columns.every((column) => column.kind !== 1)
  );
}
