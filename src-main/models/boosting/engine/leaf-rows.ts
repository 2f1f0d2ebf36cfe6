/** @file Leaves of rows in the tree grown last, what they add to predictions, and what predictions lack. */
import * as at from '../kernels/assembly/layout.ts';
import type { SharedMemory } from './memory.ts';
import type { NodeTable } from './node-table.ts';
import type { Parameters } from './parameters.ts';
import type { RowLists } from './row-lists.ts';
import type { Threads } from './threads.ts';

/** leaves, at most, that are searched for the rows of every range */
const mostRanged = 1024;

export class LeafRows {
  /** shape (rows): leaf number of every row */
  readonly leafOf: Int32Array;
  readonly #memory: SharedMemory;
  readonly #threads: Threads;
  readonly #parameters: Parameters;
  readonly #nodes: NodeTable;
  readonly #lists: RowLists;
  readonly #chunkRows: number;
  #values = 0;
  #valueCapacity = 0;

  constructor(
    memory: SharedMemory,
    threads: Threads,
    parameters: Parameters,
    nodes: NodeTable,
    lists: RowLists,
    rows: number,
    chunkRows: number,
  ) {
    this.#memory = memory;
    this.#threads = threads;
    this.#parameters = parameters;
    this.#nodes = nodes;
    this.#lists = lists;
    this.#chunkRows = chunkRows;
    const address = memory.allocate(rows * 4);
    this.leafOf = new Int32Array(memory.memory.buffer, address, rows);
    parameters.setWord(at.pLeafOf, address);
  }

  /**
   * `leafOf` of the rows that took part.
   * @param leaves nodes in the order of leaf numbers
   * @param drawn rows that took part
   */
  mark(leaves: readonly number[], drawn: number): void {
    const { length: rows } = this.leafOf;
    if (drawn < rows) this.leafOf.fill(-1);
    const byRange = leaves.length <= mostRanged;
    this.#parameters.setWord(at.pMarked, byRange ? leaves.length : 0);
    const pieces = leaves.map((node) =>
      byRange ? 1 : Math.ceil(this.#nodes.word(node, at.nCount) / this.#chunkRows),
    );
    const total = pieces.reduce((sum, p) => sum + p, 0);
    this.#lists.reserveChunks(total);
    const words = this.#memory.u32;
    let chunk = 0;
    leaves.forEach((node, leaf) => {
      const count = this.#nodes.word(node, at.nCount);
      const from = this.#lists.addressOf(node);
      for (let p = 0; p < pieces[leaf]; p++) {
        const entry = this.#lists.chunkAt(chunk++);
        words[entry + at.kRows / 4] = from + 4 * p * this.#chunkRows;
        words[entry + at.kCount / 4] = byRange
          ? count
          : Math.min(this.#chunkRows, count - p * this.#chunkRows);
        words[entry + at.kColumn / 4] = leaf;
      }
    });
    const tasks = byRange ? Math.ceil(rows / this.#chunkRows) : total;
    this.#threads.run(at.opLeaves, tasks, drawn);
  }

  /** `leafOf` of all other rows, which go down the tree. Eight words per node, see the kernel's `traverse`. */
  traverse(tree: Uint32Array, depth: number, drawn: number): void {
    const { length: rows } = this.leafOf;
    const address = this.#reserveValues(tree.length / 2);
    this.#memory.u32.set(tree, address >> 2);
    this.#parameters.setWord(at.pTree, address);
    this.#threads.run(at.opTraverse, Math.ceil(rows / this.#chunkRows), rows + (rows - drawn) * depth * 6);
  }

  /** predicted[i] += values[leafOf[i]] */
  add(predicted: Float64Array, values: Float64Array): void {
    const { length: rows } = this.leafOf;
    const address = this.#reserveValues(values.length);
    this.#memory.f64.set(values, address >> 3);
    this.#parameters.setWord(at.pValues, address);
    this.#parameters.setWord(at.pTarget, predicted.byteOffset);
    this.#threads.run(at.opAdd, Math.ceil(rows / this.#chunkRows), rows);
  }

  /** gradient[i] = predicted[i] - target[i], both in the engine's memory */
  subtract(predicted: Float64Array, target: Float64Array): void {
    const { length: rows } = this.leafOf;
    this.#parameters.setWord(at.pTarget, predicted.byteOffset);
    this.#parameters.setWord(at.pValues, target.byteOffset);
    this.#threads.run(at.opDifference, Math.ceil(rows / this.#chunkRows), rows);
  }

  #reserveValues(count: number): number {
    if (count > this.#valueCapacity) {
      this.#valueCapacity = Math.max(count, 2 * this.#valueCapacity, 1024);
      this.#values = this.#memory.allocate(this.#valueCapacity * 8);
    }
    return this.#values;
  }
}
