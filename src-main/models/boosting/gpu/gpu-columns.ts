/** @file The engine's blocks of bins as tasks for the device. */
import { columnKind } from '../engine/columns.ts';
import type { ColumnStore } from '../engine/columns.ts';
import type { GpuColumns } from './protocol.ts';
import { windowBins } from './shader.ts';

/**
 * A task sums one column, or a window of its bins where a group of threads cannot hold them all.
 * @param monotone direction of each column's constraint
 * @returns null for columns that are filled while trees grow (target statistics): what lies on the device would be stale
 */
export function columnsOf(store: ColumnStore, rows: number, monotone: Int8Array | null): GpuColumns | null {
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
  const columnOf: number[] = [];
  store.columns.forEach(({ block, lane, width, cell, values, hasMissing }, f) => {
    const bins = values + Number(hasMissing);
    const byte = lane * width;
    const rowWords = (store.blocks[block].stride * width) / 4;
    for (let low = 0; low < bins; low += windowBins) {
      const high = Math.min(bins, low + windowBins);
      tasks.push(firstWord[block], rowWords, byte >> 2, (byte & 3) * 8, width, low, high, cell);
      columnOf.push(f);
    }
  });
  const table = store.columns.flatMap(({ cell, values, hasMissing, kind }, f) => [
    cell,
    values,
    Number(hasMissing) + 2 * Number(kind === columnKind.oneHot),
    (monotone?.[f] ?? 0) >>> 0,
  ]);
  return {
    blocks,
    tasks: Uint32Array.from(tasks),
    columnOf: Int32Array.from(columnOf),
    cells: store.cells,
    table: Uint32Array.from(table),
  };
}
