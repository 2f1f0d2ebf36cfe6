/**
 * @file Room for the histograms of nodes. A budget bounds them: a tree that needs more makes some of them anew from rows.
 */
import * as at from '../kernels/assembly/layout.ts';
import type { SharedMemory } from './memory.ts';
import type { Parameters } from './parameters.ts';
import type { GrowerOptions } from './types.ts';

const usualBudget = 768 * 2 ** 20;

export class HistogramSlots {
  /** bytes of a slot where cells are wide */
  readonly widestBytes: number;
  /** slots there are at least */
  readonly count: number;
  readonly #parameters: Parameters;
  readonly #cells: number;
  readonly #address: number;
  readonly #bytes: number;
  #given: number[] = [];
  #inTree = 0;
  #next = 0;
  #cellBytes = 16;

  /** @param cells of a histogram over all columns */
  constructor(
    memory: SharedMemory,
    parameters: Parameters,
    cells: number,
    wanted: number,
    budget: number = usualBudget,
  ) {
    this.#parameters = parameters;
    this.#cells = cells;
    this.widestBytes = Math.max(16, cells * 16);
    const slots = Math.min(wanted, Math.max(8, Math.floor(budget / this.widestBytes)));
    this.count = slots;
    this.#bytes = slots * this.widestBytes;
    this.#address = memory.allocate(this.#bytes);
    parameters.setWord(at.pHistograms, this.#address);
  }

  /** All slots are free again. @param wide cells hold second derivatives, too */
  begin(wide: boolean): void {
    this.#cellBytes = wide ? 16 : 8;
    const bytes = Math.max(16, this.#cells * this.#cellBytes);
    this.#parameters.setWord(at.pSlotBytes, bytes);
    this.#inTree = Math.floor(this.#bytes / bytes);
    this.#given = [];
    this.#next = 0;
  }

  /** @returns a slot, or -1 when all are taken */
  take(): number {
    const slot = this.#given.pop();
    if (slot !== undefined) return slot;
    return this.#next < this.#inTree ? this.#next++ : -1;
  }
  give(slot: number): void {
    if (slot >= 0) this.#given.push(slot);
  }
  get free(): number {
    return this.#given.length + this.#inTree - this.#next;
  }

  /** Address of a histogram's cell, and of the next columns' after it. */
  addressOf(slot: number, cell: number): number {
    return this.#address + slot * Math.max(16, this.#cells * this.#cellBytes) + cell * this.#cellBytes;
  }
}

/** Levels of a symmetric tree; CatBoost allows 16. */
export const symmetricDepth = ({ maxDepth }: GrowerOptions): number =>
  Math.min(16, maxDepth > 0 ? maxDepth : 6);

/** Histograms that may be alive at a time. */
export function slotsWanted(options: GrowerOptions, rows: number): number {
  if (options.policy === 'symmetric') return 2 ** (symmetricDepth(options) - 1) + 1;
  const byRows = Math.max(2, rows);
  const byDepth = options.maxDepth > 0 && options.maxDepth < 20 ? 2 ** options.maxDepth : byRows;
  const byLeaves = options.maxLeaves > 0 ? options.maxLeaves + 17 : byRows;
  return Math.max(4, Math.min(byRows, byDepth, byLeaves) + 2);
}
