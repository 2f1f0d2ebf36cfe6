/**
 * @file A Parquet file of typed arrays (https://parquet.apache.org/docs/file-format/). Narrow on purpose: numbers, texts by
 * code and times; one page per column and row group, nothing compressed but by its encoding. The bytes hang on the content
 * alone, whatever the machine or the version of any library, and are hashed while they are written.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { encodeNumbers, encodeTexts, encodeTimes, encodings } from './encode.ts';
import type { Encoded } from './encode.ts';
import { Bytes, writeThrift } from './thrift.ts';
import type { Thrift } from './thrift.ts';

export type ParquetColumn =
  /** whole milliseconds, none missing; stored as 64-bit integers where they are whole, else as doubles */
  | { readonly name: string; readonly type: 'time'; readonly values: Float64Array }
  /** NaN is null */
  | { readonly name: string; readonly type: 'number'; readonly values: Float64Array }
  /** -1 is null */
  | {
      readonly name: string;
      readonly type: 'text';
      readonly codes: Int32Array;
      readonly levels: readonly string[];
    };

const INT64 = 2;
const DOUBLE = 5;
const BYTE_ARRAY = 6;
/** sign and size of a time together are exact up to here */
const LARGEST = 2 ** 51;
/** bounds the memory of reading and writing */
const GROUP_ROWS = 1 << 20;
/** a page states its size in 32 bits; only texts can be so long */
export const LARGEST_PAGE = 2 ** 31 - 1;
const MAGIC = new TextEncoder().encode('PAR1');

interface Chunk {
  readonly name: string;
  readonly type: number;
  readonly encoded: Encoded;
  readonly rows: number;
}

export interface Written {
  /** sha256 of the file, hex */
  readonly hash: string;
  readonly bytes: number;
}

/**
 * Writes and syncs the file.
 * @param columns of equal length, at least one, whose texts fit a page
 */
export function writeParquet(columns: readonly ParquetColumn[], file: string): Written {
  return writeParquetUnless(columns, file, { stopped: () => false, encoded: (_, __, encode) => encode() })!;
}

export interface WriteHooks {
  /** Asked before every column of every row group. */
  stopped(): boolean;
  /** @returns what `encode` gives for the rows of a column from `from` on, or gave for the same ones before */
  encoded(column: number, from: number, encode: () => Encoded): Encoded;
}

/** {@link writeParquet}, which may be stopped: then it gives null, and what the file holds is of no use. */
export function writeParquetUnless(
  columns: readonly ParquetColumn[],
  file: string,
  hooks: WriteHooks,
): Written | null {
  const rows = lengthOf(columns[0]);
  const sink = openSink(file);
  try {
    const whole = columns.map((column) => column.type !== 'time' || areWhole(column.values));
    sink.write(MAGIC);
    const groups: Thrift[] = [];
    for (let from = 0; from < rows; from += GROUP_ROWS) {
      const to = Math.min(rows, from + GROUP_ROWS);
      const begin = sink.bytes();
      const metadata: Thrift[] = [];
      for (const [i, column] of columns.entries()) {
        if (hooks.stopped()) return null;
        const encoded = hooks.encoded(i, from, () => encodeColumn(column, from, to, whole[i]));
        const { name } = column;
        metadata.push(
          writeChunk({ name, type: physicalType(column, whole[i]), rows: to - from, encoded }, sink),
        );
      }
      groups.push(
        struct([1, { list: metadata }], [2, { i64: sink.bytes() - begin }], [3, { i64: to - from }]),
      );
    }
    const footer = new Bytes();
    writeThrift(
      struct(
        [1, { i32: 1 }],
        [2, { list: schemaOf(columns, whole) }],
        [3, { i64: rows }],
        [4, { list: groups }],
        [6, { text: 'voltcast' }],
      ),
      footer,
    );
    footer.word(footer.length);
    footer.put(MAGIC);
    sink.write(footer.written);
    return sink.end();
  } finally {
    sink.close();
  }
}

function areWhole(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++)
    if (!(Math.floor(values[i]) === values[i] && Math.abs(values[i]) <= LARGEST)) return false;
  return true;
}

const struct = (...fields: (readonly [number, Thrift])[]): Thrift => ({ struct: fields });
const lengthOf = (column: ParquetColumn): number =>
  column.type === 'text' ? column.codes.length : column.values.length;

function openSink(file: string) {
  const handle = openSync(file, 'w');
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    bytes: () => bytes,
    write(piece: Uint8Array): void {
      hash.update(piece);
      for (let at = 0; at < piece.length;) at += writeSync(handle, piece, at);
      bytes += piece.length;
    },
    end() {
      fsyncSync(handle);
      return { hash: hash.digest('hex'), bytes };
    },
    close: () => closeSync(handle),
  };
}

type Sink = ReturnType<typeof openSink>;

/** Required times, everything else may be null. */
function schemaOf(columns: readonly ParquetColumn[], whole: readonly boolean[]): Thrift[] {
  const root = struct([4, { text: 'schema' }], [5, { i32: columns.length }]);
  return [
    root,
    ...columns.map((column, i) =>
      struct(
        [1, { i32: physicalType(column, whole[i]) }],
        [3, { i32: column.type === 'time' && whole[i] ? 0 : 1 }],
        [4, { text: column.name }],
        ...(column.type === 'text'
          ? ([
              [6, { i32: 0 }],
              [10, struct([1, struct()])],
            ] as const)
          : []),
      ),
    ),
  ];
}

const physicalType = (column: ParquetColumn, whole: boolean): number =>
  column.type === 'text' ? BYTE_ARRAY : column.type === 'time' && whole ? INT64 : DOUBLE;

function encodeColumn(column: ParquetColumn, from: number, to: number, whole: boolean): Encoded {
  if (column.type === 'text') return encodeTexts(column.codes.subarray(from, to), column.levels);
  const values = column.values.subarray(from, to);
  if (column.type === 'number' || !whole) return encodeNumbers(values);
  return (
    encodeTimes(values) ?? {
      dictionary: null,
      encoding: encodings.plain,
      data: [new Uint8Array(BigInt64Array.from(values, BigInt).buffer)],
    }
  );
}

/** @returns its ColumnChunk */
function writeChunk({ name, type, rows, encoded }: Chunk, sink: Sink): Thrift {
  const begin = sink.bytes();
  if (encoded.dictionary !== null) {
    const { bytes, count } = encoded.dictionary;
    const about = struct([1, { i32: count }], [2, { i32: encodings.plain }]);
    writePage(name, 2, [bytes], [7, about], sink);
  }
  const dataAt = sink.bytes();
  const about = struct(
    [1, { i32: rows }],
    [2, { i32: encoded.encoding }],
    [3, { i32: encodings.rle }],
    [4, { i32: encodings.rle }],
  );
  writePage(name, 0, encoded.data, [5, about], sink);
  const size = sink.bytes() - begin;
  const used = encoded.dictionary === null ? [encoded.encoding] : [encodings.plain, encoded.encoding];
  return struct(
    [2, { i64: begin }],
    [
      3,
      struct(
        [1, { i32: type }],
        [2, { list: [...used, encodings.rle].map((value) => ({ i32: value })) }],
        [3, { list: [{ text: name }] }],
        [4, { i32: 0 }],
        [5, { i64: rows }],
        [6, { i64: size }],
        [7, { i64: size }],
        [9, { i64: dataAt }],
        ...(encoded.dictionary === null ? [] : ([[11, { i64: begin }]] as const)),
      ),
    ],
  );
}

function writePage(
  name: string,
  kind: number,
  pieces: readonly Uint8Array[],
  about: readonly [number, Thrift],
  sink: Sink,
): void {
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (size > LARGEST_PAGE) throw new RangeError(`A page of column '${name}' would have ${size} bytes.`);
  const header = new Bytes();
  writeThrift(struct([1, { i32: kind }], [2, { i32: size }], [3, { i32: size }], about), header);
  sink.write(header.written);
  for (const piece of pieces) sink.write(piece);
}
