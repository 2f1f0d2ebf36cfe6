/** @file From the head of a file: delimiter, preamble, header, units row, decimal sign. Judged by all lines of the head. */
import { AppError } from '../../../src-preload/contract/index.ts';
import { decimalEvidence, isMissing, parseNumber, splitUnit, thousandsMark, unwrap } from './cells.ts';
import type { Decimal } from './cells.ts';
import { splitRecords } from './records.ts';
import type { TextRecord } from './records.ts';
import { splitInterval } from './interval.ts';
import { parseClock, parseStamp } from './stamp-text.ts';
import { isUnit, stripBrackets } from './units.ts';

export interface Dialect {
  readonly delimiter: string;
  /** byte that ends a line */
  readonly eol: 10 | 13;
  readonly decimal: Decimal;
  /** both signs fit every number of the head */
  readonly decimalOpen: boolean;
  readonly thousands: string | null;
  /** physical lines before the header, or before the data where there is none */
  readonly preambleLines: number;
  readonly header: boolean;
  readonly unitsRow: boolean;
  /** physical lines before the first record of data */
  readonly skipLines: number;
  /** as written, trimmed; empty strings where there is none */
  readonly names: readonly string[];
  readonly units: readonly (string | null)[];
  /** records of the head from the first data record on, spreadsheet escapes taken off */
  readonly sample: readonly (readonly string[])[];
}

const delimiters = [';', '\t', ',', '|'];
const MAX_RECORDS = 500;

/** What one cell looks like: date, time of day, number, missing, unit-like or other text. */
type Look = 'stamp' | 'clock' | 'number' | 'missing' | 'text';

function look(cell: string): Look {
  const text = unwrap(cell);
  if (isMissing(text)) return 'missing';
  if (!Number.isNaN(parseNumber(text, '.')) || !Number.isNaN(parseNumber(text, ','))) return 'number';
  if (splitUnit(text)) return 'number';
  if (parseStamp(text) || splitInterval(text)) return 'stamp';
  return parseClock(text) ? 'clock' : 'text';
}

/**
 * @param text head of the file, decoded
 * @param whole the head is the whole file
 * @throws AppError `no-rows` when there is a header and nothing below it, `file-empty` for nothing but white space
 */
export function detectDialect(
  text: string,
  whole: boolean,
  wanted: { readonly delimiter?: string; readonly decimal?: Decimal },
  file: string,
): Dialect {
  if (text.trim() === '')
    throw new AppError({
      code: 'file-empty',
      message: `${file} holds nothing but white space.`,
      place: { file, line: 1 },
    });
  const eol = text.includes('\n') ? 10 : text.includes('\r') ? 13 : 10;
  const declared = /^"?sep=(.)"?[;,\t]*\r?(?:\n|\r|$)/i.exec(text);
  const delimiter = wanted.delimiter ?? declared?.[1] ?? bestDelimiter(text, whole);
  if (delimiter.length !== 1)
    throw new AppError({
      code: 'bad-delimiter',
      message: `A delimiter is one character, found '${delimiter}'.`,
      place: { file, key: 'delimiter' },
    });
  const all = splitRecords(text, delimiter, whole, MAX_RECORDS);
  const records = declared ? all.slice(1) : all;
  const filled = records.filter((record) => record.cells.some((cell) => cell.trim() !== ''));
  const block = tableOf(filled);
  if (block.data.length === 0)
    throw new AppError({
      code: 'no-rows',
      message: `${file} has ${block.header ? 'a header but no rows of data' : 'no rows of data'}.`,
      hint: 'Export it again with readings below the header.',
      place: { file, line: block.header?.line ?? 1 },
    });
  const { width } = block;
  const first = block.data[0];
  const sample = block.sample.map((record) => record.cells.map(unwrap));
  const decimal = decideDecimal(sample, delimiter);
  const names = block.header?.cells ?? [];
  return {
    delimiter,
    eol,
    decimal: wanted.decimal ?? decimal.sign,
    decimalOpen: wanted.decimal === undefined && decimal.open,
    thousands: findThousands(sample, wanted.decimal ?? decimal.sign),
    preambleLines: (block.header ?? first).line - 1,
    header: block.header !== null,
    unitsRow: block.units !== null,
    skipLines: first.line - 1,
    names: Array.from({ length: width }, (_, i) => unwrap(names[i] ?? '').replace(/\s+/g, ' ')),
    units: Array.from({ length: width }, (_, i) => {
      const unit = stripBrackets(block.units?.cells[i] ?? '');
      return unit === '' || unit === '-' ? null : unit;
    }),
    sample,
  };
}

/** The one under which most lines have the same number of cells and most cells read as stamp, number or missing. */
function bestDelimiter(text: string, whole: boolean): string {
  const head = text.slice(0, 65_536);
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of delimiters) {
    if (!head.includes(delimiter)) continue;
    const records = splitRecords(head, delimiter, whole && head.length === text.length, 300).filter(
      (record) => record.cells.some((cell) => cell.trim() !== ''),
    );
    const width = modeOf(records.map((record) => record.cells.length));
    if (width < 2) continue;
    const same = records.filter((record) => record.cells.length === width);
    const cells = same.slice(-60).flatMap((record) => record.cells);
    const typed = cells.filter((cell) => look(cell) !== 'text').length / Math.max(1, cells.length);
    const score = (same.length / records.length) ** 2 * (0.15 + typed) * (1 + 0.02 * Math.min(width, 20));
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

function modeOf(values: readonly number[]): number {
  const count = new Map<number, number>();
  for (const value of values) count.set(value, (count.get(value) ?? 0) + 1);
  let mode = 0;
  for (const [value, times] of count) if (times > (count.get(mode) ?? 0)) mode = value;
  return mode;
}

interface Table {
  readonly header: TextRecord | null;
  readonly units: TextRecord | null;
  readonly data: readonly TextRecord[];
  /** {@link data} without the lines below the last reading */
  readonly sample: readonly TextRecord[];
  /** columns */
  readonly width: number;
}

/**
 * Finds where the data begins: the first record that looks, column by column, like most records of the usual width.
 *
 *   Report of plant 7          preamble: other width
 *   date;load;temp             header: the right width, but text over columns of numbers
 *   ;kW;°C                     units
 *   01.01.2018;3,2;-1          first record that looks like the rest
 */
function tableOf(records: readonly TextRecord[]): Table {
  // the first records may be preamble, so the usual width and looks are taken from the later ones
  const body = records.length > 12 ? records.slice(Math.min(60, records.length >> 1)) : records.slice(1);
  const width = modeOf((body.length > 0 ? body : records).map((record) => record.cells.length));
  const usual = (body.length > 0 ? body : records)
    .filter((record) => record.cells.length === width)
    .slice(0, 200);
  const looks = usualLooks(usual, width);
  if (!looks.some((kind) => kind === 'stamp' || kind === 'number' || kind === 'clock')) {
    const header = records.find((record) => record.cells.length === width) ?? null;
    const index = header ? records.indexOf(header) : -1;
    const data = records.slice(index + 1);
    return { header, units: null, data, sample: data, width: widthOf(header, width, data) };
  }
  const start = records.findIndex((record) => isData(record, width, looks));
  if (start < 0) return { header: records[0] ?? null, units: null, data: [], sample: [], width };
  const above = records.slice(0, start).filter((record) => fits(record, width));
  const last = above.at(-1) ?? null;
  const data = records.slice(start);
  const end = data.findLastIndex((record) => isData(record, width, looks, true)) + 1;
  const rest = { data, sample: data.slice(0, end), width };
  if (!last) return { header: null, units: null, ...rest };
  const before = above.at(-2) ?? null;
  if (before && isUnitsRow(last, looks))
    return { header: before, units: last, ...rest, width: widthOf(before, width, rest.sample) };
  return { header: last, units: null, ...rest, width: widthOf(last, width, rest.sample) };
}

/**
 * The header may name more columns than rows have cells, or lack the empty column that a delimiter at the end of each
 * row opens.
 */
function widthOf(header: TextRecord | null, width: number, data: readonly TextRecord[]): number {
  if (!header) return width;
  let named = header.cells.length;
  while (named > 0 && header.cells[named - 1].trim() === '') named--;
  let filled = Math.max(width, named);
  const used = (column: number): boolean => data.some((record) => (record.cells[column] ?? '').trim() !== '');
  while (filled > named && !used(filled - 1)) filled--;
  return filled;
}

/** A header may lack the empty cell of a trailing delimiter, or have one too many. */
const fits = (record: TextRecord, width: number): boolean =>
  Math.abs(record.cells.length - width) <= 1 &&
  record.cells.filter((cell) => cell.trim() !== '').length >= Math.min(width, 2) - (width > 1 ? 1 : 0) &&
  (width < 4 || record.cells.filter((cell) => cell.trim() !== '').length >= 2);

function usualLooks(records: readonly TextRecord[], width: number): Look[] {
  return Array.from({ length: width }, (_, column) => {
    const count: Record<Look, number> = { stamp: 0, clock: 0, number: 0, missing: 0, text: 0 };
    for (const record of records) count[look(record.cells[column])]++;
    const kinds: Look[] = ['stamp', 'clock', 'number', 'text'];
    const best = kinds.reduce((a, b) => (count[b] > count[a] ? b : a));
    return count[best] === 0 ? 'missing' : best;
  });
}

/** @param strict a record below the data may hold numbers (totals), but no time */
function isData(record: TextRecord, width: number, looks: readonly Look[], strict = false): boolean {
  if (record.cells.length !== width) return false;
  let telling = 0;
  let agree = 0;
  let present = 0;
  for (let i = 0; i < width; i++) {
    if (looks[i] === 'text' || looks[i] === 'missing') continue;
    telling++;
    const kind = look(record.cells[i]);
    if (kind === looks[i] || (looks[i] === 'stamp' && kind === 'number')) {
      agree++;
      present++;
    } else if (kind === 'missing') agree++;
  }
  const stampAt = looks.findIndex((kind) => kind === 'stamp');
  const stampOk = stampAt < 0 || look(record.cells[stampAt]) === 'stamp';
  return present > 0 && agree / telling >= 0.6 && (stampOk || (!strict && present / telling >= 0.6));
}

function isUnitsRow(record: TextRecord, looks: readonly Look[]): boolean {
  const cells = record.cells.map((cell) => cell.trim());
  const filled = cells.filter((cell) => cell !== '');
  const units = cells.filter((cell, i) => cell !== '' && looks[i] !== 'stamp' && isUnit(cell)).length;
  return units > 0 && units >= filled.length / 2 - 1 && (units > 1 || filled.length <= 2);
}

/** All cells of the head that are not clearly something else vote; a sign that fits every number two ways leaves it open. */
function decideDecimal(
  sample: readonly (readonly string[])[],
  delimiter: string,
): { readonly sign: Decimal; readonly open: boolean } {
  const votes = { '.': 0, ',': 0, either: 0 };
  let eitherMark: Decimal = '.';
  for (const row of sample.slice(0, 2000))
    for (const cell of row) {
      const vote = decimalEvidence(cell);
      if (vote === undefined) continue;
      votes[vote]++;
      if (vote === 'either') eitherMark = cell.includes(',') ? ',' : '.';
    }
  if (votes['.'] !== votes[',']) return { sign: votes[','] > votes['.'] ? ',' : '.', open: false };
  if (votes.either === 0) return { sign: '.', open: false };
  // `1,234` between commas can only have been quoted to protect a thousands separator
  if (eitherMark === ',' && delimiter === ',') return { sign: '.', open: false };
  return { sign: eitherMark, open: true };
}

function findThousands(sample: readonly (readonly string[])[], decimal: Decimal): string | null {
  for (const row of sample.slice(0, 500))
    for (const cell of row) {
      const mark = thousandsMark(cell, decimal);
      if (mark !== null) return mark;
    }
  return null;
}
