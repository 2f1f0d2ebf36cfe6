/**
 * @file The one place where symmetric trees ask for the best question of a level, given the histograms of its nodes. The kernel
 * scores every column; noise, constraints and the comparison of columns are here.
 */
import { createRandom } from '../../random.ts';
import type { Random } from '../../random.ts';
import * as at from '../kernels/assembly/layout.ts';
import { columnKind } from './columns.ts';
import { bestConstrained } from './constrained-score.ts';
import type { NodeCells } from './constrained-score.ts';
import { DeviceLevel } from './device-level.ts';
import type { LevelBest } from './device-level.ts';
import { symmetricDepth } from './histogram-slots.ts';
import { thresholdAfter } from './node-tree.ts';
import { normals } from './normal-table.ts';
import { readCells } from './read-cells.ts';
import type { Store } from './store.ts';
import type { GrowRequest, LevelQuestion } from './types.ts';

export interface Question extends LevelQuestion {
  readonly gain: number;
}

/** A level that a question is looked for. */
export interface Level {
  /**
   * position k holds the answers so far, the first question's in the highest bit; with several outputs one output's nodes
   * behind the other's
   */
  readonly nodes: readonly number[];
  /** columns that may be asked about, ascending */
  readonly columns: Int32Array;
  readonly asked: readonly Question[];
  /** standard deviation of the noise on scores */
  readonly noise: number;
  /** of the tree before the question */
  readonly score: number;
}

export class LevelSearch {
  readonly #store: Store;
  readonly #active: number;
  readonly #nodes: number;
  readonly #results: number;
  readonly #device: DeviceLevel | null;

  constructor(store: Store) {
    this.#store = store;
    const { memory, parameters, options, columns } = store;
    const width = Math.max(1, columns.columns.length);
    const { onDevice } = store.search;
    this.#device = onDevice === null ? null : new DeviceLevel(store, onDevice);
    this.#active = memory.allocate(width * 4);
    this.#results = memory.allocate(width * at.resultBytes);
    this.#nodes = memory.allocate(4 * store.outputs * 2 ** symmetricDepth(options));
    const table = memory.allocate(normals().byteLength);
    memory.floats(table, normals().length).set(normals());
    parameters.setWord(at.pNormal, table);
    parameters.setWord(at.pScores, memory.allocate(Math.max(1, columns.cells) * 16));
    parameters.setWord(at.pActive, this.#active);
    parameters.setWord(at.pLevelNodes, this.#nodes);
    parameters.setWord(at.pScoreKind, options.score === 'cosine' ? 1 : 0);
  }

  /** The best question for a level whose histograms are made. */
  best(level: Level, request: GrowRequest): { readonly question: Question; readonly score: number } | null {
    const { options, columns: store } = this.#store;
    const { columns, asked, noise } = level;
    const random = createRandom(options.seed, request.tree, 7, asked.length);
    const found = this.#scoreColumns(level, random.integer(2 ** 32));
    let best: { column: number; bin: number; score: number } | null = null;
    let bestGain = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < columns.length; k++) {
      const { bin, score } = this.#constrained(level, columns[k], request, random) ?? found(k);
      if (bin < 0) continue;
      // CatBoost draws the noise of a column's best border anew when columns are compared
      const noisy = noise > 0 ? score + noise * normal(random.next()) : score;
      // its penalty of statistics not used yet is a factor on the score itself
      const gain = noisy * (request.scoreFactor?.[columns[k]] ?? 1) - level.score;
      if (gain > bestGain) {
        bestGain = gain;
        best = { column: columns[k], bin, score };
      }
    }
    if (best === null) return null;
    const column = store.columns[best.column];
    const equal = column.kind === columnKind.oneHot;
    const border = equal ? column.codes![best.bin] : thresholdAfter(column, best.bin);
    return { question: { column: best.column, bin: best.bin, border, equal, gain: 0 }, score: best.score };
  }

  /** Sums of the children of the level's nodes. @param first child of the first node */
  answer({ column, bin, equal }: LevelQuestion, first: number): void {
    if (this.#device?.answer(column, bin, equal, first)) return;
    this.#store.threads.kernel.answer(column, bin, Number(equal), first);
  }

  /** Scores all borders of the level's columns. @returns the best of column number k */
  #scoreColumns({ nodes, columns, noise }: Level, seed: number): (k: number) => LevelBest {
    const { memory, parameters, threads, columnsInUse, search } = this.#store;
    const best = this.#device?.best(nodes, columns, noise, seed) ?? null;
    if (best !== null) return (k) => best[k];
    if (search.onDevice?.holds(nodes)) search.makeAgain(nodes);
    memory.u32.set(nodes, this.#nodes >> 2);
    memory.u32.set(columns, this.#active >> 2);
    parameters.setWord(at.pLevelCount, nodes.length);
    parameters.setWord(at.pSeed, seed);
    parameters.setFloat(at.fNoise, noise);
    const shared = parameters.word(at.pResults);
    parameters.setWord(at.pResults, this.#results);
    threads.run(at.opScore, columns.length, nodes.length * columnsInUse.cells * 4);
    parameters.setWord(at.pResults, shared);
    return (k) => this.#found(k);
  }

  /** What the kernel found for column number k of the level. */
  #found(k: number): LevelBest {
    const { u32, f64 } = this.#store.memory;
    const entry = this.#results + k * at.resultBytes;
    return { bin: u32[(entry + at.rBin) >> 2] | 0, score: f64[(entry + at.rScore) >> 3] };
  }

  /** The best question about a column where constraints move the values of leaves; null where they do not. */
  #constrained(
    { nodes, asked, noise }: Level,
    f: number,
    request: GrowRequest,
    random: Random,
  ): LevelBest | null {
    const { monotone, lambda, score } = this.#store.options;
    if (monotone === null) return null;
    const directionOf = (column: number): number => monotone[column] ?? 0;
    const directions = asked.map(({ column }) => directionOf(column));
    const direction = directionOf(f);
    if (direction === 0 && directions.every((one) => one === 0)) return null;
    const column = this.#store.columns.columns[f];
    const equal = column.kind === columnKind.oneHot;
    const count = equal ? column.values : column.values + Number(column.hasMissing) - 1;
    const wide = !request.constantHessian;
    const cells = leafOrder(nodes, asked.length).map((node, leaf) => this.#cellsOf(node, leaf, f, wide));
    const draw = noise > 0 ? () => noise * normal(random.next()) : () => 0;
    const rules = { lambda, score, asked: directions };
    return bestConstrained(cells, count, equal, direction, rules, draw) ?? { bin: -1, score: 0 };
  }

  #cellsOf(node: number, leaf: number, f: number, wide: boolean): NodeCells {
    const column = this.#store.columns.columns[f];
    const bins = column.values + Number(column.hasMissing);
    const { gradient, hessian } = readCells(this.#store, node, f, bins, wide);
    return { leaf, gradient, hessian };
  }
}

/** Nodes in the order of leaf numbers: the answer to question d is bit d, so left and right of the last level alternate. */
export function leafOrder(level: readonly number[], depth: number): number[] {
  const ordered = new Array<number>(level.length);
  level.forEach((node, position) => (ordered[leafAt(position, depth)] = node));
  return ordered;
}

/** Leaf number of a position in a level, which holds the answers with the first question in the highest bit. */
export function leafAt(position: number, depth: number): number {
  let leaf = 0;
  for (let d = 0; d < depth; d++) leaf |= ((position >> (depth - 1 - d)) & 1) << d;
  return leaf;
}

const normal = (uniform: number): number => normals()[Math.floor(uniform * normals().length)];
