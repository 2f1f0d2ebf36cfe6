/**
 * @file Collects trees of foreign files into {@link NodeTrees}. Whatever numbering a file uses, nodes end up with parents
 * before their children; nodes that cannot be reached (pruned ones) are left out.
 */
import { nodeFlag } from '../ensemble.ts';
import type { NodeTrees } from '../ensemble.ts';
import { maxCategory, maxSetWords } from './model-file.ts';

/** One tree as a file gives it. Node 0 is the root; children are -1 for a leaf. */
export interface SourceTree {
  readonly nodes: number;
  left(node: number): number;
  right(node: number): number;
}

/**
 * The nodes that hang together, parents before children: in the file's own order where that already holds.
 * @throws what `fail` throws when a child does not exist, has two parents or leads back
 */
export function nodeOrder(tree: SourceTree, fail: (what: string) => never): Int32Array {
  const { nodes } = tree;
  if (nodes < 1) fail('the tree has no nodes');
  const met = new Uint8Array(nodes);
  const queue = new Int32Array(nodes);
  let end = 1;
  let ascending = true;
  met[0] = 1;
  for (let i = 0; i < end; i++) {
    const node = queue[i];
    const left = tree.left(node);
    const right = tree.right(node);
    if (left === -1 && right === -1) continue;
    for (const child of [left, right]) {
      if (!Number.isInteger(child) || child < 0 || child >= nodes)
        fail(`node ${node} has child ${child}, but there are ${nodes} nodes`);
      if (met[child] !== 0) fail(`node ${child} has two parents or leads back to itself`);
      met[child] = 1;
      if (child < node) ascending = false;
      queue[end++] = child;
    }
  }
  const order = queue.slice(0, end);
  return ascending ? order.sort() : order;
}

export interface NodeRow {
  /** -1 for a leaf */
  readonly feature: number;
  readonly threshold: number;
  readonly flags: number;
  readonly gain: number;
  readonly cover: number;
  readonly count: number;
}

export class TreeBuilder {
  readonly #width: number;
  readonly #start: number[] = [0];
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #flags: number[] = [];
  readonly #value: number[] = [];
  readonly #gain: number[] = [];
  readonly #cover: number[] = [];
  readonly #count: number[] = [];
  readonly #setStart: number[] = [0];
  #setBits = new Uint32Array(64);
  #words = 0;

  /** @param width values of a leaf */
  constructor(width = 1) {
    this.#width = width;
  }

  /**
   * Adds a tree. `row` and `values` are asked for nodes of the file; an exchange of sides has been done by `tree` already.
   * @param values writes what the node adds to `out`
   */
  add(
    tree: SourceTree,
    order: Int32Array,
    row: (node: number) => NodeRow,
    values: (node: number, out: Float64Array) => void,
  ): void {
    const place = new Map<number, number>();
    order.forEach((node, i) => place.set(node, i));
    const out = new Float64Array(this.#width);
    for (const node of order) {
      const found = row(node);
      const leaf = found.feature < 0;
      this.#feature.push(found.feature);
      this.#threshold.push(leaf ? 0 : found.threshold);
      this.#flags.push(leaf ? 0 : found.flags);
      this.#left.push(leaf ? 0 : place.get(tree.left(node))!);
      this.#right.push(leaf ? 0 : place.get(tree.right(node))!);
      this.#gain.push(leaf ? 0 : found.gain);
      this.#cover.push(found.cover);
      this.#count.push(found.count);
      out.fill(0);
      values(node, out);
      for (const value of out) this.#value.push(value);
    }
    this.#start.push(this.#feature.length);
  }

  /** @returns the number of the set, for `threshold`; words beyond the last member are cut */
  set(words: Uint32Array, fail: (what: string) => never): number {
    let used = words.length;
    while (used > 0 && words[used - 1] === 0) used--;
    if (this.#words + used > maxSetWords) fail('its sets of categories take more memory than a model may');
    if (this.#words + used > this.#setBits.length) {
      const larger = new Uint32Array(Math.max(this.#setBits.length * 2, this.#words + used));
      larger.set(this.#setBits);
      this.#setBits = larger;
    }
    this.#setBits.set(words.subarray(0, used), this.#words);
    this.#words += used;
    this.#setStart.push(this.#words);
    return this.#setStart.length - 2;
  }

  get trees(): number {
    return this.#start.length - 1;
  }

  build(): NodeTrees {
    return {
      shape: 'nodes',
      start: Int32Array.from(this.#start),
      feature: Int32Array.from(this.#feature),
      threshold: Float64Array.from(this.#threshold),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      flags: Uint8Array.from(this.#flags),
      value: Float64Array.from(this.#value),
      gain: Float64Array.from(this.#gain),
      cover: Float64Array.from(this.#cover),
      count: Float64Array.from(this.#count),
      setStart: Int32Array.from(this.#setStart),
      setBits: this.#setBits.slice(0, this.#words),
    };
  }
}

/** Bits of a list of categories. */
export function bitsOf(codes: Iterable<number>, fail: (what: string) => never): Uint32Array {
  const all = [...codes];
  let largest = -1;
  for (const code of all) {
    if (!Number.isInteger(code) || code < 0 || code > maxCategory)
      fail(`category ${code}, expected a whole number from 0 to ${maxCategory}`);
    if (code > largest) largest = code;
  }
  const words = new Uint32Array((largest >> 5) + 1);
  for (const code of all) words[code >> 5] |= 1 << (code & 31);
  return words;
}

/** Categories of set number `set`, ascending. */
export function codesOf(trees: NodeTrees, set: number): number[] {
  const codes: number[] = [];
  const from = trees.setStart[set];
  for (let word = from; word < trees.setStart[set + 1]; word++)
    for (let bit = 0; bit < 32; bit++)
      if ((trees.setBits[word] >>> bit) & 1) codes.push(((word - from) << 5) + bit);
  return codes;
}

/** Where a missing value goes, whatever convention of missing values the split follows. */
export function missingGoesLeft(trees: NodeTrees, node: number, compare: 'lt' | 'le'): boolean {
  const flags = trees.flags[node];
  if ((flags & nodeFlag.category) !== 0)
    return (
      (flags & (nodeFlag.missingNone | nodeFlag.missingZero)) === 0 && (flags & nodeFlag.defaultLeft) !== 0
    );
  if ((flags & nodeFlag.missingNone) !== 0) return zeroGoesLeft(trees, node, compare);
  return (flags & nodeFlag.defaultLeft) !== 0;
}

export const zeroGoesLeft = (trees: NodeTrees, node: number, compare: 'lt' | 'le'): boolean =>
  compare === 'le' ? 0 <= trees.threshold[node] : 0 < trees.threshold[node];
