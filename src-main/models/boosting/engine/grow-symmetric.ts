/**
 * @file Grows CatBoost's symmetric trees: all nodes of a level are asked the same question, the one whose score, summed over
 * the nodes, is best.
 */
import { AppError } from '../../../../src-preload/contract/index.ts';
import { createRandom } from '../../random.ts';
import type { Random } from '../../random.ts';
import type { SymmetricTrees } from '../ensemble.ts';
import * as at from '../kernels/assembly/layout.ts';
import { columnKind } from './columns.ts';
import { bestConstrained } from './constrained-score.ts';
import type { NodeCells } from './constrained-score.ts';
import { columnsOfLevel, columnsOfTree } from './column-draws.ts';
import { normalTable } from './normal-table.ts';
import { thresholdAfter } from './node-tree.ts';
import { readCells } from './read-cells.ts';
import { batchNodes, symmetricDepth } from './store.ts';
import type { Division, Store } from './store.ts';
import type { GrowRequest, GrowerOptions, LevelQuestion } from './types.ts';

interface Question extends LevelQuestion {
  readonly gain: number;
}

export class SymmetricGrower {
  readonly #store: Store;
  readonly #options: GrowerOptions;
  readonly #scores: number;
  readonly #active: number;
  readonly #level: number;
  readonly #results: number;
  /** slots filled since the histograms in hand were made */
  readonly #fresh = new Set<number>();
  #wide = false;
  /** columns that can be asked about; null when slots changed */
  #present: Int32Array | null = null;
  /** columns of the histograms in hand */
  #inUse: Int32Array | null = null;

  constructor(store: Store) {
    this.#store = store;
    this.#options = store.options;
    const width = Math.max(1, store.columns.columns.length);
    this.#scores = store.memory.allocate(Math.max(1, store.columns.cells) * 16);
    this.#active = store.memory.allocate(width * 4);
    this.#results = store.memory.allocate(width * at.resultBytes);
    this.#level = store.memory.allocate(4 * 2 ** symmetricDepth(store.options));
    const normal = store.memory.allocate(4096 * 8);
    store.memory.floats(normal, 4096).set(normalTable(4096));
    store.word(at.pNormal, normal);
    store.word(at.pScores, this.#scores);
    store.word(at.pActive, this.#active);
    store.word(at.pLevelNodes, this.#level);
    store.word(at.pScoreKind, store.options.score === 'cosine' ? 1 : 0);
  }

  /** A slot has new bins. */
  touch(column: number): void {
    this.#fresh.add(column);
    this.#present = null;
  }

  /** @throws AppError `engine-tree-too-deep` when the histograms of a level do not fit */
  grow(request: GrowRequest): { readonly trees: SymmetricTrees; readonly leaves: number } {
    const store = this.#store;
    const { kernel } = store.threads;
    this.#wide = !request.constantHessian;
    store.begin(request);
    this.#fresh.clear();
    const depth = symmetricDepth(this.#options);
    if (store.freeSlots < 2 ** (depth - 1))
      throw new AppError({
        code: 'engine-tree-too-deep',
        message: `Symmetric trees of depth ${depth} over this many columns and bins need more memory than the engine keeps for sums.`,
        hint: 'Lower depth or border_count.',
        place: { key: 'depth' },
      });
    const noise = this.#noiseOf(request);
    let level = [0];
    let parents: number[] = [];
    let nodes = 1;
    const questions: Question[] = [];
    store.setNodeWord(0, at.nSlot, store.takeSlot());
    let scoreBefore = this.#rootScore();
    while (questions.length < depth) {
      request.beforeLevel?.(questions);
      const ofTree = this.#columnsOf(request);
      const columns = columnsOfLevel(ofTree, this.#options, request.tree, questions.length);
      if (columns.length === 0) break;
      // columns that are not drawn for this level are summed too: the next level's sums then follow from this one's
      this.#build(level, parents, ofTree);
      const best = this.#ask(level, columns, request, questions, noise, scoreBefore);
      if (best === null) break;
      const { question, score } = best;
      const children = level.map((_, k) => nodes + 2 * k);
      store.reserveNodes(nodes + 2 * level.length);
      const division = this.#divisionOf(question);
      store.divide(level, new Array<Division>(level.length).fill(division), children);
      kernel.answer(question.column, question.bin, Number(question.equal), nodes);
      // a question that leaves every node on one side, or repeats an earlier one, says nothing
      if (
        children.every((left) => store.nodeWord(left, at.nCount) === 0) ||
        children.every((left) => store.nodeWord(left + 1, at.nCount) === 0)
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

  /** Nodes in the order of leaf numbers: the answer to question d is bit d, so left and right of the last level alternate. */
  #leafOrder(level: readonly number[], depth: number): number[] {
    const ordered = new Array<number>(level.length);
    level.forEach((node, position) => {
      // position holds the answers with the first question in the highest bit
      let leaf = 0;
      for (let d = 0; d < depth; d++) leaf |= ((position >> (depth - 1 - d)) & 1) << d;
      ordered[leaf] = node;
    });
    return ordered;
  }

  #finish(level: readonly number[], questions: readonly Question[]): { trees: SymmetricTrees; leaves: number } {
    const store = this.#store;
    const depth = questions.length;
    const ordered = this.#leafOrder(level.slice(0, 2 ** depth), depth);
    const { lambda, learningRate } = this.#options;
    const value = new Float64Array(ordered.length);
    const weight = new Float64Array(ordered.length);
    ordered.forEach((node, leaf) => {
      const h = store.nodeFloat(node, at.nHessian);
      weight[leaf] = h;
      if (h > 0) value[leaf] = (-store.nodeFloat(node, at.nGradient) / (h + lambda)) * learningRate;
    });
    store.markLeaves(ordered);
    if (!store.allRows) this.#traverseOthers(questions);
    const trees: SymmetricTrees = {
      shape: 'symmetric',
      start: Int32Array.of(0, depth),
      feature: Int32Array.from(questions, ({ column }) => column),
      border: Float64Array.from(questions, ({ border }) => border),
      equal: Uint8Array.from(questions, ({ equal }) => Number(equal)),
      leafStart: Int32Array.of(0, ordered.length),
      value,
      weight,
      gain: Float64Array.from(questions, ({ gain }) => gain),
    };
    return { trees, leaves: ordered.length };
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
      store.useColumns(columns, this.#fresh);
      // blocks marked as fresh must be written anew next time
      this.#inUse = this.#fresh.size > 0 ? null : columns;
      this.#fresh.clear();
    }
    if (parents.length === 0) {
      store.setPair(0, level[0], -1, 0);
      store.buildHistograms(1, store.drawn);
      return;
    }
    let pairs = 0;
    let rows = 0;
    parents.forEach((parent, k) => {
      const [left, right] = [level[2 * k], level[2 * k + 1]];
      const leftSmaller = store.nodeWord(left, at.nCount) <= store.nodeWord(right, at.nCount);
      const [small, large] = leftSmaller ? [left, right] : [right, left];
      store.setNodeWord(large, at.nSlot, store.nodeWord(parent, at.nSlot));
      store.setNodeWord(small, at.nSlot, store.takeSlot());
      store.setPair(pairs++, small, large, at.pairSubtract);
      rows += store.nodeWord(small, at.nCount);
      if (pairs < batchNodes) return;
      store.buildHistograms(pairs, rows);
      pairs = 0;
      rows = 0;
    });
    if (pairs > 0) store.buildHistograms(pairs, rows);
  }

  /** The best question for a level. */
  #ask(
    level: readonly number[],
    columns: Int32Array,
    request: GrowRequest,
    asked: readonly Question[],
    noise: number,
    scoreBefore: number,
  ): { question: Question; score: number } | null {
    const store = this.#store;
    const depth = asked.length;
    store.memory.u32.set(level, this.#level >> 2);
    store.memory.u32.set(columns, this.#active >> 2);
    const random = createRandom(this.#options.seed, request.tree, 7, depth);
    store.word(at.pLevelCount, level.length);
    store.word(at.pSeed, random.integer(2 ** 32));
    store.float(at.fNoise, noise);
    const shared = store.memory.u32[(at.paramsAt + at.pResults) >> 2];
    store.word(at.pResults, this.#results);
    store.threads.run(at.opScore, columns.length, level.length * store.cellsInUse * 4);
    store.word(at.pResults, shared);
    let best: { column: number; bin: number; score: number } | null = null;
    let bestGain = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < columns.length; k++) {
      const { bin, score } = this.#constrained(level, asked, columns[k], noise, random) ?? this.#found(k);
      if (bin < 0) continue;
      // CatBoost draws the noise of a column's best border anew when columns are compared
      const noisy = noise > 0 ? score + noise * normal(random.next()) : score;
      // its penalty of statistics not used yet is a factor on the score itself
      const gain = noisy * (request.scoreFactor?.[columns[k]] ?? 1) - scoreBefore;
      if (gain > bestGain) {
        bestGain = gain;
        best = { column: columns[k], bin, score };
      }
    }
    if (best === null) return null;
    const column = store.columns.columns[best.column];
    const equal = column.kind === columnKind.oneHot;
    const border = equal ? column.codes![best.bin] : thresholdAfter(column, best.bin);
    return { question: { column: best.column, bin: best.bin, border, equal, gain: 0 }, score: best.score };
  }

  /** What the kernel found for column number k of the active ones; bin -1 for nothing. */
  #found(k: number): { readonly bin: number; readonly score: number } {
    const { u32, f64 } = this.#store.memory;
    const entry = this.#results + k * at.resultBytes;
    return { bin: u32[(entry + at.rBin) >> 2] | 0, score: f64[(entry + at.rScore) >> 3] };
  }

  /** The best question about a column where constraints move the values of leaves; null where they do not. */
  #constrained(
    level: readonly number[],
    questions: readonly Question[],
    f: number,
    noise: number,
    random: Random,
  ): { readonly bin: number; readonly score: number } | null {
    const { monotone, lambda, score } = this.#options;
    if (monotone === null) return null;
    const directionOf = (column: number): number => monotone[column] ?? 0;
    const asked = questions.map(({ column }) => directionOf(column));
    const direction = directionOf(f);
    if (direction === 0 && asked.every((one) => one === 0)) return null;
    const column = this.#store.columns.columns[f];
    const equal = column.kind === columnKind.oneHot;
    const count = equal ? column.values : column.values + Number(column.hasMissing) - 1;
    const nodes = this.#leafOrder(level, questions.length).map((node, leaf) => this.#cellsOf(node, leaf, f));
    const draw = noise > 0 ? () => noise * normal(random.next()) : () => 0;
    return bestConstrained(nodes, count, equal, direction, { lambda, score, asked }, draw) ?? { bin: -1, score: 0 };
  }

  #cellsOf(node: number, leaf: number, f: number): NodeCells {
    const store = this.#store;
    const column = store.columns.columns[f];
    const bins = column.values + Number(column.hasMissing);
    const { gradient, hessian } = readCells(store, node, f, bins, this.#wide);
    return { leaf, gradient, hessian };
  }

  /** Right is yes: above the border, or the category itself. */
  #divisionOf({ column, bin, equal }: LevelQuestion): Division {
    return equal ? { column, low: bin, span: 1, set: null } : { column, low: bin + 1, span: 0x7fffffff, set: null };
  }

  /** Score of the tree before its first question. */
  #rootScore(): number {
    const store = this.#store;
    const g = store.nodeFloat(0, at.nGradient);
    const h = store.nodeFloat(0, at.nHessian);
    if (h <= 0) return 0;
    const average = g / (h + this.#options.lambda);
    if (this.#options.score === 'cosine') return (g * average) / Math.sqrt(average * average * h + 1e-100);
    return g * average;
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
      let leaf = 0;
      for (let d = 0; d < depth; d++) leaf |= ((position >> (depth - 1 - d)) & 1) << d;
      words.set([0xffffffff, 0, 0, 0, leaf], 8 * (inner + position));
    }
    this.#store.traverse(words, depth);
  }
}

const table = normalTable(4096);
const normal = (uniform: number): number => table[Math.floor(uniform * table.length)];
