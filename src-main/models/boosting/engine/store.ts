/** @file What the growers share: the memory and what lies in it, and the gradients of the tree at hand as whole numbers. */
import * as at from '../kernels/assembly/layout.ts';
import type { ColumnStore } from './columns.ts';
import { ColumnsInUse } from './columns-in-use.ts';
import { chooseUnits, measure, quantise } from './fixed-point.ts';
import type { Chunks, Figures } from './fixed-point.ts';
import { lowestValues } from './forest-borders.ts';
import { HistogramSlots, slotsWanted } from './histogram-slots.ts';
import { LeafRows } from './leaf-rows.ts';
import type { SharedMemory } from './memory.ts';
import { NodeTable } from './node-table.ts';
import { PairSearch } from './pair-search.ts';
import { Parameters } from './parameters.ts';
import { RowLists, largestChunk } from './row-lists.ts';
import type { Threads } from './threads.ts';
import type { EngineOptions, GrowRequest, GrowerOptions } from './types.ts';

/** rows of a chunk where work is cut by rows; fixed, for sums of floating-point numbers go by chunk */
const chunkRows = 16_384;

export class Store {
  readonly memory: SharedMemory;
  readonly threads: Threads;
  readonly columns: ColumnStore;
  readonly rows: number;
  readonly options: GrowerOptions;
  readonly gradient: Float32Array;
  readonly hessian: Float32Array;
  readonly parameters: Parameters;
  readonly nodes: NodeTable;
  readonly lists: RowLists;
  readonly leaves: LeafRows;
  readonly columnsInUse: ColumnsInUse;
  readonly slots: HistogramSlots;
  readonly search: PairSearch;
  /** rows that take part in the tree at hand */
  drawn = 0;
  allRows = true;
  /** sum of the squares of their gradients, over all outputs */
  squares = 0;
  /** that share a tree */
  readonly outputs: number;

  readonly #partials: number;
  readonly #list: number;
  /** gradients of the outputs as whole numbers */
  readonly #quantised: readonly number[];

  constructor(
    memory: SharedMemory,
    threads: Threads,
    columns: ColumnStore,
    rows: number,
    options: GrowerOptions,
    engineOptions: EngineOptions,
  ) {
    this.memory = memory;
    this.threads = threads;
    this.columns = columns;
    this.rows = rows;
    this.options = options;
    const gradient = memory.allocate(rows * 4);
    const hessian = memory.allocate(rows * 4);
    this.#list = memory.allocate(rows * 4);
    this.outputs = options.outputs ?? 1;
    this.#quantised = Array.from({ length: this.outputs }, () => memory.allocate(rows * 8));
    const [quantised] = this.#quantised;
    this.#partials = memory.allocate(Math.ceil(rows / chunkRows) * at.partialBytes);
    const scratch = memory.allocate(threads.count * largestChunk * 4);
    this.parameters = new Parameters(memory);
    this.nodes = new NodeTable(memory, this.parameters);
    this.lists = new RowLists(memory, threads, this.parameters, this.nodes, rows);
    this.leaves = new LeafRows(memory, threads, this.parameters, this.nodes, this.lists, rows, chunkRows);
    this.columnsInUse = new ColumnsInUse(memory, this.parameters, columns);
    const wanted = slotsWanted(options, rows) * this.outputs;
    this.slots = new HistogramSlots(
      memory,
      this.parameters,
      columns.cells,
      wanted,
      engineOptions.histogramBytes,
    );
    // a device knows the gradients of one output
    const makeDevice = this.outputs === 1 ? (engineOptions.makeDevice ?? null) : null;
    this.search = new PairSearch(this, quantised, makeDevice);
    this.gradient = new Float32Array(memory.memory.buffer, gradient, rows);
    this.hessian = new Float32Array(memory.memory.buffer, hessian, rows);
    const { parameters } = this;
    parameters.setWord(at.pGradient, gradient);
    parameters.setWord(at.pHessian, hessian);
    parameters.setWord(at.pQuantised, quantised);
    parameters.setWord(at.pRows, rows);
    parameters.setWord(at.pColumns, columns.table);
    parameters.setWord(at.pColumnCount, columns.columns.length);
    parameters.setWord(at.pScratch, scratch);
    parameters.setWord(at.pScratchBytes, largestChunk * 4);
    parameters.setWord(at.pPartials, this.#partials);
    parameters.setWord(at.pChunkRows, chunkRows);
    this.#setRules();
  }

  /** The grower's options that the kernel reads. */
  #setRules(): void {
    const { options, parameters } = this;
    parameters.setWord(at.pOrder, options.policy === 'leafwise' ? 1 : 0);
    parameters.setWord(at.pRandomBorder, Number(options.extraRandom));
    parameters.setWord(at.pPoints, options.forest && options.extraRandom ? this.#points() : 0);
    parameters.setWord(at.pRefuse, Number(Boolean(options.forest)));
    parameters.setWord(at.pConstrained, Number(options.monotone !== null));
    const plain =
      options.alpha === 0 &&
      options.maxDeltaStep === 0 &&
      options.pathSmooth === 0 &&
      options.monotone === null;
    parameters.setWord(at.pPlain, Number(plain));
    parameters.setFloat(at.fWhole, 2 ** 52);
    parameters.setFloat(at.fLambda, options.lambda);
    parameters.setFloat(at.fAlpha, options.alpha);
    // a child needs some hessian, or its value would be 0 / 0
    parameters.setFloat(at.fMinHessian, Math.max(options.minHessian, Number.MIN_VALUE));
    parameters.setFloat(at.fMinRows, options.minRows);
    parameters.setFloat(at.fMaxDelta, options.maxDeltaStep);
    parameters.setFloat(at.fSmooth, options.pathSmooth);
  }

  /** Table of the columns' lowest values by bin. */
  #points(): number {
    const { columns } = this.columns;
    const table = this.memory.allocate(Math.max(8, columns.length * 4));
    columns.forEach((column, f) => {
      if (column.kind !== 0 || column.values < 2) return;
      const address = this.memory.allocate(column.values * 8);
      this.memory.floats(address, column.values).set(lowestValues(column));
      this.memory.u32[(table >> 2) + f] = address;
    });
    return table;
  }

  /**
   * A tree begins: gradients become whole numbers, the rows are listed, node 0 is the root; with several outputs node k is
   * the root of output k.
   * @throws AppError `gradient-not-finite`
   */
  begin(request: GrowRequest): void {
    const { memory, parameters, nodes, outputs } = this;
    const { rows } = request;
    const n = rows?.length ?? this.rows;
    this.drawn = n;
    this.allRows = rows === null;
    if (rows !== null) new Uint32Array(memory.memory.buffer, this.#list, this.rows).set(rows);
    parameters.setWord(at.pList, rows === null ? 0 : this.#list);
    parameters.setWord(at.pCount, n);
    parameters.setWord(at.pRootDirect, Number(rows === null));
    const wide = !request.constantHessian;
    parameters.setWord(at.pWide, Number(wide));
    nodes.reserve(outputs);
    nodes.setWord(0, at.nFrom, 0);
    nodes.setWord(0, at.nCount, n);
    nodes.setWord(0, at.nBuffer, 0);
    nodes.setWord(0, at.nMask, 0);
    this.#takeGradients(request, n);
    this.lists.begin();
    this.slots.begin(wide);
    this.search.begin(this.allRows);
  }

  /** Gradients of output k are the ones that histograms add up. */
  useOutput(k: number): void {
    this.parameters.setWord(at.pQuantised, this.#quantised[k]);
  }

  #takeGradients({ fill }: GrowRequest, rows: number): void {
    const { memory, threads, parameters, nodes, outputs } = this;
    const chunks: Chunks = { rows, chunkRows, partials: this.#partials };
    let all: Figures | null = null;
    // one unit for all outputs: the score of a question is a sum over them
    for (let k = 0; k < outputs; k++) {
      if (outputs > 1) fill?.(k);
      all = together(all, measure(memory, threads, parameters, chunks));
    }
    if (all === null) return;
    this.squares = all.squares;
    chooseUnits(parameters, rows, all);
    for (let k = outputs - 1; k >= 0; k--) {
      if (outputs > 1) fill?.(k);
      this.useOutput(k);
      quantise(threads, chunks);
      threads.kernel.total(Math.ceil(rows / chunkRows));
      if (k > 0) nodes.copy(0, k);
    }
  }
}

function together(a: Figures | null, b: Figures): Figures {
  if (a === null) return b;
  return {
    maxG: Math.max(a.maxG, b.maxG),
    sumG: Math.max(a.sumG, b.sumG),
    maxH: Math.max(a.maxH, b.maxH),
    sumH: Math.max(a.sumH, b.sumH),
    squares: a.squares + b.squares,
  };
}
