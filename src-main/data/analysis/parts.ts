/** @file Splitting a raw table into series, and moving rows of all columns together. */
import type { CategoryColumn, Column, NumberColumn } from '../frame.ts';
import type { RawTable } from '../import/raw-table.ts';
import { isAscending } from './order.ts';
import { countTimeless } from '../time/step-runs.ts';
import type { Part } from './types.ts';

export function gather(column: Column, rows: Int32Array): Column {
  if (column.type === 'number') {
    const values = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) values[i] = column.values[rows[i]];
    return { ...column, values };
  }
  const codes = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) codes[i] = column.codes[rows[i]];
  return { ...column, codes };
}

export function gatherTime(time: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = time[rows[i]];
  return out;
}

/** Keeps `rows`, in that order. */
export function keepRows(part: Part, rows: Int32Array): void {
  part.time = gatherTime(part.time, rows);
  part.columns = part.columns.map((column) => gather(column, rows));
}

/** File rows of each series in file order, rows without a readable stamp left out. One part when nothing names a series. */
export function splitParts(raw: RawTable): { parts: Part[]; unreadable: number } {
  const n = raw.time.length;
  const unreadable = countTimeless(raw.time);
  if (raw.series === null) {
    const part: Part = { series: null, time: raw.time, columns: [...raw.columns] };
    if (unreadable > 0)
      keepRows(
        part,
        rowsWhere(n, (row) => !Number.isNaN(raw.time[row])),
      );
    return { parts: [part], unreadable };
  }
  const { codes, levels } = raw.series;
  const counts = new Int32Array(levels.length);
  for (let i = 0; i < n; i++) if (codes[i] >= 0 && !Number.isNaN(raw.time[i])) counts[codes[i]]++;
  const rowsOf = levels.map((_, level) => new Int32Array(counts[level]));
  counts.fill(0);
  for (let i = 0; i < n; i++) {
    const code = codes[i];
    if (code >= 0 && !Number.isNaN(raw.time[i])) rowsOf[code][counts[code]++] = i;
  }
  const parts = levels.flatMap((level, code) => {
    if (rowsOf[code].length === 0) return [];
    const part: Part = { series: level, time: raw.time, columns: [...raw.columns] };
    keepRows(part, rowsOf[code]);
    return [part];
  });
  parts.sort((a, b) => (a.series! < b.series! ? -1 : 1));
  return { parts, unreadable };
}

export function rowsWhere(n: number, test: (row: number) => boolean): Int32Array {
  const rows = new Int32Array(n);
  let kept = 0;
  for (let row = 0; row < n; row++) if (test(row)) rows[kept++] = row;
  return rows.slice(0, kept);
}

/** Stable ascending order of `time`, or null when it is ascending already. */
export function ascendingOrder(time: Float64Array): Int32Array | null {
  if (isAscending(time)) return null;
  return Int32Array.from({ length: time.length }, (_, row) => row).sort((a, b) => time[a] - time[b] || a - b);
}

export const isNumber = (column: Column): column is NumberColumn => column.type === 'number';
export const isCategory = (column: Column): column is CategoryColumn => column.type === 'category';

/** Copies of the named number columns, for a repair to write to. */
export function writableNumbers(part: Part, names: ReadonlySet<string>): Map<string, Float64Array> {
  const open = new Map<string, Float64Array>();
  part.columns = part.columns.map((column) => {
    if (column.type !== 'number' || !names.has(column.name)) return column;
    const values = column.values.slice();
    open.set(column.name, values);
    return { ...column, values };
  });
  return open;
}

/** Values of one number column over all parts, end to end. */
export function pooled(parts: readonly Part[], name: string): Float64Array {
  if (parts.length === 1) return numbersOf(parts[0], name);
  const arrays = parts.map((part) => numbersOf(part, name));
  const out = new Float64Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}

export function numbersOf(part: Part, name: string): Float64Array {
  const column = part.columns.find((candidate) => candidate.name === name);
  return column?.type === 'number' ? column.values : new Float64Array(part.time.length).fill(NaN);
}

/** Codes of one category column over all parts, end to end; all parts share the levels of the raw column. */
export function pooledCodes(parts: readonly Part[], name: string): Int32Array {
  const arrays = parts.map((part) => {
    const column = part.columns.find((candidate) => candidate.name === name);
    return column?.type === 'category' ? column.codes : new Int32Array(part.time.length).fill(-1);
  });
  if (arrays.length === 1) return arrays[0];
  const out = new Int32Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}
