/**
 * @file What the growers share: the memory and where things lie in it, the kernel's parameters, gradients as whole numbers,
 * partition of rows, slots for histograms.
 */
import { AppError } from '../../../../src-preload/contract/index.ts';
import * as at from '../kernels/assembly/layout.ts';
import type { Block, ColumnStore } from './columns.ts';
import { lowestValues } from './forest-borders.ts';
import type { SharedMemory } from './memory.ts';
import type { Threads } from './threads.ts';
import type { EngineOptions, GrowRequest, GrowerOptions, HistogramDevice } from './types.ts';

/** rows of a chunk where work is cut by rows; fixed, for sums of floating-point numbers go by chunk */
const chunkRows = 16_384;
/** histograms take at most this much; a tree that needs more makes some of them anew from rows */
const histogramBudget = 768 * 2 ** 20;
/** nodes worked on in one job */
export const batchNodes = 512;
const smallestChunk = 4096;
const largestChunk = 65_536;

/** How a node's rows divide: right when `bin - low < span` (unsigned), or when the bin is not in the set. */
export interface Division {
  readonly column: number;
  readonly low: number;
  readonly span: number;
  /** bit per bin, set: left; null for a border */
  readonly set: Uint32Array | null;
}

export class Store {
  readonly memory: SharedMemory;
  readonly threads: Threads;
  readonly columns: ColumnStore;
  readonly rows: number;
  readonly options: GrowerOptions;
  readonly gradient: Float32Array;
  readonly hessian: Float32Array;
  readonly leafOf: Int32Array;
  /** rows that take part in the tree at hand */
  drawn = 0;
  allRows = true;
  /** sum of the squares of their gradients */
  squares = 0;

  readonly #index: number;
  readonly #leafOf: number;
  readonly #partials: number;
  readonly #list: number;
  readonly #histograms: number;
  readonly #histogramBytes: number;
  readonly #pairs: number;
  readonly #results: number;
  readonly #blockTable: number;
  readonly #blocksInUse: Block[] = [];
  #chunks = 0;
  #chunkCapacity = 0;
  #nodes = 0;
  #nodeCapacity = 0;
  #masks = 0;
  #sets = 0;
  #setWords = 0;
  #values = 0;
  #valueCapacity = 0;
  readonly #parts: number;
  readonly #device: HistogramDevice | null;
  #slots: number[] = [];
  #slotCount = 0;
  #cellsInUse = 0;

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
    this.#leafOf = memory.allocate(rows * 4);
    this.#list = memory.allocate(rows * 4);
    this.#index = memory.allocate(rows * 8);
    const quantised = memory.allocate(rows * 8);
    this.#partials = memory.allocate(Math.ceil(rows / chunkRows) * at.partialBytes);
    this.#blockTable = memory.allocate(Math.max(1, columns.blocks.length) * at.blockBytes);
    this.#pairs = memory.allocate(batchNodes * at.pairBytes);
    this.#results = memory.allocate(batchNodes * 2 * Math.max(1, columns.blocks.length) * at.resultBytes);
    this.#masks = memory.allocate(batchNodes * 2 * Math.max(1, columns.columns.length));
    const scratch = memory.allocate(threads.count * largestChunk * 4);
    const slotBytes = Math.max(16, columns.cells * 16);
    const slots = Math.min(slotsWanted(options, rows), Math.max(8, Math.floor((engineOptions.histogramBytes ?? histogramBudget) / slotBytes)));
    this.#histogramBytes = slots * slotBytes;
    this.#histograms = memory.allocate(this.#histogramBytes);
    // with fewer blocks of columns than threads, rows are cut as well
    const { length: blocks } = columns.blocks;
    this.#parts = blocks > 0 && threads.count > blocks ? Math.min(8, Math.ceil((2 * threads.count) / blocks)) : 1;
    this.word(at.pPartialAt, memory.allocate((this.#parts - 1) * slotBytes));
    this.#device = engineOptions.makeDevice?.({ memory: memory.memory.buffer, rows, quantised, columns }) ?? null;
    this.gradient = new Float32Array(memory.memory.buffer, gradient, rows);
    this.hessian = new Float32Array(memory.memory.buffer, hessian, rows);
    this.leafOf = new Int32Array(memory.memory.buffer, this.#leafOf, rows);
    this.word(at.pGradient, gradient);
    this.word(at.pHessian, hessian);
    this.word(at.pQuantised, quantised);
    this.word(at.pRows, rows);
    this.word(at.pIndex, this.#index);
    this.word(at.pColumns, columns.table);
    this.word(at.pColumnCount, columns.columns.length);
    this.word(at.pBlocks, this.#blockTable);
    this.word(at.pHistograms, this.#histograms);
    this.word(at.pPairs, this.#pairs);
    this.word(at.pResults, this.#results);
    this.word(at.pScratch, scratch);
    this.word(at.pScratchBytes, largestChunk * 4);
    this.word(at.pLeafOf, this.#leafOf);
    this.word(at.pPartials, this.#partials);
    this.word(at.pChunkRows, chunkRows);
    this.word(at.pOrder, options.policy === 'leafwise' ? 1 : 0);
    this.word(at.pRandomBorder, Number(options.extraRandom));
    this.word(at.pPoints, options.forest && options.extraRandom ? this.#points() : 0);
    this.word(at.pRefuse, Number(Boolean(options.forest)));
    this.word(at.pConstrained, Number(options.monotone !== null));
    const plain =
      options.alpha === 0 && options.maxDeltaStep === 0 && options.pathSmooth === 0 && options.monotone === null;
    this.word(at.pPlain, Number(plain));
    this.float(at.fWhole, 2 ** 52);
    this.float(at.fLambda, options.lambda);
    this.float(at.fAlpha, options.alpha);
    // a child needs some hessian, or its value would be 0 / 0
    this.float(at.fMinHessian, Math.max(options.minHessian, Number.MIN_VALUE));
    this.float(at.fMinRows, options.minRows);
    this.float(at.fMaxDelta, options.maxDeltaStep);
    this.float(at.fSmooth, options.pathSmooth);
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

  word(offset: number, value: number): void {
    this.memory.u32[(at.paramsAt + offset) >> 2] = value;
  }
  float(offset: number, value: number): void {
    this.memory.f64[(at.paramsAt + offset) >> 3] = value;
  }

  // --- nodes ------------------------------------------------------------------------------------------------------------

  /** Makes room for nodes `0 ... count - 1`, keeping what is there. */
  reserveNodes(count: number): void {
    if (count <= this.#nodeCapacity) return;
    const capacity = Math.max(count, 2 * this.#nodeCapacity, 1024);
    const address = this.memory.allocate(capacity * at.nodeBytes);
    const bytes = new Uint8Array(this.memory.memory.buffer);
    bytes.copyWithin(address, this.#nodes, this.#nodes + this.#nodeCapacity * at.nodeBytes);
    this.#nodes = address;
    this.#nodeCapacity = capacity;
    this.word(at.pNodes, address);
  }
  nodeWord(node: number, offset: number): number {
    return this.memory.u32[(this.#nodes + node * at.nodeBytes + offset) >> 2] | 0;
  }
  setNodeWord(node: number, offset: number, value: number): void {
    this.memory.u32[(this.#nodes + node * at.nodeBytes + offset) >> 2] = value;
  }
  nodeFloat(node: number, offset: number): number {
    return this.memory.f64[(this.#nodes + node * at.nodeBytes + offset) >> 3];
  }
  setNodeFloat(node: number, offset: number, value: number): void {
    this.memory.f64[(this.#nodes + node * at.nodeBytes + offset) >> 3] = value;
  }
  setNodeSum(node: number, offset: number, value: bigint): void {
    this.memory.i64[(this.#nodes + node * at.nodeBytes + offset) >> 3] = value;
  }
  nodeSum(node: number, offset: number): bigint {
    return this.memory.i64[(this.#nodes + node * at.nodeBytes + offset) >> 3];
  }

  // --- a tree begins ------------------------------------------------------------------------------------------------------

  /**
   * Gradients become whole numbers, the rows are listed, node 0 is the root.
   * @throws AppError `gradient-not-finite`
   */
  begin(request: GrowRequest): void {
    const { kernel } = this.threads;
    const { rows } = request;
    const n = rows?.length ?? this.rows;
    this.drawn = n;
    this.allRows = rows === null;
    if (rows !== null) new Uint32Array(this.memory.memory.buffer, this.#list, this.rows).set(rows);
    this.word(at.pList, rows === null ? 0 : this.#list);
    this.word(at.pCount, n);
    this.word(at.pRootDirect, Number(rows === null));
    const wide = !request.constantHessian;
    this.word(at.pWide, Number(wide));
    const shift = countBits(n);
    this.word(at.pShift, shift);
    const chunks = Math.ceil(n / chunkRows);
    this.threads.run(at.opMeasure, chunks, n * (wide ? 3 : 2));
    let maxG = 0;
    let sumG = 0;
    let maxH = 0;
    let sumH = 0;
    let squares = 0;
    const floats = this.memory.f64;
    for (let c = 0; c < chunks; c++) {
      const from = (this.#partials + at.partialBytes * c) >> 3;
      maxG = Math.max(maxG, floats[from]);
      sumG += floats[from + 1];
      maxH = Math.max(maxH, floats[from + 2]);
      sumH += floats[from + 3];
      squares += floats[from + 4];
    }
    if (!Number.isFinite(sumG) || !Number.isFinite(sumH))
      throw new AppError({
        code: 'gradient-not-finite',
        message: 'A derivative of the loss is not a finite number, or a second derivative is negative.',
        hint: 'Look for infinite or very large targets or weights; a lower learning rate may help too.',
      });
    this.squares = squares;
    const gradientBits = scaleBits(maxG, sumG, shift);
    const hessianBits = scaleBits(maxH, sumH, shift);
    this.float(at.fGradientScale, 2 ** gradientBits);
    this.float(at.fGradientUnit, 2 ** -gradientBits);
    this.float(at.fHessianScale, 2 ** hessianBits);
    this.float(at.fHessianUnit, wide ? 2 ** -hessianBits : 1);
    this.threads.run(at.opQuantise, chunks, n * 3);
    this.reserveNodes(1);
    kernel.total(chunks);
    this.setNodeWord(0, at.nFrom, 0);
    this.setNodeWord(0, at.nCount, n);
    this.setNodeWord(0, at.nBuffer, 0);
    this.setNodeWord(0, at.nMask, 0);
    this.#freeAllSlots(wide);
    this.#setWords = 0;
    this.#device?.begin(wide, shift);
  }

  // --- columns in use ---------------------------------------------------------------------------------------------------

  /**
   * @param used columns that take part, ascending
   * @param fresh columns whose bins changed since the parents' histograms were made
   */
  useColumns(used: Int32Array, fresh: ReadonlySet<number> = new Set()): void {
    const inUse = new Set(used);
    const words = this.memory.u32;
    this.#blocksInUse.length = 0;
    let entry = this.#blockTable >> 2;
    this.#cellsInUse = 0;
    for (const block of this.columns.blocks) {
      const members = block.columns.filter((f) => inUse.has(f));
      if (members.length === 0) continue;
      words[entry + at.bBins / 4] = block.address;
      words[entry + at.bWidth / 4] = block.width;
      words[entry + at.bStride / 4] = block.stride * block.width;
      words[entry + at.bLanes / 4] = block.columns.length;
      words[entry + at.bActive / 4] = members.length;
      words[entry + at.bCell / 4] = block.cell;
      words[entry + at.bCells / 4] = block.cells;
      words[entry + at.bFresh / 4] = Number(members.some((f) => fresh.has(f)));
      block.columns.forEach((f, k) => (words[entry + at.bFirst / 4 + k] = this.columns.columns[f].cell));
      members.forEach((f, k) => {
        words[entry + at.bLane / 4 + k] = this.columns.columns[f].lane;
        words[entry + at.bLaneCell / 4 + k] = this.columns.columns[f].cell;
        words[entry + at.bLaneColumn / 4 + k] = f;
      });
      entry += at.blockBytes / 4;
      this.#blocksInUse.push(block);
      this.#cellsInUse += block.cells;
    }
    this.word(at.pBlockCount, this.#blocksInUse.length);
  }
  /** what builds histograms */
  get deviceName(): string {
    return this.#device?.name ?? 'cpu';
  }
  get blockCount(): number {
    return this.#blocksInUse.length;
  }
  get cellsInUse(): number {
    return this.#cellsInUse;
  }

  /** Bytes (one per column) that say where node number k of a batch may split. */
  mask(k: number): Uint8Array {
    const width = this.columns.columns.length;
    return new Uint8Array(this.memory.memory.buffer, this.maskAddress(k), width);
  }
  maskAddress(k: number): number {
    return this.#masks + k * this.columns.columns.length;
  }

  // --- slots of histograms ----------------------------------------------------------------------------------------------

  #freeAllSlots(wide: boolean): void {
    const slotBytes = Math.max(16, this.columns.cells * (wide ? 16 : 8));
    this.word(at.pSlotBytes, slotBytes);
    this.#slotCount = Math.floor(this.#histogramBytes / slotBytes);
    this.#slots = [];
    this.#nextSlot = 0;
  }
  #nextSlot = 0;

  /** @returns a slot, or -1 when all are taken */
  takeSlot(): number {
    const slot = this.#slots.pop();
    if (slot !== undefined) return slot;
    return this.#nextSlot < this.#slotCount ? this.#nextSlot++ : -1;
  }
  giveSlot(slot: number): void {
    if (slot >= 0) this.#slots.push(slot);
  }
  get freeSlots(): number {
    return this.#slots.length + this.#slotCount - this.#nextSlot;
  }

  // --- jobs -----------------------------------------------------------------------------------------------------------------

  setPair(k: number, build: number, other: number, flags: number): void {
    const entry = (this.#pairs + k * at.pairBytes) >> 2;
    const words = this.memory.u32;
    words[entry + at.qBuild / 4] = build;
    words[entry + at.qOther / 4] = other;
    words[entry + at.qFlags / 4] = flags;
  }

  /** Histograms of `pairs` pairs; `builtRows`: rows read in all. */
  buildHistograms(pairs: number, builtRows: number): void {
    const blocks = this.#blocksInUse.length;
    this.word(at.pPartialCount, 0);
    if (this.#device !== null) this.#askDevice(this.#device, pairs);
    else if (pairs === 1 && this.#parts > 1 && builtRows >= this.#parts * smallestChunk) this.#buildParts();
    const scanned = pairs * 2 * this.#cellsInUse;
    this.threads.run(at.opHistogram, pairs * blocks, builtRows * blocks * 3 + scanned * 2);
  }

  /** Looks for a split of one node whose histogram is there, under its mask; the result is number 0. */
  search(node: number): void {
    this.setPair(0, node, -1, at.pairFindBuilt | at.pairFilled);
    this.word(at.pPartialCount, 0);
    this.threads.run(at.opHistogram, this.#blocksInUse.length, 2 * this.#cellsInUse);
  }

  /** The node of the only pair, by stretches of rows; its sibling, if that is read too, is not cut. */
  #buildParts(): void {
    const blocks = this.#blocksInUse.length;
    this.word(at.pPartialCount, this.#parts);
    this.#fill(0);
    const rows = this.nodeWord(this.memory.u32[(this.#pairs + at.qBuild) >> 2], at.nCount);
    this.threads.run(at.opPartial, this.#parts * blocks, rows * blocks * 3);
  }

  #fill(pair: number): void {
    this.memory.u32[(this.#pairs + pair * at.pairBytes + at.qFlags) >> 2] |= at.pairFilled;
  }

  /** Lets the device sum the rows of the nodes that are large enough for it. */
  #askDevice(device: HistogramDevice, pairs: number): void {
    const words = this.memory.u32;
    const wide = words[(at.paramsAt + at.pWide) >> 2] !== 0;
    const length = this.columns.cells * (wide ? 2 : 1);
    for (let pair = 0; pair < pairs; pair++) {
      const node = words[(this.#pairs + pair * at.pairBytes + at.qBuild) >> 2];
      const count = this.nodeWord(node, at.nCount);
      if (count < device.fromRows) continue;
      const all = this.allRows && node === 0;
      const rows = all ? null : new Uint32Array(this.memory.memory.buffer, this.#rowsAddress(node), count);
      const cells = new BigInt64Array(this.memory.memory.buffer, this.cellAddress(this.nodeWord(node, at.nSlot), 0, wide), length);
      if (device.build(rows, cells)) this.#fill(pair);
    }
  }

  /** Address of a histogram's cell, and of the next columns' after it. */
  cellAddress(slot: number, cell: number, wide: boolean): number {
    return this.#histograms + slot * Math.max(16, this.columns.cells * (wide ? 16 : 8)) + cell * (wide ? 16 : 8);
  }
  get results(): number {
    return this.#results;
  }

  /**
   * Divides the rows of `nodes`; the lefts of each come first, both sides in their old order.
   * @param children numbers of the left child of each node; the right one follows it. Their rows are written.
   */
  divide(nodes: readonly number[], divisions: readonly Division[], children: readonly number[]): void {
    const pieces = nodes.map((node) => this.#piecesOf(this.nodeWord(node, at.nCount)));
    const total = pieces.reduce((sum, p) => sum + p, 0);
    this.#reserveChunks(total);
    const words = this.memory.u32;
    let rows = 0;
    let chunk = 0;
    nodes.forEach((node, k) => {
      const count = this.nodeWord(node, at.nCount);
      rows += count;
      const from = this.#rowsAddress(node);
      const { column, low, span, set } = divisions[k];
      const setAddress = set === null ? 0 : this.putSet(set);
      for (let p = 0; p < pieces[k]; p++) {
        const begin = Math.floor((count * p) / pieces[k]);
        const end = Math.floor((count * (p + 1)) / pieces[k]);
        const entry = (this.#chunks + chunk++ * at.chunkBytes) >> 2;
        words[entry + at.kRows / 4] = from + 4 * begin;
        words[entry + at.kCount / 4] = end - begin;
        words[entry + at.kColumn / 4] = column;
        words[entry + at.kLow / 4] = low;
        words[entry + at.kSpan / 4] = span;
        words[entry + at.kSet / 4] = setAddress;
      }
    });
    this.word(at.pChunks, this.#chunks);
    this.threads.run(at.opPartition, total, rows * 2);
    chunk = 0;
    let copied = 0;
    const gathers: number[] = [];
    nodes.forEach((node, k) => {
      const count = this.nodeWord(node, at.nCount);
      const from = this.nodeWord(node, at.nFrom);
      let buffer = this.nodeWord(node, at.nBuffer);
      let lefts = 0;
      const firstChunk = chunk;
      for (let p = 0; p < pieces[k]; p++) lefts += words[((this.#chunks + chunk++ * at.chunkBytes) >> 2) + at.kLeft / 4];
      if (pieces[k] > 1) {
        buffer = 1 - buffer;
        const target = this.#index + buffer * this.rows * 4 + from * 4;
        let toLeft = target;
        let toRight = target + 4 * lefts;
        for (let c = firstChunk; c < chunk; c++) {
          const entry = (this.#chunks + c * at.chunkBytes) >> 2;
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
      this.setNodeWord(left, at.nFrom, from);
      this.setNodeWord(left, at.nCount, lefts);
      this.setNodeWord(left, at.nBuffer, buffer);
      this.setNodeWord(right, at.nFrom, from + lefts);
      this.setNodeWord(right, at.nCount, count - lefts);
      this.setNodeWord(right, at.nBuffer, buffer);
    });
    if (gathers.length === 0) return;
    // the chunks to be copied move to the front of the table
    gathers.forEach((c, k) => {
      if (c === k) return;
      const from = (this.#chunks + c * at.chunkBytes) >> 2;
      words.copyWithin((this.#chunks + k * at.chunkBytes) >> 2, from, from + at.chunkBytes / 4);
    });
    this.threads.run(at.opGather, gathers.length, copied);
  }

  #piecesOf(count: number): number {
    const { count: threads } = this.threads;
    if (threads === 1) return Math.ceil(count / largestChunk) || 1;
    const size = Math.max(smallestChunk, Math.min(largestChunk, Math.ceil(count / (2 * threads))));
    return Math.ceil(count / size) || 1;
  }

  #rowsAddress(node: number): number {
    return this.#index + this.nodeWord(node, at.nBuffer) * this.rows * 4 + this.nodeWord(node, at.nFrom) * 4;
  }

  #reserveChunks(count: number): void {
    if (count <= this.#chunkCapacity) return;
    this.#chunkCapacity = Math.max(count, 2 * this.#chunkCapacity, 1024);
    this.#chunks = this.memory.allocate(this.#chunkCapacity * at.chunkBytes);
  }

  /** Keeps a set of bins until the tree is grown. @returns its address */
  putSet(set: Uint32Array): number {
    const capacity = 1 << 16;
    if (this.#sets === 0) this.#sets = this.memory.allocate(capacity * 4);
    if (this.#setWords + set.length > capacity) {
      // rare: a tree with very many sets; old ones stay where they are until the engine closes
      this.#sets = this.memory.allocate(capacity * 4);
      this.#setWords = 0;
    }
    const address = this.#sets + this.#setWords * 4;
    this.memory.u32.set(set, address >> 2);
    this.#setWords += set.length;
    return address;
  }

  // --- leaves ---------------------------------------------------------------------------------------------------------------

  /** `leafOf` of the rows that took part. */
  markLeaves(leaves: readonly number[]): void {
    if (!this.allRows) this.leafOf.fill(-1);
    const pieces = leaves.map((node) => Math.ceil(this.nodeWord(node, at.nCount) / chunkRows));
    const total = pieces.reduce((sum, p) => sum + p, 0);
    this.#reserveChunks(total);
    const words = this.memory.u32;
    let chunk = 0;
    leaves.forEach((node, leaf) => {
      const count = this.nodeWord(node, at.nCount);
      const from = this.#rowsAddress(node);
      for (let p = 0; p < pieces[leaf]; p++) {
        const entry = (this.#chunks + chunk++ * at.chunkBytes) >> 2;
        words[entry + at.kRows / 4] = from + 4 * p * chunkRows;
        words[entry + at.kCount / 4] = Math.min(chunkRows, count - p * chunkRows);
        words[entry + at.kColumn / 4] = leaf;
      }
    });
    this.word(at.pChunks, this.#chunks);
    this.threads.run(at.opLeaves, total, this.drawn);
  }

  /** `leafOf` of all other rows, which go down the tree. Eight words per node, see the kernel's `traverse`. */
  traverse(tree: Uint32Array, depth: number): void {
    const address = this.#reserveValues(tree.length / 2);
    this.memory.u32.set(tree, address >> 2);
    this.word(at.pTree, address);
    const others = this.rows - this.drawn;
    this.threads.run(at.opTraverse, Math.ceil(this.rows / chunkRows), this.rows + others * depth * 6);
  }

  /** predicted[i] += values[leafOf[i]] */
  addLeaves(predicted: Float64Array, values: Float64Array): void {
    const address = this.#reserveValues(values.length);
    this.memory.f64.set(values, address >> 3);
    this.word(at.pValues, address);
    this.word(at.pTarget, predicted.byteOffset);
    this.threads.run(at.opAdd, Math.ceil(this.rows / chunkRows), this.rows);
  }

  #reserveValues(count: number): number {
    if (count > this.#valueCapacity) {
      this.#valueCapacity = Math.max(count, 2 * this.#valueCapacity, 1024);
      this.#values = this.memory.allocate(this.#valueCapacity * 8);
    }
    return this.#values;
  }
}

/** Bits that hold 0 ... n. */
export const countBits = (n: number): number => Math.max(1, Math.floor(Math.log2(Math.max(1, n))) + 1);

/**
 * The power of two that numbers are multiplied with: as large as leaves each of them in 30 bits, and their sum, shifted by
 * `shift`, in 63.
 */
export function scaleBits(largest: number, sum: number, shift: number): number {
  if (!(largest > 0)) return 0;
  const one = 30 - Math.ceil(Math.log2(largest));
  const all = 62 - shift - Math.ceil(Math.log2(sum));
  return Math.max(-1000, Math.min(1000, one, all));
}

/** Levels of a symmetric tree; CatBoost allows 16. */
export const symmetricDepth = ({ maxDepth }: GrowerOptions): number =>
  Math.min(16, maxDepth > 0 ? maxDepth : 6);

/** Histograms that may be alive at a time. */
function slotsWanted(options: GrowerOptions, rows: number): number {
  if (options.policy === 'symmetric') return 2 ** (symmetricDepth(options) - 1) + 1;
  const byRows = Math.max(2, rows);
  const byDepth = options.maxDepth > 0 && options.maxDepth < 20 ? 2 ** options.maxDepth : byRows;
  const byLeaves = options.maxLeaves > 0 ? options.maxLeaves + 1 : byRows;
  return Math.max(4, Math.min(byRows, byDepth, byLeaves) + 2);
}
