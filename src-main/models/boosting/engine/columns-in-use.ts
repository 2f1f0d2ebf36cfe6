/** @file Columns that take part in the tree at hand, as the table of blocks that the kernel reads. */
import * as at from '../kernels/assembly/layout.ts';
import { evenCells } from './columns.ts';
import type { ColumnStore } from './columns.ts';
import type { SharedMemory } from './memory.ts';
import type { Parameters } from './parameters.ts';

export class ColumnsInUse {
  readonly #memory: SharedMemory;
  readonly #parameters: Parameters;
  readonly #columns: ColumnStore;
  readonly #table: number;
  #blocks = 0;
  #cells = 0;

  constructor(memory: SharedMemory, parameters: Parameters, columns: ColumnStore) {
    this.#memory = memory;
    this.#parameters = parameters;
    this.#columns = columns;
    this.#table = memory.allocate(Math.max(1, columns.blocks.length) * at.blockBytes);
    parameters.setWord(at.pBlocks, this.#table);
  }

  /** blocks that hold one of them */
  get blocks(): number {
    return this.#blocks;
  }
  /** cells of these blocks in a histogram */
  get cells(): number {
    return this.#cells;
  }

  /**
   * @param used columns that take part, ascending
   * @param fresh columns whose bins changed since the parents' histograms were made
   */
  set(used: Int32Array, fresh: ReadonlySet<number> = new Set()): void {
    const { columns, blocks } = this.#columns;
    const inUse = new Set(used);
    const words = this.#memory.u32;
    let entry = this.#table >> 2;
    this.#blocks = 0;
    this.#cells = 0;
    for (const block of blocks) {
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
      block.columns.forEach((f, k) => (words[entry + at.bFirst / 4 + k] = columns[f].cell));
      members.forEach((f, k) => {
        words[entry + at.bLane / 4 + k] = columns[f].lane;
        words[entry + at.bLaneCell / 4 + k] = columns[f].cell;
        words[entry + at.bLaneColumn / 4 + k] = f;
        words[entry + at.bLaneCells / 4 + k] = evenCells(columns[f]);
      });
      entry += at.blockBytes / 4;
      this.#blocks++;
      this.#cells += block.cells;
    }
    this.#parameters.setWord(at.pBlockCount, this.#blocks);
  }
}
