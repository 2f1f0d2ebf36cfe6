/** @file A forecast as a file for other programs: CSV or Parquet, one row per interval, one column per quantile. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pl from 'nodejs-polars';
import writeFileAtomic from 'write-file-atomic';
import type { Forecast } from '../../src-preload/contract/index.ts';

/** 0.1 -> `p10`, 0.025 -> `p2.5` */
export const columnOf = (level: number): string => `p${Number((level * 100).toPrecision(8))}`;

/**
 * @param out absolute path; written whole or not at all (temporary file beside it, fsync, rename)
 */
export function exportForecast(
  forecast: Forecast,
  format: 'csv' | 'parquet',
  out: string,
): { file: string; bytes: number } {
  const content = format === 'csv' ? Buffer.from(toCsv(forecast)) : toParquet(forecast);
  mkdirSync(path.dirname(out), { recursive: true });
  writeFileAtomic.sync(out, content);
  return { file: out, bytes: content.byteLength };
}

/** `timestamp,p10,…`: the end of the interval that the dataset's own stamps name, ISO 8601 with the local offset; an empty cell is missing. RFC 4180. */
export function toCsv(forecast: Forecast): string {
  const header = ['timestamp', ...forecast.levels.map(columnOf)].join(',');
  const lines = forecast.rows.map((row) =>
    [row.timestamp, ...forecast.levels.map((level) => row.quantiles[String(level)] ?? '')].join(','),
  );
  return `${[header, ...lines].join('\r\n')}\r\n`;
}

/** As the CSV, and `time_utc` (the interval's beginning, a true timestamp) beside the text. */
function toParquet(forecast: Forecast): Buffer {
  const column = (level: number): Float64Array =>
    Float64Array.from(forecast.rows, (row) => row.quantiles[String(level)] ?? Number.NaN);
  const table = pl
    .DataFrame([
      pl.Series(
        'timestamp',
        forecast.rows.map((row) => row.timestamp),
        pl.Utf8,
      ),
      pl.Series(
        'time_utc',
        Float64Array.from(forecast.rows, (row) => row.t),
        pl.Float64,
      ),
      ...forecast.levels.map((level) => pl.Series(columnOf(level), column(level), pl.Float64)),
    ])
    .withColumns(
      pl.col('time_utc').cast(pl.Int64).cast(pl.Datetime('ms')),
      ...forecast.levels.map((level) => pl.col(columnOf(level)).fillNan(null)),
    );
  const folder = mkdtempSync(path.join(os.tmpdir(), 'voltcast-'));
  try {
    const file = path.join(folder, 'forecast.parquet');
    table.writeParquet(file, { compression: 'zstd' });
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
