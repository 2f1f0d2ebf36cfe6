/**
 * @file Columns as bins in shared memory. Four, eight or sixteen columns make a block that lies row by row, so a row's bins
 * lie in one line of the cache:
 *
 *   row 0 | a b c d |   row 1 | a b c d |   ...      (bytes; 16 bits each where a column has more than 256 bins)
 */
import { AppError } from '../../../../src-preload/contract/index.ts';
import {
  columnBytes,
  cBins,
  cCell,
  cKind,
  cMissing,
  cMonotone,
  cStride,
  cValues,
  cWidth,
  laneCells,
  opBin,
  pChunks,
  paramsAt,
} from '../kernels/assembly/layout.ts';
import type { Borders } from './borders.ts';
import { binCategories, findCategories } from './category-bins.ts';
import { findBorders, kindOf, stagedAs, stageValues } from './column-borders.ts';
import type { BinningContext } from './column-borders.ts';
import type { SharedMemory } from './memory.ts';
import type { Threads } from './threads.ts';
import type { BinningOptions, EngineInput } from './types.ts';

/** how the kernel treats a column */
export const columnKind = { number: 0, category: 1, oneHot: 2 } as const;

export interface Column {
  readonly kind: 0 | 1 | 2;
  /** bins of values; a bin of missing values comes after them */
  values: number;
  readonly hasMissing: boolean;
  readonly borders: Borders;
  /** category of each bin; null for numbers */
  readonly codes: Int32Array | null;
  /** bytes of a bin */
  readonly width: 1 | 2;
  /** block and place in it */
  block: number;
  lane: number;
  /** first cell in a histogram */
  cell: number;
  /** address of a copy of the bins, row after row, for what reads one column only; 0 where the block is small enough */
  copy: number;
}

export interface Block {
  readonly width: 1 | 2;
  readonly columns: readonly number[];
  /** bins from row to row: 4, 8 or 16, as many as columns or more */
  readonly stride: number;
  readonly cell: number;
  readonly cells: number;
  readonly address: number;
}

export interface ColumnStore {
  readonly columns: Column[];
  readonly blocks: readonly Block[];
  /** cells of a histogram over all columns */
  readonly cells: number;
  /** address of the columns' table */
  readonly table: number;
}

/** rows of a column that are binned at a time */
const stretchRows = 8192;
/** most columns of a block of bytes; a row of it lies in one line of the cache, and eight columns are summed at a time */
const mostLanes = 16;
/** the same where bins stay in the second cache, or are two bytes wide */
const fewLanes = 8;
const smallRows = 75_000;

/**
 * Bins all columns.
 * @param categoryKind what categorical columns are to the policy; null: numbers
 */
export function binColumns(
  memory: SharedMemory,
  threads: Threads,
  input: EngineInput,
  options: BinningOptions,
  categoryKind: 1 | 2 | null,
  monotone: Int8Array | null,
): ColumnStore {
  const context: BinningContext = { memory, threads, stage: memory.allocate(stageValues * 8) };
  const borders = findBorders(context, input, options, categoryKind);
  const columns: Column[] = input.columns.map((values, f) => {
    const found = borders[f];
    if (found === null) {
      const codes = findCategories(values, options);
      return category(codes, categoryKind ?? 1);
    }
    const { hasMissing } = found;
    const bins = found.borders.edges.length + 1;
    return {
      ...place,
      kind: 0,
      values: bins,
      hasMissing,
      borders: found.borders,
      codes: null,
      width: bins + Number(hasMissing) <= 256 ? 1 : 2,
    };
  });
  const given = columns.length;
  for (let s = 0; s < (input.slots ?? 0); s++) columns.push(emptySlot());
  const { blocks, cells } = layOut(memory, columns, given, input.rows, threads.count);
  const store = { columns, blocks, cells, table: memory.allocate(columns.length * columnBytes) };
  if (input.rows > smallRows)
    for (const column of columns.slice(0, given))
      if (column.codes === null) column.copy = memory.allocate(input.rows * column.width);
  columns.forEach((_, f) => writeColumn(memory, store, f, monotone?.[f] ?? 0));
  fillBins(context, input, options, store);
  input.columns.forEach((values, f) => {
    const column = columns[f];
    if (column.codes !== null)
      binCategories(memory, values, column.codes, column.values, binsOf(store, f), column.width);
  });
  return store;
}

/** Cells of a column in a histogram: an even number, for they are added and taken off two at a time. */
export function evenCells({ values, hasMissing }: Column): number {
  const bins = values + Number(hasMissing);
  return bins + (bins % 2);
}

const place = { block: 0, lane: 0, cell: 0, copy: 0 };
const noBorders: Borders = { edges: new Float64Array(0), beyond: 0 };

function category(codes: Int32Array, kind: 1 | 2): Column {
  return {
    ...place,
    kind,
    values: codes.length,
    hasMissing: true,
    borders: noBorders,
    codes,
    width: codes.length + 1 <= 256 ? 1 : 2,
  };
}

const emptySlot = (): Column => ({
  ...place,
  kind: 0,
  values: 0,
  hasMissing: false,
  borders: noBorders,
  codes: null,
  width: 1,
});

/** Address of the first row's bin and bytes from row to row. */
export function binsOf(store: ColumnStore, f: number): { readonly address: number; readonly stride: number } {
  const { block, lane, width } = store.columns[f];
  const { address, stride } = store.blocks[block];
  return { address: address + lane * width, stride: stride * width };
}

export function writeColumn(memory: SharedMemory, store: ColumnStore, f: number, monotone: number): void {
  const column = store.columns[f];
  const at = (store.table + f * columnBytes) / 4;
  const words = memory.u32;
  const { address, stride } = binsOf(store, f);
  words[at + cBins / 4] = column.copy > 0 ? column.copy : address;
  words[at + cStride / 4] = column.copy > 0 ? column.width : stride;
  words[at + cWidth / 4] = column.width;
  words[at + cCell / 4] = column.cell;
  words[at + cValues / 4] = column.values;
  words[at + cMissing / 4] = Number(column.hasMissing);
  words[at + cKind / 4] = column.kind;
  words[at + cMonotone / 4] = monotone;
}

/**
 * Columns of bytes share blocks, wide ones share others, and slots never share with given columns. All threads get a block
 * where columns allow it, and blocks are of a size.
 */
function layOut(
  memory: SharedMemory,
  columns: readonly Column[],
  given: number,
  rows: number,
  threads: number,
): { blocks: Block[]; cells: number } {
  const groups: number[][] = [[], [], []];
  columns.forEach((column, f) => groups[f >= given ? 2 : column.width - 1].push(f));
  const blocks: Block[] = [];
  let cells = 0;
  for (const group of groups) {
    const wide = group.length > 0 && columns[group[0]].width === 2;
    const least = Math.ceil(group.length / (wide || rows <= smallRows ? fewLanes : mostLanes));
    const most = Math.ceil(group.length / 4);
    const count = Math.min(most, Math.ceil(least / threads) * threads);
    for (let k = 0; k < count; k++) {
      const members = group.slice(
        Math.round((group.length * k) / count),
        Math.round((group.length * (k + 1)) / count),
      );
      const width = columns[members[0]].width;
      const stride = members.length > 8 ? 16 : members.length > 4 ? 8 : 4;
      const first = cells;
      members.forEach((f, lane) => {
        Object.assign(columns[f], { block: blocks.length, lane, cell: cells });
        cells += width === 1 ? laneCells : evenCells(columns[f]);
      });
      const address = memory.allocate(rows * stride * width);
      blocks.push({ width, columns: members, stride, cell: first, cells: cells - first, address });
    }
  }
  return { blocks, cells };
}

/** Values of the numeric columns to bins, a stretch of rows at a time. */
function fillBins(
  { memory, threads, stage }: BinningContext,
  input: EngineInput,
  options: BinningOptions,
  store: ColumnStore,
): void {
  const { rows } = input;
  const numeric = input.columns.map((_, f) => f).filter((f) => store.columns[f].codes === null);
  if (numeric.length === 0) return;
  const widest = Math.max(...numeric.map((f) => store.columns[f].borders.edges.length));
  if (widest > 65_534)
    throw new AppError({
      code: 'engine-too-many-bins',
      message: `A column would have ${widest + 1} bins; at most 65,535 are possible.`,
      hint: 'Set max_bin to 65535 or less.',
      place: { key: 'max_bin' },
    });
  const cuts = numeric.map((f) => {
    const { edges } = store.columns[f].borders;
    const address = memory.allocate(Math.max(8, edges.length * 8));
    memory.floats(address, edges.length).set(edges);
    return address;
  });
  const atOnce = Math.floor(stageValues / stretchRows);
  const tasks = memory.allocate(atOnce * 48);
  const words = memory.u32;
  words[(paramsAt + pChunks) / 4] = tasks;
  let filled = 0;
  const flush = (): void => {
    threads.run(opBin, filled, filled * stretchRows * 10);
    filled = 0;
  };
  const stretches = Math.max(1, Math.floor(atOnce / numeric.length));
  // neighbouring tasks are of one column and different rows: columns of a block share cache lines, and threads must not
  for (let begin = 0; begin < rows; begin += stretches * stretchRows) {
    numeric.forEach((f, k) => {
      const column = store.columns[f];
      const { address: bins, stride } = binsOf(store, f);
      const missing = options.borders === 'catboost' ? 0 : column.values;
      const rule = options.borders === 'xgboost' ? 0 : 1;
      const end = Math.min(rows, begin + stretches * stretchRows);
      for (let from = begin; from < end; from += stretchRows) {
        const count = Math.min(stretchRows, end - from);
        const address = stage + filled * stretchRows * 8;
        const values = input.columns[f];
        stagedAs(values, memory, address, count).set(values.subarray(from, from + count));
        const copy = column.copy > 0 ? column.copy + from * column.width : 0;
        words.set(
          [
            address,
            count,
            bins + from * stride,
            stride,
            column.width,
            cuts[k],
            column.borders.edges.length,
            missing,
            rule,
            kindOf(values, options),
            0,
            copy,
          ],
          (tasks + 48 * filled) / 4,
        );
        filled++;
        if (filled === atOnce) flush();
      }
    });
    flush();
  }
}
