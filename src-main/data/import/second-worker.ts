/**
 * @file Entry of the second import thread, see second-thread.ts: one job after the other. It loads no more than it needs,
 * the contract least of all, whose schemas would take longer than most files.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { Encoded } from '../parquet/encode.ts';
import { writeParquetUnless } from '../parquet/write.ts';
import type { ParquetColumn, Written } from '../parquet/write.ts';

export type SecondJob =
  | { readonly kind: 'hash'; readonly file: string }
  | {
      readonly kind: 'write';
      readonly columns: readonly ParquetColumn[];
      /** shape (columns): the same array has the same number in every job */
      readonly arrays: readonly number[];
      readonly file: string;
      /** not 0: give up */
      readonly stop: Int32Array;
    };

export interface SentError {
  readonly message: string;
  /** of a system call */
  readonly code?: string;
}

export interface SecondMessage {
  readonly id: number;
  readonly result: string | Written | null;
  /** as data: an error that is sent would lose all but its message */
  readonly error: SentError | null;
}

const READ_BYTES = 4 << 20;

parentPort?.on('message', ({ id, job }: { id: number; job: SecondJob }) => {
  let message: SecondMessage;
  try {
    message = { id, result: job.kind === 'hash' ? hash(job.file) : write(job), error: null };
  } catch (error) {
    message = {
      id,
      result: null,
      error: { message: (error as Error).message, code: (error as NodeJS.ErrnoException).code },
    };
  }
  parentPort!.postMessage(message);
});

function hash(file: string): string {
  const sum = createHash('sha256');
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const handle = openSync(file, 'r');
  try {
    for (let n; (n = readSync(handle, buffer, 0, buffer.length, null)) > 0;)
      sum.update(buffer.subarray(0, n));
  } finally {
    closeSync(handle);
  }
  return sum.digest('hex');
}

/** Column chunks of a table that was given up: most of its columns come again in the next one. */
let kept = new Map<string, Encoded>();
/** What is beyond is encoded again. */
const MOST_KEPT_BYTES = 32 << 20;

function write({ columns, arrays, file, stop }: SecondJob & { kind: 'write' }): Written | null {
  const known = kept;
  kept = new Map();
  let bytes = 0;
  const written = writeParquetUnless(columns, file, {
    stopped: () => Atomics.load(stop, 0) !== 0,
    encoded: (index, from, encode) => {
      const column = columns[index];
      const key = `${arrays[index]}|${from}|${column.type === 'text' ? column.levels.join('\0') : ''}`;
      const encoded = known.get(key) ?? encode();
      bytes += encoded.data.reduce((sum, piece) => sum + piece.byteLength, 0);
      // plain numbers are as large as the column, and soon made again
      if (encoded.dictionary !== null && bytes <= MOST_KEPT_BYTES) kept.set(key, encoded);
      return encoded;
    },
  });
  if (written !== null) kept = new Map();
  return written;
}
