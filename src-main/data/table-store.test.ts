import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Frame } from './frame.ts';
import { listSeries, readTable, writeTable } from './table-store.ts';

let folder = '';
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'voltcast-table-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const meta = { resolutionMs: 900_000, timezone: 'UTC', units: { load: 'kW' } };
const hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

function frameOf(rows: number, shift = 0): Frame {
  return {
    time: Float64Array.from({ length: rows }, (_, i) => 1_514_764_800_000 + i * 900_000),
    resolutionMs: 900_000,
    timezone: 'UTC',
    columns: [
      {
        name: 'load',
        type: 'number',
        unit: 'kW',
        values: Float64Array.from({ length: rows }, (_, i) => (i % 7 === 3 ? NaN : i + shift + 0.1)),
      },
      {
        name: 'shift',
        type: 'category',
        levels: ['noche', 'día'],
        codes: Int32Array.from({ length: rows }, (_, i) => ((i % 5) % 3) - 1),
      },
    ],
  };
}

test('a frame comes back with its missing values, and levels in ascending order', () => {
  const file = path.join(folder, 'plain.parquet');
  const frame = frameOf(100);
  writeTable([{ series: null, frame }], file);
  const back = readTable(file, {}, meta);
  expect(back.time).toEqual(frame.time);
  expect(back.columns[0]).toEqual(frame.columns[0]);
  const shift = back.columns[1];
  if (shift.type !== 'category') throw new Error('not a category');
  expect(shift.levels).toEqual(['día', 'noche']);
  expect([...shift.codes.slice(0, 5)]).toEqual([-1, 1, 0, -1, 1]);
  expect(listSeries(file)).toEqual([]);
});

test('a long table gives one series at a time, in stored order', () => {
  const file = path.join(folder, 'long.parquet');
  writeTable(
    [
      { series: 'north', frame: frameOf(10) },
      { series: 'east', frame: frameOf(20, 1000) },
    ],
    file,
  );
  expect(listSeries(file)).toEqual(['north', 'east']);
  expect(readTable(file, {}, meta).time.length).toBe(10);
  const east = readTable(file, { series: 'east', columns: ['load'] }, meta);
  expect(east.time.length).toBe(20);
  expect(east.columns.map((column) => column.name)).toEqual(['load']);
  expect(east.columns[0]).toMatchObject({ unit: 'kW' });
});

test('the same content has the same bytes, however NaN is spelled', () => {
  const files = ['a', 'b', 'c'].map((name) => path.join(folder, `${name}.parquet`));
  const frame = frameOf(5000);
  const other = frameOf(5000);
  const column = other.columns[0];
  if (column.type !== 'number') throw new Error('not a number');
  new Uint32Array(column.values.buffer)[2 * 3] = 7; // another NaN payload in row 3
  writeTable([{ series: null, frame }], files[0]);
  writeTable([{ series: null, frame: other }], files[1]);
  column.values[0] += 1;
  writeTable([{ series: null, frame: other }], files[2]);
  expect(hash(files[1])).toBe(hash(files[0]));
  expect(hash(files[2])).not.toBe(hash(files[0]));
});

test('what cannot be stored or found is said by name', () => {
  const file = path.join(folder, 'plain2.parquet');
  const frame = frameOf(3);
  const reserved: Frame = { ...frame, columns: [{ ...frame.columns[0], name: '__time' }] };
  expect(() => writeTable([{ series: null, frame: reserved }], file)).toThrow(/__time/);
  expect(() => writeTable([], file)).toThrow(/at least one column/);
  const cut: Frame = { ...frame, columns: frame.columns.slice(0, 1) };
  expect(() =>
    writeTable(
      [
        { series: 'a', frame },
        { series: 'b', frame: cut },
      ],
      file,
    ),
  ).toThrow(/'b'/);
  writeTable([{ series: null, frame }], file);
  expect(() => readTable(file, { columns: ['lod'] }, meta)).toThrow(/'lod'/);
  writeFileSync(path.join(folder, 'junk.parquet'), 'not parquet');
  expect(() => readTable(path.join(folder, 'junk.parquet'), {}, meta)).toThrow(/junk.parquet/);
  writeTable([{ series: 'a', frame }], file);
  expect(() => readTable(file, { series: 'z' }, meta)).toThrow(/'z'/);
});

test('what Parquet cannot hold is refused before a file is begun', () => {
  const frame = frameOf(10);
  const file = path.join(folder, 'refused.parquet');
  const short = { ...frame, time: frame.time.subarray(1) };
  expect(() => writeTable([{ series: null, frame: short }], file)).toThrow(
    expect.objectContaining({ code: 'columns-differ-in-length', place: { column: 'load' } }),
  );
  // ropes, never flat in memory
  const levels = Array.from({ length: 6 }, (_, i) => 'x'.repeat(400_000_000 + i));
  const long = {
    ...frame,
    columns: [{ name: 'note', type: 'category' as const, levels, codes: new Int32Array(10) }],
  };
  expect(() => writeTable([{ series: null, frame: long }], file)).toThrow(
    expect.objectContaining({ code: 'column-too-large', place: { column: 'note' } }),
  );
  expect(existsSync(file)).toBe(false);
});

test('an object of the store is read by its hash, without a file extension', () => {
  const file = path.join(folder, 'd901cc5e');
  writeTable([{ series: null, frame: frameOf(5) }], file);
  expect(readTable(file, {}, meta).time.length).toBe(5);
});
