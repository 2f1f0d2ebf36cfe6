import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pl from 'nodejs-polars';
import type { DataFrame } from 'nodejs-polars';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseFile } from './parse.ts';
import type { RawTable } from './raw-table.ts';

let folder = '';
let files = 0;
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'voltcast-parquet-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const start = Date.UTC(2024, 0, 1);
const rows = 8;
const stamps = Array.from({ length: rows }, (_, i) => new Date(start + i * 900_000));

function read(table: DataFrame, options = {}): Promise<RawTable> {
  const file = path.join(folder, `${++files}.parquet`);
  table.writeParquet(file);
  return parseFile(file, options, () => undefined);
}
const load = (): ReturnType<typeof pl.Series> =>
  pl.Series('load_kW', [1, 2, null, 4, 5, 6, 7, 8], pl.Float64);
const expectTimes = (table: RawTable): void =>
  expect([...table.time]).toEqual(stamps.map((stamp) => stamp.getTime()));

test.each(['ms', 'us', 'ns'] as const)(
  'stamps counted in %s, nulls, whole numbers, categories, booleans',
  async (unit) => {
    const table = await read(
      pl.DataFrame([
        pl.Series('time', stamps).cast(pl.Datetime(unit)) as never,
        load(),
        pl.Series('n', [1, 2, 3, 4, 5, 6, 7, 8], pl.Int32),
        pl.Series('mode', ['b', ' b', 'a', null, 'N/A', 'a', 'a', 'a'], pl.Utf8),
        pl.Series('on', [true, false, true, true, true, true, true, null], pl.Bool),
      ]),
    );
    expectTimes(table);
    expect(table.absolute).toBe(false);
    expect(table.format).toMatchObject({ kind: 'parquet', layout: 'plain' });
    expect(table.columns).toMatchObject([
      { name: 'load_kW', type: 'number', unit: 'kW', values: Float64Array.of(1, 2, NaN, 4, 5, 6, 7, 8) },
      { name: 'n', type: 'number', values: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
      { name: 'mode', type: 'category', levels: ['b', 'a'], codes: Int32Array.of(0, 0, 1, -1, -1, 1, 1, 1) },
      {
        name: 'on',
        type: 'category',
        levels: ['true', 'false'],
        codes: Int32Array.of(0, 1, 0, 0, 0, 0, 0, -1),
      },
    ]);
  },
);

test('stamps with a zone are true instants', async () => {
  const zoned = pl.Series('time', stamps).cast(pl.Datetime('us', 'Europe/Madrid')) as never;
  const table = await read(pl.DataFrame([zoned, load()]));
  expectTimes(table);
  expect(table.absolute).toBe(true);
});

test('stamps as text, and as epoch', async () => {
  const text = stamps.map((stamp) => `13.01.2024 ${stamp.toISOString().slice(11, 16)}`);
  const table = await read(pl.DataFrame([load(), pl.Series('Zeit', text, pl.Utf8)]));
  expect(table.time[1]).toBe(Date.UTC(2024, 0, 13, 0, 15));
  const epoch = await read(
    pl.DataFrame([
      pl.Series(
        'ts',
        stamps.map((stamp) => stamp.getTime() / 1000),
        pl.Int64,
      ),
      load(),
    ]),
  );
  expectTimes(epoch);
  expect(epoch.absolute).toBe(true);
});

test('long form', async () => {
  const twice = [...stamps, ...stamps];
  const table = await read(
    pl.DataFrame([
      pl.Series('time', twice) as never,
      pl.Series(
        'meter',
        twice.map((_, i) => (i < rows ? 'A' : 'B')),
        pl.Utf8,
      ),
      pl.Series(
        'load',
        twice.map((_, i) => i),
        pl.Float64,
      ),
    ]),
  );
  expect(table.series).toMatchObject({ name: 'meter', levels: ['A', 'B'] });
  expect(table.columns.map((column) => column.name)).toEqual(['load']);
});

test('no time is a question, no rows an error', async () => {
  const table = await read(pl.DataFrame([load(), pl.Series('b', [1, 2, 3, 4, 5, 6, 7, 8], pl.Float64)]));
  expect(table.questions).toMatchObject([{ code: 'timestamp', blocking: true }]);
  await expect(
    read(pl.DataFrame([load(), pl.Series('time', stamps) as never]).head(0)),
  ).rejects.toMatchObject({ code: 'no-rows' });
});
