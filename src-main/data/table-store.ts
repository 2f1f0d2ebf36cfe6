/**
 * @file Frames to Parquet by our own writer and back through polars. The bytes depend on the content alone, so the same
 * content has the same hash: NaN of any bit pattern is stored as null, nothing about time, machine or file name is written.
 *
 *   __time  64-bit integers, UTC ms of the interval's beginning, ascending per series
 *   __series  text, long form only: which series a row belongs to; rows of one series stand together
 *   then the columns: numbers as Float64, categories as text; missing is null
 */
import pl from 'nodejs-polars';
import type { DataFrame } from 'nodejs-polars';
import { AppError } from '../../src-preload/contract/index.ts';
import { findColumn } from './frame.ts';
import type { CategoryColumn, Column, Frame } from './frame.ts';
import { LARGEST_PAGE, writeParquet } from './parquet/write.ts';
import type { ParquetColumn, Written } from './parquet/write.ts';

const TIME = '__time';
const SERIES = '__series';

export interface StoredFrame {
  readonly series: string | null;
  readonly frame: Frame;
}

export interface TableMeta {
  readonly resolutionMs: number;
  readonly timezone: string;
  readonly units: Record<string, string | null>;
}

/**
 * Writes one or more series of the same columns as one Parquet file, and syncs it.
 * @param frames at least one; `series` is null for a file of one unnamed series
 * @returns sha256 of the file, hex, and its size
 * @throws AppError `no-columns-to-store`, `reserved-column-name`, `series-columns-differ`, `columns-differ-in-length`,
 *   `column-too-large`
 */
export function writeTable(frames: readonly StoredFrame[], file: string): Written {
  return writeParquet(tableColumns(frames), file);
}

/** What {@link writeTable} writes; throws as it does. */
export function tableColumns(frames: readonly StoredFrame[]): readonly ParquetColumn[] {
  const names = checkFrames(frames);
  const series = frames.some((entry) => entry.series !== null) ? [seriesColumn(frames)] : [];
  const time = join(frames.map((entry) => entry.frame.time));
  const columns: readonly ParquetColumn[] = [
    { name: TIME, type: 'time', values: time },
    ...series,
    ...names.map((name) => joinColumn(name, frames)),
  ];
  for (const column of columns) checkColumn(column, time.length);
  return columns;
}

/** What a Parquet file cannot hold is refused before one is begun. */
function checkColumn(column: ParquetColumn, rows: number): void {
  const { name } = column;
  const length = column.type === 'text' ? column.codes.length : column.values.length;
  if (length !== rows)
    throw new AppError({
      code: 'columns-differ-in-length',
      message: `Column '${name}' has ${length} rows, and there are ${rows} stamps.`,
      place: { column: name },
    });
  const characters = column.type === 'text' ? column.levels.reduce((sum, text) => sum + text.length, 0) : 0;
  if (characters > LARGEST_PAGE)
    throw new AppError({
      code: 'column-too-large',
      message: `The different texts of column '${name}' take ${(characters / 2 ** 30).toFixed(1)} GiB, and a stored column may have 2.`,
      hint: 'Leave the column out of the file: texts so long are no categories.',
      place: { column: name },
    });
}

function checkFrames(frames: readonly StoredFrame[]): string[] {
  const first = frames[0]?.frame;
  if (!first || first.columns.length === 0)
    throw new AppError({
      code: 'no-columns-to-store',
      message: 'A table needs at least one column to be stored.',
    });
  const names = first.columns.map((column) => column.name);
  const reserved = names.find((name) => name === TIME || name === SERIES);
  if (reserved !== undefined)
    throw new AppError({
      code: 'reserved-column-name',
      message: `The column name '${reserved}' is used by the store itself.`,
      hint: 'Rename the column in the file.',
    });
  for (const { series, frame } of frames)
    for (const [i, column] of frame.columns.entries())
      if (
        frame.columns.length !== names.length ||
        column.name !== names[i] ||
        column.type !== first.columns[i].type
      )
        throw new AppError({
          code: 'series-columns-differ',
          message: `Series '${series ?? ''}' does not have the columns of the first series (${names.join(', ')}).`,
        });
  return names;
}

function join(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0];
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function joinColumn(name: string, frames: readonly StoredFrame[]): ParquetColumn {
  const parts = frames.map((entry) => findColumn(entry.frame, name)!);
  if (parts[0].type === 'number') {
    const values = parts.map((part) => (part.type === 'number' ? part.values : new Float64Array()));
    return { name, type: 'number', values: join(values) };
  }
  const { levels, codes } = mergeCategories(name, parts as CategoryColumn[]);
  return { name, type: 'text', levels, codes };
}

/** Levels in order of first appearance over all parts. */
function mergeCategories(name: string, parts: readonly CategoryColumn[]): CategoryColumn {
  if (parts.length === 1) return parts[0];
  const index = new Map<string, number>();
  const codes = new Int32Array(parts.reduce((sum, part) => sum + part.codes.length, 0));
  let at = 0;
  for (const part of parts) {
    const map = part.levels.map((level) => {
      const known = index.get(level);
      if (known !== undefined) return known;
      index.set(level, index.size);
      return index.size - 1;
    });
    for (const code of part.codes) codes[at++] = code < 0 ? -1 : map[code];
  }
  return { name, type: 'category', levels: [...index.keys()], codes };
}

function seriesColumn(frames: readonly StoredFrame[]): ParquetColumn {
  const codes = new Int32Array(frames.reduce((sum, entry) => sum + entry.frame.time.length, 0));
  let at = 0;
  frames.forEach((entry, i) => {
    codes.fill(i, at, at + entry.frame.time.length);
    at += entry.frame.time.length;
  });
  return { name: SERIES, type: 'text', levels: frames.map((entry) => entry.series ?? ''), codes };
}

/**
 * One series of a stored table.
 * @param options.series which series of a long table; the first when left out
 * @param options.columns names to read, in this order; all when left out
 * @returns category levels in ascending code-unit order, so that they do not hang on the order of rows
 * @throws AppError `series-not-found`, `column-not-found`, `table-unreadable`
 */
export function readTable(
  file: string,
  options: { readonly series?: string | null; readonly columns?: readonly string[] },
  meta: TableMeta,
): Frame {
  const stored = storedColumns(file);
  const long = stored.includes(SERIES);
  const wanted = options.columns ?? stored.filter((name) => name !== TIME && name !== SERIES);
  const unknown = wanted.find((name) => !stored.includes(name) || name === TIME || name === SERIES);
  if (unknown !== undefined)
    throw new AppError({
      code: 'column-not-found',
      message: `The stored table has no column '${unknown}'.`,
      hint: `It has ${stored.filter((name) => name !== TIME && name !== SERIES).join(', ')}.`,
      place: { column: unknown },
    });
  const scan = pl.scanParquet(file);
  const series = long ? (options.series ?? listSeries(file)[0]) : null;
  const rows = series === null ? scan : scan.filter(pl.col(SERIES).eq(pl.lit(series)));
  const table = rows.select(TIME, ...wanted).collectSync();
  if (table.height === 0 && (series !== null || options.series))
    throw new AppError({
      code: 'series-not-found',
      message: `The stored table has no series '${series}'.`,
      hint: `It has ${listSeries(file).slice(0, 10).join(', ')}.`,
    });
  return {
    time: numbers(table, TIME),
    resolutionMs: meta.resolutionMs,
    timezone: meta.timezone,
    columns: wanted.map((name) => toColumn(table, name, meta.units[name] ?? null)),
  };
}

/** Names of the series of a long table in stored order; empty for a table of one unnamed series. */
export function listSeries(file: string): string[] {
  if (!storedColumns(file).includes(SERIES)) return [];
  const names = pl.scanParquet(file).select(SERIES).collectSync().getColumn(SERIES).unique(true);
  return (names.toArray() as (string | null)[]).map((name) => name ?? '');
}

function storedColumns(file: string): string[] {
  try {
    // objects are named by their hash, and readParquet takes a path without `.parquet` for the content itself
    return pl.scanParquet(file).limit(0).collectSync().columns;
  } catch (cause) {
    throw new AppError(
      {
        code: 'table-unreadable',
        message: `${file} could not be read as a stored table: ${cause instanceof Error ? cause.message : String(cause)}`,
        place: { file },
      },
      { cause },
    );
  }
}

function numbers(table: DataFrame, name: string): Float64Array {
  const doubles = pl.col(name).cast(pl.Float64).fillNull(pl.lit(NaN)).alias(name);
  const filled = table.select(doubles).getColumn(name);
  return Float64Array.from(filled.toTypedArray() as Float64Array);
}

function toColumn(table: DataFrame, name: string, unit: string | null): Column {
  if (String(table.getColumn(name).dtype).includes('Float64'))
    return { name, type: 'number', unit, values: numbers(table, name) };
  const text = table.getColumn(name);
  const levels = (text.unique().toArray() as (string | null)[]).filter((level) => level !== null).sort();
  const dictionary = pl.DataFrame([
    pl.Series('text', levels, pl.Utf8),
    pl.Series('code', Int32Array.from(levels.keys()), pl.Int32),
  ]);
  const codes = pl
    .DataFrame([text.alias('text')])
    .join(dictionary, { on: 'text', how: 'left' })
    .select(pl.col('code').fillNull(pl.lit(-1)).cast(pl.Int32).alias('code'))
    .getColumn('code')
    .toTypedArray() as Int32Array;
  return { name, type: 'category', levels, codes: Int32Array.from(codes) };
}
