/** @file The engine: columns as bins in memory shared by threads, and trees grown from gradients in it. */
import { AppError } from '../../../../src-preload/contract/index.ts';
import type { NodeTrees } from '../ensemble.ts';
import { binColumns, binsOf, columnKind, writeColumn } from './columns.ts';
import { NodeGrower } from './grow-nodes.ts';
import { SymmetricGrower } from './grow-symmetric.ts';
import { SharedMemory } from './memory.ts';
import { Store } from './store.ts';
import { Threads, threadsFor } from './threads.ts';
import type {
  BinningOptions,
  Engine,
  EngineInput,
  EngineOptions,
  GrownTree,
  GrowRequest,
  GrowerOptions,
} from './types.ts';

/**
 * Bins the columns and starts the threads. Close the engine when done: its threads and memory stay until then.
 * @throws AppError `engine-no-rows`, `engine-memory-full`, `engine-too-many-bins`
 */
export async function createEngine(
  input: EngineInput,
  binning: BinningOptions,
  grower: GrowerOptions,
  options: EngineOptions,
): Promise<Engine> {
  if (input.rows < 1)
    throw new AppError({
      code: 'engine-no-rows',
      message: 'There is no row to grow trees on.',
      hint: 'Use a longer history.',
    });
  const memory = new SharedMemory();
  const threads = new Threads(memory, threadsFor(options.threads, input.rows, input.columns.length));
  try {
    const kind =
      grower.policy === 'symmetric'
        ? columnKind.oneHot
        : grower.categories === null
          ? null
          : columnKind.category;
    const columns = binColumns(memory, threads, input, binning, kind, grower.monotone);
    return new TreeEngine(
      new Store(memory, threads, columns, input.rows, grower, options),
      input.columns.length,
    );
  } catch (error) {
    await threads.close();
    throw error;
  }
}

class TreeEngine implements Engine {
  readonly rows: number;
  readonly threads: number;
  readonly device: string;
  readonly gradient: Float32Array;
  readonly hessian: Float32Array;
  readonly leafOf: Int32Array;
  readonly #store: Store;
  readonly #symmetric: SymmetricGrower | null;
  readonly #nodes: NodeGrower | null;
  readonly #given: number;
  /** leaves of the tree grown last, as nodes; null for a symmetric tree, whose leaves are its values */
  #leafNodes: readonly number[] | null = null;

  constructor(store: Store, given: number) {
    this.#store = store;
    this.#given = given;
    this.rows = store.rows;
    this.threads = store.threads.count;
    this.device = store.search.deviceName;
    this.gradient = store.gradient;
    this.hessian = store.hessian;
    this.leafOf = store.leaves.leafOf;
    const isSymmetric = store.options.policy === 'symmetric';
    this.#symmetric = isSymmetric ? new SymmetricGrower(store) : null;
    this.#nodes = isSymmetric ? null : new NodeGrower(store);
  }

  get bytes(): number {
    return this.#store.memory.bytes;
  }

  grow(request: GrowRequest): GrownTree {
    if (request.rows !== null && (request.rows.length === 0 || request.rows.length > this.rows))
      throw new AppError({
        code: 'engine-rows-drawn',
        message: `A tree cannot be grown from ${request.rows.length} of ${this.rows} rows.`,
        hint: 'Draw at least one row, and no more than there are.',
      });
    if (this.#symmetric !== null) {
      this.#leafNodes = null;
      return this.#symmetric.grow(request);
    }
    const { trees, leafNodes } = this.#nodes!.grow(request);
    this.#leafNodes = leafNodes;
    return { trees, leaves: leafNodes.length };
  }

  setLeaves(tree: GrownTree, values: Float64Array): GrownTree {
    if (tree.trees.shape === 'symmetric')
      return { ...tree, trees: { ...tree.trees, value: Float64Array.from(values) } };
    const value = Float64Array.from(tree.trees.value);
    leavesOf(tree.trees).forEach((node, leaf) => (value[node] = values[leaf]));
    return { ...tree, trees: { ...tree.trees, value } };
  }

  addTo(predicted: Float64Array, tree: GrownTree): void {
    const { trees } = tree;
    const values =
      trees.shape === 'symmetric' ? trees.value : valuesAt(trees, this.#leafNodes ?? leavesOf(trees));
    if (
      predicted.buffer === this.#store.memory.memory.buffer ||
      predicted.buffer instanceof SharedArrayBuffer
    ) {
      this.#store.leaves.add(predicted, values);
      return;
    }
    const { leafOf } = this;
    for (let row = 0; row < predicted.length; row++) predicted[row] += values[leafOf[row]];
  }

  subtract(predicted: Float64Array, target: Float64Array): void {
    this.#store.leaves.subtract(predicted, target);
  }

  setSlot(slot: number, bins: Uint8Array, borders: Float64Array): void {
    const { columns: store, memory } = this.#store;
    const f = this.#given + slot;
    const column = store.columns[f];
    column.values = borders.length === 0 ? 0 : borders.length + 1;
    Object.assign(column, { borders: { edges: Float64Array.from(borders), beyond: Number.MAX_VALUE } });
    writeColumn(memory, store, f, 0);
    this.#symmetric?.touch(f);
    if (borders.length === 0) return;
    const { address, stride } = binsOf(store, f);
    const bytes = new Uint8Array(memory.memory.buffer);
    for (let row = 0, at = address; row < this.rows; row++, at += stride) bytes[at] = bins[row];
  }

  floats(length: number): Float64Array {
    const { memory } = this.#store;
    return memory.floats(memory.allocate(length * 8), length);
  }

  close(): Promise<void> {
    return this.#store.threads.close();
  }
}

function valuesAt({ value }: NodeTrees, nodes: readonly number[]): Float64Array {
  const values = new Float64Array(nodes.length);
  for (let leaf = 0; leaf < nodes.length; leaf++) values[leaf] = value[nodes[leaf]];
  return values;
}

/** Leaves of a tree of nodes, ascending. */
function leavesOf(trees: NodeTrees): number[] {
  const nodes: number[] = [];
  trees.feature.forEach((feature, node) => {
    if (feature < 0) nodes.push(node);
  });
  return nodes;
}
