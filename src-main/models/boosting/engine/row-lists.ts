/**
 * @file Rows of nodes: each node has a stretch of a list of row numbers; there are two lists, for rows of a large node move
 * from one to the other when it is divided.
 */
import * as at from '../kernels/assembly/layout.ts';
import type { SharedMemory } from './memory.ts';
import type { NodeTable } from './node-table.ts';
import type { Parameters } from './parameters.ts';
import type { Threads } from './threads.ts';

/** How a node's rows divide: right when `bin - low < span` (unsigned), or when the bin is not in the set. */
export interface Division {
  readonly column: number;
  readonly low: number;
  readonly span: number;
  /** bit per bin, set: left; null for a border */
  readonly set: Uint32Array | null;
}

const smallestChunk = 4096;
/** rows that a thread divides at a time: its own memory holds as many row numbers */
export const largestChunk = 65_536;
const setWords = 1 << 16;

export class RowLists {
  readonly #memory: SharedMemory;
  readonly #threads: Threads;
  readonly #parameters: Parameters;
  readonly #nodes: NodeTable;
  readonly #rows: number;
  readonly #lists: number;
  #chunks = 0;
  #chunkCapacity = 0;
  #sets = 0;
  #setWords = 0;

  constructor(
    memory: SharedMemory,
    threads: Threads,
    parameters: Parameters,
    nodes: NodeTable,
    rows: number,
  ) {
    this.#memory = memory;
    this.#threads = threads;
    this.#parameters = parameters;
    this.#nodes = nodes;
    this.#rows = rows;
    this.#lists = memory.allocate(rows * 8);
    parameters.setWord(at.pIndex, this.#lists);
  }

  /** A tree begins: the sets of the last one are given up. */
  begin(): void {
    this.#setWords = 0;
  }

  /** Address of a node's row numbers. */
  addressOf(node: number): number {
    return (
      this.#lists + this.#nodes.word(node, at.nBuffer) * this.#rows * 4 + this.#nodes.word(node, at.nFrom) * 4
    );
  }

  /**
   * Divides the rows of `nodes`; the lefts of each come first, both sides in their old order.
   * @param children numbers of the left child of each node; the right one follows it. Their rows are written.
   */
  divide(nodes: readonly number[], divisions: readonly Division[], children: readonly number[]): void {
    const table = this.#nodes;
    const pieces = nodes.map((node) => this.#piecesOf(table.word(node, at.nCount)));
    const total = pieces.reduce((sum, p) => sum + p, 0);
    this.reserveChunks(total);
    const words = this.#memory.u32;
    let rows = 0;
    let chunk = 0;
    nodes.forEach((node, k) => {
      const count = table.word(node, at.nCount);
      rows += count;
      const from = this.addressOf(node);
      const { column, low, span, set } = divisions[k];
      const setAddress = set === null ? 0 : this.putSet(set);
      for (let p = 0; p < pieces[k]; p++) {
        const begin = Math.floor((count * p) / pieces[k]);
        const end = Math.floor((count * (p + 1)) / pieces[k]);
        const entry = this.chunkAt(chunk++);
        words[entry + at.kRows / 4] = from + 4 * begin;
        words[entry + at.kCount / 4] = end - begin;
        words[entry + at.kColumn / 4] = column;
        words[entry + at.kLow / 4] = low;
        words[entry + at.kSpan / 4] = span;
        words[entry + at.kSet / 4] = setAddress;
      }
    });
    this.#threads.run(at.opPartition, total, rows * 2);
    this.#settle(nodes, children, pieces);
  }

  /** Rows of the children; those of nodes that were cut in pieces are brought together. */
  #settle(nodes: readonly number[], children: readonly number[], pieces: readonly number[]): void {
    const table = this.#nodes;
    const words = this.#memory.u32;
    let chunk = 0;
    let copied = 0;
    const gathers: number[] = [];
    nodes.forEach((node, k) => {
      const count = table.word(node, at.nCount);
      const from = table.word(node, at.nFrom);
      let buffer = table.word(node, at.nBuffer);
      let lefts = 0;
      const firstChunk = chunk;
      for (let p = 0; p < pieces[k]; p++) lefts += words[this.chunkAt(chunk++) + at.kLeft / 4];
      if (pieces[k] > 1) {
        buffer = 1 - buffer;
        const target = this.#lists + buffer * this.#rows * 4 + from * 4;
        let toLeft = target;
        let toRight = target + 4 * lefts;
        for (let c = firstChunk; c < chunk; c++) {
          const entry = this.chunkAt(c);
          const left = words[entry + at.kLeft / 4];
          words[entry + at.kToLeft / 4] = toLeft;
          words[entry + at.kToRight / 4] = toRight;
          toLeft += 4 * left;
          toRight += 4 * (words[entry + at.kCount / 4] - left);
          gathers.push(c);
        }
        copied += count;
      }
      const [left, right] = [children[k], children[k] + 1];
      table.setWord(left, at.nFrom, from);
      table.setWord(left, at.nCount, lefts);
      table.setWord(left, at.nBuffer, buffer);
      table.setWord(right, at.nFrom, from + lefts);
      table.setWord(right, at.nCount, count - lefts);
      table.setWord(right, at.nBuffer, buffer);
    });
    if (gathers.length === 0) return;
    // the chunks to be copied move to the front of the table
    gathers.forEach((c, k) => {
      if (c === k) return;
      const from = this.chunkAt(c);
      words.copyWithin(this.chunkAt(k), from, from + at.chunkBytes / 4);
    });
    this.#threads.run(at.opGather, gathers.length, copied);
  }

  #piecesOf(count: number): number {
    const { count: threads } = this.#threads;
    if (threads === 1) return Math.ceil(count / largestChunk) || 1;
    const size = Math.max(smallestChunk, Math.min(largestChunk, Math.ceil(count / (2 * threads))));
    return Math.ceil(count / size) || 1;
  }

  /** Index of a chunk's first word. */
  chunkAt(chunk: number): number {
    return (this.#chunks + chunk * at.chunkBytes) >> 2;
  }

  /** Makes room for chunks `0 ... count - 1`, and tells the kernel where they are. */
  reserveChunks(count: number): void {
    if (count > this.#chunkCapacity) {
      this.#chunkCapacity = Math.max(count, 2 * this.#chunkCapacity, 1024);
      this.#chunks = this.#memory.allocate(this.#chunkCapacity * at.chunkBytes);
    }
    this.#parameters.setWord(at.pChunks, this.#chunks);
  }

  /** Keeps a set of bins until the tree is grown. @returns its address */
  putSet(set: Uint32Array): number {
    if (this.#sets === 0) this.#sets = this.#memory.allocate(setWords * 4);
    if (this.#setWords + set.length > setWords) {
      // rare: a tree with very many sets; old ones stay where they are until the engine closes
      this.#sets = this.#memory.allocate(setWords * 4);
      this.#setWords = 0;
    }
    const address = this.#sets + this.#setWords * 4;
    this.#memory.u32.set(set, address >> 2);
    this.#setWords += set.length;
    return address;
  }
}
