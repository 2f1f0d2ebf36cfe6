/** @file First cut: the steel conventions only; the full reader replaces it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pl from 'nodejs-polars';
import type { ImportOptions } from '../../../src-preload/contract/index.ts';
import type { Column } from '../frame.ts';
import type { RawTable } from './raw-table.ts';

/** Reads a file of readings into columns, in file order. */
export async function parseFile(
  file: string,
  _options: ImportOptions,
  progress: (fraction: number, message: string) => void,
): Promise<RawTable> {
  const bytes = readFileSync(file);
  const table = pl.readCSV(bytes, { inferSchemaLength: null });
  const [timeName, ...names] = table.columns;
  const stamp = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d)$/;
  const time = Float64Array.from(table.getColumn(timeName).toArray() as string[], (text) => {
    const m = stamp.exec(text);
    return m ? Date.UTC(+m[3], +m[2] - 1, +m[1], +m[4], +m[5]) : NaN;
  });
  const columns = names.map((name): Column => {
    const values = table.getColumn(name).toArray() as (string | number)[];
    if (Number.isFinite(Number(values[0]))) {
      const unit = /_(k\w+)$|\((\w+)\)$/.exec(name);
      return {
        name,
        type: 'number',
        unit: unit?.[1] ?? unit?.[2] ?? null,
        values: Float64Array.from(values, Number),
      };
    }
    const levels = [...new Set(values as string[])];
    return {
      name,
      type: 'category',
      levels,
      codes: Int32Array.from(values, (value) => levels.indexOf(value as string)),
    };
  });
  progress(1, 'read');
  return {
    file,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    format: {
      kind: 'csv',
      compression: 'none',
      encoding: 'utf-8',
      delimiter: ',',
      decimal: '.',
      thousands: null,
      preambleLines: 0,
      footerLines: 0,
      header: true,
      unitsRow: false,
      layout: 'plain',
      dateFormat: 'DD/MM/YYYY HH:mm',
    },
    time,
    absolute: false,
    intervalEnd: null,
    timestampColumns: [timeName],
    series: null,
    columns,
    questions: [],
    warnings: [],
    sampleHeader: table.columns,
    sample: table
      .head(20)
      .rows()
      .map((row) => row.map(String)),
  };
}
