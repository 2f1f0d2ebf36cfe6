/**
 * @file Reads a file into columns, in file order, repairing nothing. Text files go through our own byte scanner, Parquet
 * through polars. What the file does not say becomes a question, what could not be read a warning with its line.
 */
import { stat } from 'node:fs/promises';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { ImportOptions } from '../../../src-preload/contract/index.ts';
import { assemble } from './assemble.ts';
import { MAX_LEVELS, kinds } from './columns.ts';
import type { ColumnPlan } from './columns.ts';
import { detectDialect } from './dialect.ts';
import type { Dialect } from './dialect.ts';
import { guessSingleByte, textDecoder } from './encoding.ts';
import { hashFile } from './hash.ts';
import { readParquetTable } from './parquet.ts';
import { ENOUGH, planFile } from './plan.ts';
import type { FilePlan } from './plan.ts';
import type { Progress, RawTable, TableWithoutFile } from './raw-table.ts';
import { Scanner } from './scanner.ts';
import { openSource } from './source.ts';
import type { Source } from './source.ts';
import { decimalEvidence, parseNumber, unwrap } from './cells.ts';

export interface ReadFile {
  readonly table: RawTable;
  /**
   * Of the file as it lies on disk, counted beside all this.
   * @throws AppError `file-changed` when it was written to meanwhile
   */
  readonly sha256: () => Promise<string>;
}

/**
 * @param file absolute path
 * @throws AppError that names the file, and the line, column or option where there is one: `file-not-found`, `file-empty`,
 *   `no-rows`, `binary-file`, `not-a-table`, `gzip-truncated`, `single-column`, `column-not-found`, `timestamp-unreadable`,
 *   …
 */
export async function readFile(file: string, options: ImportOptions, progress: Progress): Promise<ReadFile> {
  const source = await openSource(file, options.encoding);
  const hashing = hashFile(file, source.bytes);
  hashing.catch(() => undefined); // awaited later; a parse error must not leave it unhandled
  const table =
    source.kind === 'parquet'
      ? await readParquetTable(source, options, progress)
      : await readText(source, options, progress);
  progress(1, 'read');
  return {
    table: { ...table, file, bytes: source.bytes },
    sha256: async () => {
      const sha256 = await hashing;
      const after = await stat(file);
      if (after.size === source.bytes && after.mtimeMs === source.modifiedMs) return sha256;
      throw new AppError({
        code: 'file-changed',
        message: `${file} was written to while it was being read.`,
        hint: 'Import it again once it is complete.',
        place: { file },
      });
    },
  };
}

/** {@link readFile}, its hash waited for. */
export async function parseFile(
  file: string,
  options: ImportOptions,
  progress: Progress,
): Promise<RawTable & { readonly sha256: string }> {
  const { table, sha256 } = await readFile(file, options, progress);
  return { ...table, sha256: await sha256() };
}

async function readText(
  source: Source,
  options: ImportOptions,
  progress: Progress,
): Promise<TableWithoutFile> {
  let dialect = detectDialect(source.decode(source.head), source.whole, options, source.file);
  if (dialect.names.length < 2)
    throw new AppError({
      code: 'single-column',
      message: `${source.file} has one column only ('${dialect.names[0] || dialect.sample[0]?.[0] || ''}'), but a load series needs time and value.`,
      hint: 'If the cells are divided by an unusual character, name it as the delimiter.',
      place: { file: source.file, line: dialect.preambleLines + 1, key: 'delimiter' },
    });
  if (dialect.decimalOpen) dialect = await settleDecimal(source, dialect);
  let plan = planFile(dialect, options, source.file);
  let scanner = await scan(source, dialect, plan.columns, progress);
  const revised = revise(scanner, plan);
  if (revised) {
    plan = revised;
    scanner = await scan(source, dialect, plan.columns, progress);
  }
  const decode = lateDecoder(source, scanner);
  return assemble({
    source: { ...source, decode: decode.decode, encoding: decode.encoding },
    dialect,
    plan,
    scanner,
    options,
  });
}

async function scan(
  source: Source,
  dialect: Dialect,
  columns: readonly ColumnPlan[],
  progress: Progress,
): Promise<Scanner> {
  const scanner = new Scanner(columns, {
    delimiter: dialect.delimiter.charCodeAt(0),
    eol: dialect.eol,
    decimal: dialect.decimal,
    skipLines: dialect.skipLines,
    rows: estimateRows(source, dialect),
    decode: source.decode,
  });
  let told = 0;
  for await (const { bytes, fraction } of source.chunks()) {
    scanner.feed(bytes, false);
    if (fraction - told >= 0.01) {
      told = fraction;
      progress(0.99 * fraction, 'reading');
    }
  }
  scanner.feed(new Uint8Array(0), true);
  return scanner;
}

/** The numbers of the head fit both decimal signs: the first one in the rest of the file that does not decides. */
async function settleDecimal(source: Source, dialect: Dialect): Promise<Dialect> {
  if (source.whole) return dialect;
  let rest = '';
  for await (const { bytes } of source.chunks()) {
    const cells = (rest + source.decode(bytes))
      .split(/[\r\n]/)
      .flatMap((line) => line.split(dialect.delimiter));
    rest = cells.pop() ?? '';
    for (const cell of cells) {
      const sign = /[.,]/.test(cell) ? decimalEvidence(unwrap(cell.replaceAll('"', ''))) : undefined;
      if (sign === '.' || sign === ',') return { ...dialect, decimal: sign, decimalOpen: false };
    }
  }
  return dialect;
}

/** From the bytes per row in the head; gzip is taken to shrink text eight times. */
function estimateRows(source: Source, dialect: Dialect): number {
  const { head } = source;
  let lines = 0;
  for (let at = head.indexOf(dialect.eol); at >= 0; at = head.indexOf(dialect.eol, at + 1)) lines++;
  if (source.whole || lines === 0) return lines + 1;
  const total = source.compression === 'gzip' ? source.bytes * 8 : source.bytes;
  return Math.min(50_000_000, Math.ceil((total / head.length) * lines * 1.03));
}

/** The head can mislead. Columns whose later cells are something else are read again as that; null when all went well. */
function revise(scanner: Scanner, plan: FilePlan): FilePlan | null {
  let changed = false;
  const columns = plan.columns.map((column, i): ColumnPlan => {
    const store = scanner.stores[i];
    const filled = scanner.rows - store.missing;
    if (column.kind === kinds.number && filled > 0 && store.unread.count > (1 - ENOUGH) * filled) {
      changed = true;
      return { ...column, kind: kinds.text };
    }
    if (column.kind === kinds.text && store.dictionary.overflow) {
      const levels = store.dictionary.levels.slice(0, 1000).map((level) => new TextDecoder().decode(level));
      if (levels.filter((level) => !Number.isNaN(parseNumber(level, '.'))).length < ENOUGH * levels.length)
        return column;
      changed = true;
      return { ...column, kind: kinds.number };
    }
    return column;
  });
  return changed ? { ...plan, columns } : null;
}

/** The head was plain ASCII or UTF-8, but a later cell is not: then the file is in a single-byte encoding after all. */
function lateDecoder(
  source: Source,
  scanner: Scanner,
): { decode: (bytes: Uint8Array) => string; encoding: string } {
  if (source.encoding !== 'utf-8') return source;
  const strict = new TextDecoder('utf-8', { fatal: true });
  const odd = scanner.stores.flatMap((store) =>
    store.dictionary.size > MAX_LEVELS / 2
      ? []
      : store.dictionary.levels.filter((level) => {
          try {
            strict.decode(level);
            return false;
          } catch {
            return true;
          }
        }),
  );
  if (odd.length === 0) return source;
  const encoding = guessSingleByte(Buffer.concat(odd));
  return { decode: textDecoder(encoding), encoding };
}
