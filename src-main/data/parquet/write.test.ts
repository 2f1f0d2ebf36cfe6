import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import pl from 'nodejs-polars';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Bytes, writeThrift } from './thrift.ts';
import { writeParquet } from './write.ts';
import type { ParquetColumn } from './write.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'voltcast-parquet-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What polars, which is not ours, reads from the file. */
function readBack(columns: readonly ParquetColumn[]): Record<string, unknown[]> {
  const file = path.join(folder, 'table.parquet');
  const written = writeParquet(columns, file);
  const content = readFileSync(file);
  expect(written).toEqual({
    hash: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
  });
  const table = pl.readParquet(file);
  return Object.fromEntries(
    table.columns.map((name) => [
      name,
      [...table.getColumn(name)].map((value) => (typeof value === 'bigint' ? Number(value) : value)),
    ]),
  );
}

const meant = (column: ParquetColumn): unknown[] => {
  if (column.type === 'text')
    return Array.from(column.codes as ArrayLike<number>, (code) => (code < 0 ? null : column.levels[code]));
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value + 0));
};
const expectKept = (columns: readonly ParquetColumn[]): void => {
  const back = readBack(columns);
  for (const column of columns) expect(back[column.name], column.name).toEqual(meant(column));
};

const number = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 2.5, -3.25, 1e300, -0) },
  { weight: 2, arbitrary: fc.double() },
  fc.constant(NaN),
);
const table = fc
  .tuple(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 9 }), fc.boolean())
  .chain(([rows, levels, plain]) =>
    fc.record({
      steps: fc.array(
        fc.oneof({ weight: 9, arbitrary: fc.constant(900_000) }, fc.integer({ min: -1e6, max: 1e11 })),
        { minLength: rows, maxLength: rows },
      ),
      values: fc.array(plain ? fc.double() : number, { minLength: rows, maxLength: rows }),
      codes: fc.array(fc.integer({ min: -1, max: levels - 1 }), { minLength: rows, maxLength: rows }),
      levels: fc.uniqueArray(fc.string({ unit: 'grapheme' }), { minLength: levels, maxLength: levels }),
    }),
  );

test('tables of every kind come back through polars', () => {
  fc.assert(
    fc.property(table, ({ steps, values, codes, levels }) => {
      let now = Date.UTC(2020, 0, 1);
      const time = Float64Array.from(steps, (step) => (now += step));
      expectKept([
        { name: '__time', type: 'time', values: time },
        { name: 'load', type: 'number', values: Float64Array.from(values) },
        { name: 'shift', type: 'text', codes: Int32Array.from(codes), levels },
      ]);
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

test('several row groups, many different values, long runs of missing ones', () => {
  const rows = (1 << 20) + 70_001;
  const column = (valueOf: (row: number) => number) =>
    Float64Array.from({ length: rows }, (_, row) => valueOf(row));
  const columns: ParquetColumn[] = [
    { name: '__time', type: 'time', values: column((row) => row * 60_000 + (row > 5e5 ? 7e12 : 0)) },
    { name: 'few', type: 'number', values: column((row) => (row * 7) % 1013) },
    { name: 'many', type: 'number', values: column((row) => row * 1.5) },
    { name: 'holes', type: 'number', values: column((row) => (row % 1000 < 400 ? NaN : row % 77)) },
    { name: 'empty', type: 'number', values: column(() => NaN) },
    {
      name: 'text',
      type: 'text',
      codes: Int32Array.from({ length: rows }, (_, row) => (row % 5) - 1),
      levels: ['a', 'b', 'ü', ''],
    },
    { name: 'no text', type: 'text', codes: new Int32Array(rows).fill(-1), levels: [] },
  ];
  const file = path.join(folder, 'large.parquet');
  writeParquet(columns, file);
  const back = pl.readParquet(file);
  expect(back.height).toBe(rows);
  for (const row of [0, 1, 399, 400, 65_535, 65_536, 500_001, (1 << 20) - 1, 1 << 20, rows - 1]) {
    const read = back.row(row).map((value) => (typeof value === 'bigint' ? Number(value) : value));
    expect(read, String(row)).toEqual(columns.map((entry) => meantAt(entry, row)));
  }
  const sum = (values: ArrayLike<number>) =>
    Array.from(values).reduce((a, b) => a + (Number.isNaN(b) ? 0 : b), 0);
  for (const entry of columns)
    if (entry.type === 'number' && entry.name !== 'empty')
      expect(back.getColumn(entry.name).sum(), entry.name).toBe(sum(entry.values));
});

function meantAt(column: ParquetColumn, row: number): unknown {
  if (column.type === 'text') return column.codes[row] < 0 ? null : column.levels[column.codes[row]];
  return Number.isNaN(column.values[row]) ? null : column.values[row];
}

test('times far apart, and times that are not whole', () => {
  expectKept([{ name: 't', type: 'time', values: Float64Array.of(-8e15, 0, 8e15) }]);
  expectKept([{ name: 't', type: 'time', values: Float64Array.of(0.5, 1.25) }]);
  expectKept([{ name: 't', type: 'time', values: Float64Array.of(5) }]);
});

test('a regular grid and few different values take little room', () => {
  const rows = 100_000;
  const { bytes } = writeParquet(
    [
      { name: 't', type: 'time', values: Float64Array.from({ length: rows }, (_, i) => i * 900_000) },
      { name: 'v', type: 'number', values: Float64Array.from({ length: rows }, (_, i) => (i % 1000) / 10) },
    ],
    path.join(folder, 'small.parquet'),
  );
  expect(bytes).toBeLessThan(1.5 * rows);
});

test('a table without rows, columns without readings, odd texts and extreme numbers', () => {
  expectKept([
    { name: '__time', type: 'time', values: new Float64Array(0) },
    { name: 'load', type: 'number', values: new Float64Array(0) },
    { name: 'shift', type: 'text', codes: new Int32Array(0), levels: [] },
  ]);
  expectKept([
    { name: '__time', type: 'time', values: Float64Array.of(1, 2, 3, 4, 5, 6) },
    {
      name: 'n',
      type: 'number',
      values: Float64Array.of(Infinity, -Infinity, 5e-324, Number.MAX_VALUE, NaN, -1),
    },
    {
      name: 'a "b",\n;ñ',
      type: 'text',
      codes: Int32Array.of(0, 1, 2, 3, -1, 4),
      levels: ['', '\0', '日本語', '🙂', 'a\nb'],
    },
  ]);
});

test('many texts, many columns', () => {
  const rows = 70_000;
  const levels = Array.from({ length: rows }, (_, i) => `${'x'.repeat(i % 40)}${i}`);
  const wide = Array.from({ length: 200 }, (_, k): ParquetColumn => ({
    name: `c${k}`,
    type: 'number',
    values: Float64Array.of(k, NaN, -k),
  }));
  expectKept([{ name: 's', type: 'text', codes: Int32Array.from(levels.keys()), levels }]);
  expectKept(wide);
});

test('sizes beyond 32 bits are written in the footer as they are', () => {
  for (const value of [2 ** 31, 2 ** 32 + 5, 2 ** 40 + 1, 2 ** 51 - 1]) {
    const out = new Bytes();
    writeThrift({ i64: value }, out);
    const read = out.written.reduceRight((sum, byte) => sum * 128n + BigInt(byte & 127), 0n);
    expect(Number(read / 2n)).toBe(value);
    expect(read % 2n).toBe(0n);
  }
});
