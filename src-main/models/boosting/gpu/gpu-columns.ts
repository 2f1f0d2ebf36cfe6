/** @file The engine's blocks of bins as tasks for the device. */
import type { ColumnStore } from '../engine/columns.ts';
import type { GpuColumns } from './protocol.ts';
import { windowBins } from './shader.ts';

/**
 * A task sums one column, or a window of its bins where a group of threads cannot hold them all.
 * @returns null for columns that are filled while trees grow (target statistics): what lies on the device would be stale
 */
export function columnsOf(store: ColumnStore, rows: number): GpuColumns | null {
  if (store.columns.some(({ values, hasMissing }) => values === 0 && !hasMissing)) return null;
  const firstWord: number[] = [];
  let words = 0;
  const blocks = store.blocks.map(({ address, width, stride }) => {
    const bytes = rows * stride * width;
    firstWord.push(words);
    words += bytes / 4;
    return { address, bytes };
  });
  const tasks: number[] = [];
  for (const { block, lane, width, cell, values, hasMissing } of store.columns) {
    const bins = values + Number(hasMissing);
    const byte = lane * width;
    const rowWords = (store.blocks[block].stride * width) / 4;
    for (let low = 0; low < bins; low += windowBins)
      tasks.push(firstWord[block], rowWords, byte >> 2, (byte & 3) * 8, width, low, Math.min(bins, low + windowBins), cell);
  }
  return { blocks, tasks: Uint32Array.from(tasks), cells: store.cells };
}

