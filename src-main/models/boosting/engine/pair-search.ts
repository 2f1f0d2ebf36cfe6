/**
 * @file The one place where growers ask for histograms of nodes and, from these, for the best split of each. A question is a
 * list of pairs: a node whose rows are summed, and its sibling, whose histogram is the parent's less the node's. Threads answer
 * it block of columns by block; a device may answer it in part (`#askDevice`).
 */
import * as at from '../kernels/assembly/layout.ts';
import type { ColumnStore } from './columns.ts';
import type { ColumnsInUse } from './columns-in-use.ts';
import { DeviceSearch } from './device-search.ts';
import type { HistogramSlots } from './histogram-slots.ts';
import type { SharedMemory } from './memory.ts';
import type { NodeTable } from './node-table.ts';
import type { Parameters } from './parameters.ts';
import type { RowLists } from './row-lists.ts';
import type { Threads } from './threads.ts';
import type { GrowerOptions, HistogramDevice, MakeDevice } from './types.ts';

/** pairs of a question, at most */
export const batchNodes = 512;
/** rows of a part, where the rows of a node are cut, at least */
const smallestPart = 4096;

/** What the search needs of the {@link Store}. */
export interface SearchParts {
  readonly memory: SharedMemory;
  readonly threads: Threads;
  readonly parameters: Parameters;
  readonly columns: ColumnStore;
  readonly columnsInUse: ColumnsInUse;
  readonly nodes: NodeTable;
  readonly slots: HistogramSlots;
  readonly lists: RowLists;
  readonly options: GrowerOptions;
  readonly rows: number;
}

export class PairSearch {
  /** what a device does of the search; null: it is for the threads */
  readonly onDevice: DeviceSearch | null;
  readonly #of: SearchParts;
  readonly #pairs: number;
  readonly #masks: number;
  readonly #parts: number;
  readonly #device: HistogramDevice | null;
  /** all rows take part in the tree at hand */
  #allRows = true;

  constructor(parts: SearchParts, quantised: number, makeDevice: MakeDevice | null) {
    this.#of = parts;
    const { memory, threads, parameters, columns, rows } = parts;
    const { length: blocks } = columns.blocks;
    this.#pairs = memory.allocate(batchNodes * at.pairBytes);
    const results = memory.allocate(batchNodes * 2 * Math.max(1, blocks) * at.resultBytes);
    this.#masks = memory.allocate(batchNodes * 2 * Math.max(1, columns.columns.length));
    // with fewer blocks of columns than threads, rows are cut as well
    this.#parts =
      blocks > 0 && threads.count > blocks ? Math.min(8, Math.ceil((2 * threads.count) / blocks)) : 1;
    parameters.setWord(at.pPartialAt, memory.allocate((this.#parts - 1) * parts.slots.widestBytes));
    parameters.setWord(at.pPairs, this.#pairs);
    parameters.setWord(at.pResults, results);
    const { options: grower } = parts;
    const device = makeDevice?.({ memory: memory.memory.buffer, rows, quantised, columns, grower }) ?? null;
    this.#device = device;
    this.onDevice = device?.splits
      ? new DeviceSearch(parts, this.#pairs, batchNodes, device, device.splits)
      : null;
  }

  /** what builds histograms */
  get deviceName(): string {
    return this.#device?.name ?? 'cpu';
  }

  /** Whether a device takes part in the tree at hand. */
  get deviceWorks(): boolean {
    return this.#device !== null && Number.isFinite(this.#device.fromRows);
  }

  /** Gradients of a new tree are ready. */
  begin(allRows: boolean): void {
    const { parameters } = this.#of;
    this.#allRows = allRows;
    this.onDevice?.begin(allRows);
    this.#device?.begin(
      parameters.word(at.pWide) !== 0,
      parameters.word(at.pShift),
      parameters.float(at.fGradientUnit),
      parameters.float(at.fHessianUnit),
    );
  }

  /** Bytes (one per column) that say where node number k of a question may split. */
  mask(k: number): Uint8Array {
    return new Uint8Array(
      this.#of.memory.memory.buffer,
      this.maskAddress(k),
      this.#of.columns.columns.length,
    );
  }
  maskAddress(k: number): number {
    return this.#masks + k * this.#of.columns.columns.length;
  }

  /**
   * Pair number k of the question. Splits of its nodes are results 2 k and 2 k + 1.
   * @param other the sibling, or -1
   * @param flags layout.ts's `pair...`
   */
  setPair(k: number, build: number, other: number, flags: number): void {
    const entry = (this.#pairs + k * at.pairBytes) >> 2;
    const words = this.#of.memory.u32;
    words[entry + at.qBuild / 4] = build;
    words[entry + at.qOther / 4] = other;
    words[entry + at.qFlags / 4] = flags;
  }

  /** Histograms of the first `pairs` pairs, and splits where flags ask for them. @param builtRows rows read in all */
  run(pairs: number, builtRows: number): void {
    const { threads, parameters, columnsInUse } = this.#of;
    parameters.setWord(at.pPartialCount, 0);
    if (this.onDevice !== null) this.onDevice.answer(pairs);
    if (this.#device !== null) this.#askDevice(this.#device, pairs);
    else if (pairs === 1 && this.#parts > 1 && builtRows >= this.#parts * smallestPart) this.#buildParts();
    const { blocks, cells } = columnsInUse;
    threads.run(at.opHistogram, pairs * blocks, builtRows * blocks * 3 + pairs * 4 * cells);
  }

  /** Histograms of nodes that a device has and loses, or cannot search, made by the threads. */
  makeAgain(all: readonly number[]): void {
    const { threads, parameters, columnsInUse, nodes } = this.#of;
    this.onDevice?.forget(all);
    parameters.setWord(at.pPartialCount, 0);
    for (let from = 0; from < all.length; from += batchNodes) {
      const some = all.slice(from, from + batchNodes);
      some.forEach((node, k) => this.setPair(k, node, -1, 0));
      const rows = some.reduce((sum, node) => sum + nodes.word(node, at.nCount), 0);
      threads.run(at.opHistogram, some.length * columnsInUse.blocks, rows * columnsInUse.blocks * 3);
    }
  }

  /** Looks for a split of one node whose histogram is there, or that needs none, under its mask; it is result 0. */
  runAgain(node: number): void {
    const { threads, parameters, columnsInUse, nodes } = this.#of;
    const how = nodes.word(node, at.nSlot) < 0 ? at.pairFew : at.pairFilled;
    this.setPair(0, node, -1, at.pairFindBuilt | how);
    parameters.setWord(at.pPartialCount, 0);
    threads.run(at.opHistogram, columnsInUse.blocks, 2 * columnsInUse.cells);
  }

  /** Writes a result to its node (layout.ts's `nScore` and on). @returns the column, or -1 without a split */
  take(node: number, result: number): number {
    return this.#of.threads.kernel.choose(node, result);
  }

  /** The node of the only pair, by stretches of rows; its sibling, if that is read too, is not cut. */
  #buildParts(): void {
    const { memory, threads, parameters, columnsInUse, nodes } = this.#of;
    parameters.setWord(at.pPartialCount, this.#parts);
    this.#fill(0);
    const rows = nodes.word(memory.u32[(this.#pairs + at.qBuild) >> 2], at.nCount);
    threads.run(at.opPartial, this.#parts * columnsInUse.blocks, rows * columnsInUse.blocks * 3);
  }

  #fill(pair: number): void {
    this.#of.memory.u32[(this.#pairs + pair * at.pairBytes + at.qFlags) >> 2] |= at.pairFilled;
  }

  /** Lets the device sum the rows of the nodes that are large enough for it. */
  #askDevice(device: HistogramDevice, pairs: number): void {
    const { memory, parameters, columns, nodes, slots, lists } = this.#of;
    const { buffer } = memory.memory;
    const length = columns.cells * (parameters.word(at.pWide) === 0 ? 1 : 2);
    for (let pair = 0; pair < pairs; pair++) {
      const entry = (this.#pairs + pair * at.pairBytes) >> 2;
      if ((memory.u32[entry + at.qFlags / 4] & at.pairFilled) !== 0) continue;
      const node = memory.u32[entry + at.qBuild / 4];
      const count = nodes.word(node, at.nCount);
      if (count < device.fromRows) continue;
      const all = this.#allRows && node === 0;
      const rows = all ? null : new Uint32Array(buffer, lists.addressOf(node), count);
      const cells = new BigInt64Array(buffer, slots.addressOf(nodes.word(node, at.nSlot), 0), length);
      if (device.build(rows, cells)) this.#fill(pair);
    }
  }
}
