/** @file Parquet through polars: types are in the file, so only the time, the series and the categories are to be found. */
import pl from 'nodejs-polars';
import type { DataFrame, Series } from 'nodejs-polars';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { ImportOptions, ImportQuestion, Warning } from '../../../src-preload/contract/index.ts';
import type { Column } from '../frame.ts';
import { isMissing } from './cells.ts';
import { MAX_LEVELS } from './columns.ts';
import { decideOrder, orderQuestion } from './date-order.ts';
import { describeFormat } from './date-format.ts';
import { findSeries } from './find-series.ts';
import { isBookkeepingName, isEndName, isTimeName, isUtcName } from './names.ts';
import type { Progress, TableWithoutFile } from './raw-table.ts';
import { ENOUGH, findName } from './plan.ts';
import { timestampQuestion } from './questions.ts';
import type { Source } from './source.ts';
import { stampsToMs } from './stamp-reader.ts';
import { UNREADABLE, parseStamp } from './stamp-text.ts';
import { unitOfHeader } from './units.ts';

interface Found {
  readonly name: string;
  readonly time: Float64Array;
  readonly absolute: boolean;
  readonly format: string;
}

type DtypeFamily = 'datetime' | 'date' | 'number' | 'text' | 'boolean' | 'other';

export async function readParquetTable(
  source: Source,
  options: ImportOptions,
  progress: Progress,
): Promise<TableWithoutFile> {
  const { file } = source;
  progress(0, 'reading');
  const table = open(file);
  if (table.height === 0)
    throw new AppError({
      code: 'no-rows',
      message: `${file} has columns but no rows of data.`,
      place: { file },
    });
  const questions: ImportQuestion[] = [];
  const warnings: Warning[] = [];
  const found = findTime(table, options, file, questions);
  if (!found) questions.push(timestampQuestion(table.columns, []));
  const others = table.columns.filter((name) => name !== found?.name);
  const columns: Column[] = [];
  for (const [i, name] of others.entries()) {
    const column = toColumn(table.getColumn(name), name);
    if (column) columns.push(column);
    else
      warnings.push({
        code: 'column-left-out',
        message: `Column '${name}' of type ${dtypeOf(table.getColumn(name))} was left out.`,
        column: name,
      });
    progress((i + 1) / (others.length + 1), 'reading');
  }
  const time = found?.time ?? new Float64Array(table.height).fill(NaN);
  const unreadable = time.filter(Number.isNaN).length;
  if (found && unreadable > 0)
    warnings.push({
      code: 'unreadable-timestamps',
      message: `${unreadable.toLocaleString('en')} rows have no readable time in '${found.name}', first row ${time.findIndex(Number.isNaN) + 1}.`,
      rows: unreadable,
    });
  const series = findSeries(time, columns, options, file, questions);
  const head = table.head(20);
  return {
    format: {
      kind: 'parquet',
      compression: 'none',
      encoding: 'utf-8',
      delimiter: '',
      decimal: '.',
      thousands: null,
      preambleLines: 0,
      footerLines: 0,
      header: true,
      unitsRow: false,
      layout: series ? 'long' : 'plain',
      dateFormat: found?.format ?? '',
    },
    time,
    absolute: found?.absolute ?? false,
    intervalEnd: null,
    timestampColumns: found ? [found.name] : [],
    series: series?.column ?? null,
    columns: columns.filter((column) => !series?.names.includes(column.name)),
    questions,
    warnings,
    sampleHeader: table.columns,
    sample: head.rows().map((row) => (row as unknown[]).map(cellText)),
  };
}

function open(file: string): DataFrame {
  try {
    return pl.readParquet(file);
  } catch (cause) {
    throw new AppError(
      {
        code: 'parquet-damaged',
        message: `${file} begins like a Parquet file but cannot be read: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}.`,
        hint: 'Copy or write the file again: it may have been cut off.',
        place: { file },
      },
      { cause },
    );
  }
}

const cellText = (value: unknown): string | null =>
  value === null || value === undefined ? null : value instanceof Date ? value.toISOString() : String(value);

const dtypeOf = (series: Series): string => String(series.dtype).replace(/^DataType\((.*)\)$/, '$1');

function familyOf(series: Series): DtypeFamily {
  const dtype = dtypeOf(series);
  if (/^Datetime/.test(dtype)) return 'datetime';
  if (/^Date\b/.test(dtype)) return 'date';
  if (/^(U?Int|Float|Decimal)/.test(dtype)) return 'number';
  if (/^Bool/.test(dtype)) return 'boolean';
  return /^(String|Utf8|Categorical|Enum)/.test(dtype) ? 'text' : 'other';
}

function floats(series: Series): Float64Array {
  const frame = pl.DataFrame([series.cast(pl.Float64).rename('v') as Series]);
  const filled = frame.select(pl.col('v').fillNull(pl.lit(NaN)).alias('v')).getColumn('v');
  return Float64Array.from(filled.toTypedArray() as Float64Array);
}

function findTime(
  table: DataFrame,
  options: ImportOptions,
  file: string,
  questions: ImportQuestion[],
): Found | null {
  if (options.timestamp !== undefined) {
    const wanted = [options.timestamp].flat()[0];
    const name = table.columns[findName(table.columns, wanted, file, 'timestamp')];
    const found = readTime(table.getColumn(name), name, options, questions, true);
    if (found) return found;
    throw new AppError({
      code: 'timestamp-unreadable',
      message: `Column '${name}' of ${file} does not read as date and time.`,
      place: { file, column: name, key: 'timestamp' },
    });
  }
  const ranked = table.columns
    .map((name, i) => ({ name, score: timeScore(table.getColumn(name), name, i) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  for (const { name } of ranked) {
    const found = readTime(table.getColumn(name), name, options, questions, false);
    if (found) return found;
  }
  return null;
}

function timeScore(series: Series, name: string, index: number): number {
  const family = familyOf(series);
  const base = { datetime: 10, date: 6, text: 3, number: isTimeName(name) ? 2 : 0, boolean: 0, other: 0 }[
    family
  ];
  if (base === 0) return 0;
  const words = (isTimeName(name) ? 2 : 0) - (isEndName(name) ? 1 : 0) - (isBookkeepingName(name) ? 3 : 0);
  return base + words - index * 0.01;
}

function readTime(
  series: Series,
  name: string,
  options: ImportOptions,
  questions: ImportQuestion[],
  asked: boolean,
): Found | null {
  const family = familyOf(series);
  if (family === 'datetime' || family === 'date') {
    const dtype = dtypeOf(series);
    const perMs =
      family === 'date' ? 1 / 86_400_000 : /\bns/.test(dtype) ? 1e6 : /\bus|μs|µs/.test(dtype) ? 1e3 : 1;
    const time = floats(series.cast(family === 'date' ? pl.Int32 : pl.Int64)).map((count) =>
      Math.floor(count / perMs),
    );
    const zone = /^Datetime\(\w+,\s*(?:Some\()?"?([A-Za-z_/+\-:0-9]+)"?\)?\)/.exec(dtype)?.[1];
    return {
      name,
      time,
      absolute: (zone !== undefined && zone !== 'None') || isUtcName(name),
      format: family,
    };
  }
  if (family === 'text') return fromText(series, name, options, questions);
  if (family !== 'number' || !(asked || isTimeName(name))) return null;
  const values = floats(series);
  const scale = [1000, 1, 1e-3, 1e-6].find((unit) =>
    values.every((value) => Number.isNaN(value) || (value * unit >= 4.7e11 && value * unit <= 4.2e12)),
  );
  return scale === undefined
    ? null
    : { name, time: values.map((value) => Math.round(value * scale)), absolute: true, format: 'epoch' };
}

function fromText(
  series: Series,
  name: string,
  options: ImportOptions,
  questions: ImportQuestion[],
): Found | null {
  const head = (series.head(500).toArray() as (string | null)[]).filter((text) => text !== null);
  if (head.length === 0 || head.filter((text) => parseStamp(text)).length < ENOUGH * head.length) return null;
  const texts = series.toArray() as (string | null)[];
  const keys = new Int32Array(texts.length).fill(UNREADABLE);
  const ms = new Int32Array(texts.length);
  let offsets = 0;
  texts.forEach((text, i) => {
    const stamp = text === null ? null : parseStamp(text);
    if (!stamp) return;
    keys[i] = stamp.key;
    ms[i] = stamp.ms;
    if (stamp.offset !== null) offsets++;
  });
  const decision = decideOrder(keys, ms, options.dateOrder);
  if (decision.by === 'open') questions.push(orderQuestion(name, head[0], decision, keys));
  return {
    name,
    time: stampsToMs(keys, ms, decision.order),
    absolute: offsets > texts.length / 2 || isUtcName(name),
    format: describeFormat(head[0], decision.order),
  };
}

function toColumn(series: Series, name: string): Column | null {
  const family = familyOf(series);
  if (family === 'number') return { name, type: 'number', unit: unitOfHeader(name), values: floats(series) };
  if (family !== 'text' && family !== 'boolean') return null;
  const text = series.cast(pl.Utf8);
  const distinct = (text.unique(true).toArray() as (string | null)[]).filter((level) => level !== null);
  if (distinct.length > MAX_LEVELS) return null;
  const levels = [...new Set(distinct.filter((level) => !isMissing(level)).map((level) => level.trim()))];
  const index = new Map(levels.map((level, i) => [level, i]));
  const dictionary = pl.DataFrame([
    pl.Series('text', distinct, pl.Utf8),
    pl.Series(
      'code',
      Int32Array.from(distinct, (level) => index.get(level.trim()) ?? -1),
      pl.Int32,
    ),
  ]);
  const codes = pl
    .DataFrame([text.rename('text') as Series])
    .join(dictionary, { on: 'text', how: 'left' })
    .select(pl.col('code').fillNull(pl.lit(-1)).cast(pl.Int32).alias('code'))
    .getColumn('code')
    .toTypedArray() as Int32Array;
  return { name, type: 'category', levels, codes: Int32Array.from(codes) };
}
