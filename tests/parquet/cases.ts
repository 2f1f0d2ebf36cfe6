/**
 * @file Files by our Parquet writer with what they must hold, for check.py to read with the originals:
 *   node tests/parquet/cases.ts FOLDER && python tests/parquet/check.py FOLDER
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeParquet } from '../../src-main/data/parquet/write.ts';
import type { ParquetColumn } from '../../src-main/data/parquet/write.ts';

const numbers = (rows: number, valueOf: (row: number) => number): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => valueOf(row));
const time = (rows: number, valueOf: (row: number) => number): ParquetColumn => ({
  name: '__time',
  type: 'time',
  values: numbers(rows, valueOf),
});
const number = (name: string, rows: number, valueOf: (row: number) => number): ParquetColumn => ({
  name,
  type: 'number',
  values: numbers(rows, valueOf),
});
const text = (
  name: string,
  rows: number,
  levels: readonly string[],
  codeOf: (row: number) => number,
): ParquetColumn => ({
  name,
  type: 'text',
  levels,
  codes: Int32Array.from({ length: rows }, (_, row) => codeOf(row)),
});

const GROUPS = 3_300_000; // four row groups
const cases: Record<string, readonly ParquetColumn[]> = {
  empty: [time(0, Number), number('n', 0, Number), text('s', 0, [], Number)],
  one: [time(1, () => 1.6e12), number('n', 1, () => NaN), text('s', 1, [''], () => 0)],
  nulls: [
    time(1000, (row) => row * 900_000),
    number('n', 1000, (row) => (row % 3 ? row / 7 : NaN)),
    number('all missing', 1000, () => NaN),
    text('s', 1000, ['', 'ñandú', '日本語', '🙂🙂'], (row) => (row % 5) - 1),
    text('no text', 1000, [], () => -1),
  ],
  extremes: [
    time(6, (row) => -8e15 + row),
    number('n', 6, (row) => [0, Infinity, -Infinity, 5e-324, Number.MAX_VALUE, -1][row]),
    text('odd "name" ÿ,;\n', 6, ['a\0b', 'line\nbreak'], (row) => row % 2),
  ],
  fractions: [time(100, (row) => row + 0.5), number('n', 100, Number)],
  irregular: [time(5000, (row) => (row * 829_400_000_000) % 1e13), number('n', 5000, Math.sin)],
  groups: [
    time(GROUPS, (row) => row * 1000 + (row % 1000 === 0 ? 3 : 0)),
    number('few', GROUPS, (row) => (row % 97 === 0 ? NaN : row % 1013)),
    number('many', GROUPS, (row) => row * 1.1),
    text('s', GROUPS, ['a', 'b', 'c'], (row) => (row >> 20) - 1),
  ],
  texts: [
    time(70_000, Number),
    text(
      's',
      70_000,
      Array.from({ length: 70_000 }, (_, i) => `${'x'.repeat(i % 50)}${i}`),
      Number,
    ),
  ],
  wide: [time(10, Number), ...Array.from({ length: 300 }, (_, k) => number(`c${k}`, 10, (row) => row * k))],
};

const valueAt = (column: ParquetColumn, row: number): string | null => {
  if (column.type === 'text') return column.codes[row] < 0 ? null : column.levels[column.codes[row]];
  return Number.isNaN(column.values[row]) ? null : String(column.values[row]);
};

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
for (const [name, columns] of Object.entries(cases)) {
  writeParquet(columns, path.join(folder, `${name}.parquet`));
  const expected = columns.map((column) => {
    const rows = column.type === 'text' ? column.codes.length : column.values.length;
    const shown = Array.from({ length: Math.min(rows, 50) }, (_, i) =>
      Math.floor((i * (rows - 1)) / Math.max(1, Math.min(rows, 50) - 1)),
    );
    let missing = 0;
    for (let row = 0; row < rows; row++) if (valueAt(column, row) === null) missing++;
    return {
      name: column.name,
      type: column.type,
      rows,
      missing,
      at: shown,
      values: shown.map((row) => valueAt(column, row)),
    };
  });
  writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(expected));
}
