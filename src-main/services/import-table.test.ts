import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rawTable } from '../data/analysis/raw-fixture.ts';
import { tidyLevels } from '../data/analysis/tidy-levels.ts';
import type { Column } from '../data/frame.ts';
import { INLINE_BYTES, hashFile } from '../data/import/hash.ts';
import { writeTable } from '../data/table-store.ts';
import { beginTable } from './import-table.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'voltcast-table-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ROWS = 300_000;
const shared = (valueOf: (row: number) => number): Float64Array => {
  const values = new Float64Array(new SharedArrayBuffer(8 * ROWS));
  for (let row = 0; row < ROWS; row++) values[row] = valueOf(row);
  return values;
};

/** As large files are read: over shared memory. */
function large() {
  const codes = new Int32Array(new SharedArrayBuffer(4 * ROWS));
  for (let row = 0; row < ROWS; row++) codes[row] = row % 3;
  const columns: Column[] = [
    { name: 'load', type: 'number', unit: 'kW', values: shared((row) => (row * 7) % 1013) },
    { name: 'temp', type: 'number', unit: null, values: shared((row) => (row % 11 === 0 ? NaN : row / 7)) },
    { name: 'shift', type: 'category', levels: ['night', 'early', 'late'], codes },
  ];
  const time = shared((row) => row * 900_000);
  return { ...rawTable([], {}), time, columns, bytes: INLINE_BYTES + 1 };
}

const framesOf = ({ time, columns }: ReturnType<typeof large>) => [
  { series: null, frame: { time, resolutionMs: 900_000, timezone: 'UTC', columns } },
];
test('a table that the analysis leaves as it is, and one that it changes, are what is written at once', async () => {
  const raw = large();
  const changed = raw.columns.map((column) =>
    column.name === 'load' && column.type === 'number'
      ? { ...column, values: column.values.map((value) => (value === 0 ? NaN : value)) }
      : column,
  );
  const later = raw.time.map((time) => time + 3_600_000);
  for (const table of [raw, { ...raw, columns: changed }, { ...raw, time: later }]) {
    const frames = framesOf({ ...table, columns: table.columns.map(tidyLevels) });
    const expected = writeTable(frames, path.join(folder, 'expected'));
    const file = path.join(folder, 'table');
    const written = await beginTable(raw, file).finish(frames);
    expect(written).toEqual(expected);
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(expected.hash);
  }
});

test('a table that is abandoned is not written to any more', async () => {
  const file = path.join(folder, 'abandoned');
  await beginTable(large(), file).abandon();
  writeFileSync(file, 'mine');
  await hashFile(path.join(folder, 'abandoned'), INLINE_BYTES + 1);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('a place that cannot be written to is an error, and the thread goes on', async () => {
  const raw = large();
  await expect(
    beginTable(raw, path.join(folder, 'nowhere', 'table')).finish(framesOf(raw)),
  ).rejects.toMatchObject({ code: 'ENOENT' });
  const content = path.join(folder, 'content');
  writeFileSync(content, Buffer.alloc(INLINE_BYTES + 5, 'voltcast'));
  expect(await hashFile(content, INLINE_BYTES + 5)).toBe(
    createHash('sha256').update(readFileSync(content)).digest('hex'),
  );
  await expect(hashFile(path.join(folder, 'gone'), INLINE_BYTES + 1)).rejects.toMatchObject({
    code: 'ENOENT',
  });
});
