/** @file Scanned columns to the raw table: footers cut, time put together, layouts turned, questions and warnings written. */
import type {
  FileFormat,
  ImportOptions,
  ImportQuestion,
  Warning,
} from '../../../src-preload/contract/index.ts';
import type { CategoryColumn, Column } from '../frame.ts';
import { categoryOf, numberOf } from './finish-column.ts';
import { MAX_LEVELS, kinds } from './columns.ts';
import type { Dialect } from './dialect.ts';
import { timeColumns } from './plan.ts';
import type { FilePlan } from './plan.ts';
import { findSeries } from './find-series.ts';
import type { TableWithoutFile } from './raw-table.ts';
import { decimalQuestion, timestampQuestion } from './questions.ts';
import { readTime } from './read-time.ts';
import type { Scanner } from './scanner.ts';
import type { Source } from './source.ts';
import { unitOfHeader } from './units.ts';
import { footerRows } from './footer.ts';
import { columnWarnings, raggedWarning } from './warnings.ts';
import { unpivot } from './wide-days.ts';

export interface Scanned {
  readonly source: Source;
  readonly dialect: Dialect;
  readonly plan: FilePlan;
  readonly scanner: Scanner;
  readonly options: ImportOptions;
}

export function assemble(scanned: Scanned): TableWithoutFile {
  const { dialect, plan, scanner, options, source } = scanned;
  const questions: ImportQuestion[] = [];
  const warnings: Warning[] = [];
  const footer = footerRows(plan, scanner);
  const rows = scanner.rows - footer;
  const time = readTime(plan, scanner, rows, options, questions, warnings);
  warnings.push(...raggedWarning(scanner, rows));
  const skipped = new Set([...timeColumns(plan.time), ...(plan.wide?.columns ?? [])]);
  const columns: Column[] = [];
  const numbers = new Map<number, Float64Array>();
  scanner.stores.forEach((store, i) => {
    const { name, kind } = store.plan;
    if (kind === kinds.text && store.dictionary.overflow) {
      warnings.push({
        code: 'column-left-out',
        message: `Column '${name}' holds more than ${MAX_LEVELS.toLocaleString('en')} different texts and was left out.`,
        column: name,
      });
      return;
    }
    if (skipped.has(i) && !plan.wide?.columns.includes(i)) return;
    if (kind !== kinds.number && kind !== kinds.text) return;
    const unit = plan.units[i] ?? unitOfHeader(name);
    const column =
      kind === kinds.number
        ? numberOf(store, name, unit, rows)
        : categoryOf(store, name, unit, rows, source.decode, dialect.decimal);
    warnings.push(...columnWarnings(store, column, scanner, rows));
    if (plan.wide?.columns.includes(i)) {
      if (column.type === 'number') numbers.set(i, column.values);
    } else columns.push(column);
  });
  if (plan.otherStamps.length > 0)
    warnings.push({
      code: 'other-timestamps',
      message: `Besides the time of the row, ${plan.otherStamps.map((i) => `'${plan.columns[i].name}'`).join(', ')} hold${plan.otherStamps.length > 1 ? '' : 's'} dates and ${plan.otherStamps.length > 1 ? 'were' : 'was'} left out.`,
      hint: 'Name the timestamp column if another one is meant.',
    });
  if (scanner.repeatedHeaders > 0)
    warnings.push({
      code: 'repeated-header',
      message: `The header is repeated ${scanner.repeatedHeaders === 1 ? 'once' : `${scanner.repeatedHeaders} times`} among the rows; these lines were passed over.`,
      rows: scanner.repeatedHeaders,
    });
  if (footer > 0)
    warnings.push({
      code: 'footer',
      message: `The last ${footer} line${footer > 1 ? 's are' : ' is'} no reading (from line ${scanner.lineOf(rows)}) and ${footer > 1 ? 'were' : 'was'} left out.`,
      rows: footer,
    });
  if (dialect.decimalOpen) questions.push(decimalQuestion(dialect));
  if (plan.time.kind === 'none')
    questions.push(
      timestampQuestion(
        plan.columns.map((column) => column.name),
        dialect.sample,
      ),
    );
  const series = findSeries(time.time, columns, options, source.file, questions);
  const shaped = plan.wide
    ? turnWide(plan, time.time, columns, series, numbers, warnings, options.timezone)
    : { time: time.time, intervalEnd: time.intervalEnd, columns, series: series?.column ?? null };
  return {
    format: formatOf(scanned, time.format, footer, series !== null),
    time: shaped.time,
    absolute: time.absolute,
    intervalEnd: shaped.intervalEnd,
    timestampColumns: timeColumns(plan.time).map((i) => plan.columns[i].name),
    series: shaped.series,
    columns: shaped.columns.filter((column) => !series?.names.includes(column.name)),
    questions,
    warnings,
    sampleHeader: plan.columns.map((column) => column.name),
    sample: dialect.sample.slice(0, 20).map((row) => plan.columns.map((_, i) => row[i] ?? null)),
  };
}

function formatOf(
  { source, dialect, plan }: Scanned,
  dateFormat: string,
  footerLines: number,
  long: boolean,
): FileFormat {
  return {
    kind: 'csv',
    compression: source.compression,
    encoding: source.encoding,
    delimiter: dialect.delimiter,
    decimal: dialect.decimal,
    thousands: dialect.thousands,
    preambleLines: dialect.preambleLines,
    footerLines,
    header: dialect.header,
    unitsRow: dialect.unitsRow,
    layout: plan.wide ? 'wide-days' : long ? 'long' : 'plain',
    dateFormat,
  };
}

interface Shaped {
  readonly time: Float64Array;
  readonly intervalEnd: Float64Array | null;
  readonly columns: readonly Column[];
  readonly series: CategoryColumn | null;
}

/** Day rows to readings. Categories are repeated for each reading; other numbers (daily totals) are left out. */
function turnWide(
  plan: FilePlan,
  days: Float64Array,
  columns: readonly Column[],
  series: { column: CategoryColumn; names: readonly string[] } | null,
  numbers: ReadonlyMap<number, Float64Array>,
  warnings: Warning[],
  zone: string | undefined,
): Shaped {
  const wide = plan.wide!;
  const { time, values, rows } = unpivot(
    days,
    // a slot column of other things than numbers has no reading
    wide.columns.map((i) => numbers.get(i) ?? new Float64Array(days.length).fill(NaN)),
    wide,
    zone,
  );
  const left = columns.filter((column) => column.type === 'number' && !series?.names.includes(column.name));
  if (left.length > 0)
    warnings.push({
      code: 'column-left-out',
      message: `${left.map((column) => `'${column.name}'`).join(', ')} ${left.length > 1 ? 'have' : 'has'} one value per day and ${left.length > 1 ? 'were' : 'was'} left out.`,
    });
  const spread = (category: CategoryColumn): CategoryColumn => ({
    ...category,
    codes: Int32Array.from(rows, (row) => category.codes[row]),
  });
  const prefix = wide.prefix.replace(/[\s_:-]+$/, '');
  return {
    time,
    intervalEnd: null,
    columns: [
      {
        name: prefix.length > 2 ? prefix : 'value',
        type: 'number',
        unit: plan.units[wide.columns[0]] ?? unitOfHeader(prefix),
        values,
      },
      ...columns.filter((column) => column.type === 'category').map(spread),
    ],
    series: series ? spread(series.column) : null,
  };
}
