/**
 * @file Grows CatBoost's symmetric trees: all nodes of a level are asked the same question, the one whose score, summed over
 * the nodes, is best.
 */
import { AppError } from '../../../../src-preload/contract/index.ts';
import type { SymmetricTrees } from '../ensemble.ts';
import * as at from '../kernels/assembly/layout.ts';
import { columnKind } from './columns.ts';
import { columnsOfLevel, columnsOfTree } from './column-draws.ts';
import { symmetricDepth } from './histogram-slots.ts';
import { LevelSearch, leafAt, leafOrder } from './level-search.ts';
import type { Question } from './level-search.ts';
import { batchNodes } from './pair-search.ts';
import type { Division } from './row-lists.ts';
import type { Store } from './store.ts';
import type { GrowRequest, GrowerOptions, LevelQuestion } from './types.ts';

export class SymmetricGrower {
  readonly #store: Store;
  readonly #options: GrowerOptions;
  readonly #search: LevelSearch;
  /** slots filled since the histograms in hand were made */
  readonly #fresh = new Set<number>();
  /** columns that can be asked about; null when slots changed */
  #present: Int32Array | null = null;
  /** columns of the histograms in hand */
  #inUse: Int32Array | null = null;

  constructor(store: Store) {
    this.#store = store;
    this.#options = store.options;
    this.#search = new LevelSearch(store);
  }

  /** A slot has new bins. */
  touch(column: number): void {
    this.#fresh.add(column);
    this.#present = null;
  }

  /** @throws AppError `engine-tree-too-deep` when the histograms of a level do not fit */
  grow(request: GrowRequest): { readonly trees: SymmetricTrees; readonly leaves: number } {
    const store = this.#store;
    store.begin(request);
    this.#fresh.clear();
    const depth = symmetricDepth(this.#options);
    const { outputs } = store;
    if (store.slots.free < outputs * 2 ** (depth - 1))
      throw new AppError({
        code: 'engine-tree-too-deep',
        message: `Symmetric trees of depth ${depth} over this many columns and bins need more memory than the engine keeps for sums.`,
        hint: 'Lower depth or border_count.',
        place: { key: 'depth' },
      });
    const noise = this.#noiseOf(request);
    // nodes of all outputs, one output's behind the other's: of one node they hold the same rows
    let level = Array.from({ length: outputs }, (_, k) => k);
    let parents: number[] = [];
    let nodes = outputs;
    const questions: Question[] = [];
    for (const root of level) store.nodes.setWord(root, at.nSlot, store.slots.take());
    let scoreBefore = this.#rootScore();
    while (questions.length < depth) {
      request.beforeLevel?.(questions);
      const ofTree = this.#columnsOf(request);
      const columns = columnsOfLevel(ofTree, this.#options, request.tree, questions.length);
      if (columns.length === 0) break;
      // columns that are not drawn for this level are summed too: the next level's sums then follow from this one's
      this.#build(level, parents, ofTree);
      const asked = { nodes: level, columns, asked: questions, noise, score: scoreBefore };
      const best = this.#search.best(asked, request);
      if (best === null) break;
      const { question, score } = best;
      const children = level.map((_, k) => nodes + 2 * k);
      store.nodes.reserve(nodes + 2 * level.length);
      this.#divide(level, children, this.#divisionOf(question));
      this.#search.answer(question, nodes);
      // a question that leaves every node on one side, or repeats an earlier one, says nothing
      if (
        children.every((left) => store.nodes.word(left, at.nCount) === 0) ||
        children.every((left) => store.nodes.word(left + 1, at.nCount) === 0)
      )
        break;
      questions.push({ ...question, gain: score - scoreBefore });
      scoreBefore = score;
      parents = level;
      level = children.flatMap((left) => [left, left + 1]);
      nodes += level.length;
    }
    return this.#finish(level, questions);
  }

  /** Rows of the children, which those of the other outputs share. */
  #divide(level: readonly number[], children: readonly number[], division: Division): void {
    const { lists, nodes, outputs } = this.#store;
    const width = level.length / outputs;
    lists.divide(level.slice(0, width), new Array<Division>(width).fill(division), children.slice(0, width));
    for (let k = width; k < level.length; k++)
      for (const side of [0, 1]) nodes.copy(children[k % width] + side, children[k] + side);
  }

  #finish(
    level: readonly number[],
    questions: readonly Question[],
  ): { trees: SymmetricTrees; leaves: number } {
    const store = this.#store;
    const depth = questions.length;
    const { outputs } = store;
    const leaves = 2 ** depth;
    const { lambda, learningRate } = this.#options;
    const value = new Float64Array(leaves * outputs);
    const weight = new Float64Array(leaves);
    for (let k = 0; k < outputs; k++)
      leafOrder(level.slice(k * leaves, (k + 1) * leaves), depth).forEach((node, leaf) => {
        const h = store.nodes.float(node, at.nHessian);
        weight[leaf] = h;
        if (h > 0)
          value[leaf * outputs + k] = (-store.nodes.float(node, at.nGradient) / (h + lambda)) * learningRate;
      });
    store.leaves.mark(leafOrder(level.slice(0, leaves), depth), store.drawn);
    if (!store.allRows) this.#traverseOthers(questions);
    const trees: SymmetricTrees = {
      shape: 'symmetric',
      start: Int32Array.of(0, depth),
      feature: Int32Array.from(questions, ({ column }) => column),
      border: Float64Array.from(questions, ({ border }) => border),
      equal: Uint8Array.from(questions, ({ equal }) => Number(equal)),
      leafStart: Int32Array.of(0, leaves),
      value,
      weight,
      gain: Float64Array.from(questions, ({ gain }) => gain),
    };
    return { trees, leaves };
  }

  #columnsOf(request: GrowRequest): Int32Array {
    this.#present ??= Int32Array.from(this.#store.columns.columns.keys()).filter((f) => this.#canAsk(f));
    return columnsOfTree(this.#present, this.#options, request.tree);
  }

  #canAsk(f: number): boolean {
    const column = this.#store.columns.columns[f];
    if (column.values + Number(column.hasMissing) < 2) return false;
    if (column.kind !== columnKind.oneHot) return true;
    return column.values <= (this.#options.categories?.oneHotUpTo ?? column.values);
  }

  /** Histograms of the nodes of a level, from those of their parents where they have them. */
  #build(level: readonly number[], parents: readonly number[], columns: Int32Array): void {
    const store = this.#store;
    if (columns !== this.#inUse || this.#fresh.size > 0) {
      store.columnsInUse.set(columns, this.#fresh);
      // blocks marked as fresh must be written anew next time
      this.#inUse = this.#fresh.size > 0 ? null : columns;
      this.#fresh.clear();
    }
    const { outputs } = store;
    const [width, above] = [level.length / outputs, parents.length / outputs];
    for (let k = 0; k < outputs; k++) {
      store.useOutput(k);
      if (above === 0) this.#buildRoot(level[k]);
      else
        this.#buildOutput(level.slice(k * width, (k + 1) * width), parents.slice(k * above, (k + 1) * above));
    }
  }

  /** Node 0 stands for every root: they have the same rows, and the kernel knows it by its number. */
  #buildRoot(root: number): void {
    const { nodes, search, drawn } = this.#store;
    const own = nodes.word(0, at.nSlot);
    nodes.setWord(0, at.nSlot, nodes.word(root, at.nSlot));
    search.setPair(0, 0, -1, 0);
    search.run(1, drawn);
    nodes.setWord(0, at.nSlot, own);
  }

  #buildOutput(level: readonly number[], parents: readonly number[]): void {
    const store = this.#store;
    let pairs = 0;
    let rows = 0;
    parents.forEach((parent, k) => {
      const [left, right] = [level[2 * k], level[2 * k + 1]];
      const leftSmaller = store.nodes.word(left, at.nCount) <= store.nodes.word(right, at.nCount);
      const [small, large] = leftSmaller ? [left, right] : [right, left];
      store.nodes.setWord(large, at.nSlot, store.nodes.word(parent, at.nSlot));
      store.nodes.setWord(small, at.nSlot, store.slots.take());
      store.search.setPair(pairs++, small, large, at.pairSubtract);
      rows += store.nodes.word(small, at.nCount);
      if (pairs < batchNodes) return;
      store.search.run(pairs, rows);
      pairs = 0;
      rows = 0;
    });
    if (pairs > 0) store.search.run(pairs, rows);
  }

  /** Right is yes: above the border, or the category itself. */
  #divisionOf({ column, bin, equal }: LevelQuestion): Division {
    return equal
      ? { column, low: bin, span: 1, set: null }
      : { column, low: bin + 1, span: 0x7fffffff, set: null };
  }

  /** Score of the tree before its first question. */
  #rootScore(): number {
    const { nodes, outputs } = this.#store;
    let score = 0;
    let size = 1e-100;
    for (let k = 0; k < outputs; k++) {
      const g = nodes.float(k, at.nGradient);
      const h = nodes.float(k, at.nHessian);
      if (h <= 0) continue;
      const average = g / (h + this.#options.lambda);
      score += g * average;
      size += average * average * h;
    }
    return this.#options.score === 'cosine' ? score / Math.sqrt(size) : score;
  }

  /**
   * Standard deviation of the noise on scores: falls as the model grows, CatBoost's CalcScoreStDevMult.
   * @see https://catboost.ai/docs/en/references/training-parameters/common#random_strength
   */
  #noiseOf(request: GrowRequest): number {
    const { randomStrength, learningRate } = this.#options;
    if (randomStrength === 0) return 0;
    const store = this.#store;
    const left = Math.exp(Math.log(store.drawn) - request.tree * learningRate);
    return randomStrength * Math.sqrt(store.squares / store.drawn) * (left / (1 + left));
  }

  #traverseOthers(questions: readonly Question[]): void {
    const depth = questions.length;
    const inner = 2 ** depth - 1;
    const words = new Uint32Array((2 * inner + 1) * 8);
    // a full binary tree in levels; the path to a node is its position in its level
    for (let node = 0; node < inner; node++) {
      const { column, low, span } = this.#divisionOf(questions[Math.floor(Math.log2(node + 1))]);
      words.set([column, low, span, 0, 2 * node + 1, 2 * node + 2], 8 * node);
    }
    for (let position = 0; position < 2 ** depth; position++) {
      words.set([0xffffffff, 0, 0, 0, leafAt(position, depth)], 8 * (inner + position));
    }
    this.#store.leaves.traverse(words, depth, this.#store.drawn);
  }
}
