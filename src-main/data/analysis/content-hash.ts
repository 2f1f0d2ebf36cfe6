/**
 * @file The identity of a dataset's content: what the table holds and how it was read, not where the file lay, what it
 * was called, how it was sorted or compressed. The same content is the same version.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { Repair } from '../../../src-preload/contract/index.ts';
import type { Column } from '../frame.ts';
import type { SeriesFrame } from './types.ts';

export interface Reading {
  readonly timezone: string;
  readonly stamps: string;
  readonly frequency: string;
  readonly repairs: readonly Repair[];
}

/** Raised when the same bytes would mean something else. */
const FORMAT = 'voltcast-table-1';
/** Repairs of the file's layout leave the table as a well-ordered file would have given it. */
const ofLayout = new Set<string>(['out-of-order', 'duplicate-timestamps', 'category-spelling']);

/** @returns sha256, hex */
export function contentHash(frames: readonly SeriesFrame[], reading: Reading): string {
  const hash = createHash('sha256');
  const repairs = reading.repairs
    .filter((repair) => repair.applied && !ofLayout.has(repair.code))
    .map((repair) => `${repair.code}:${repair.column ?? ''}`)
    .sort();
  const { timezone, stamps, frequency } = reading;
  hash.update(JSON.stringify({ format: FORMAT, timezone, stamps, frequency, repairs }));
  for (const { series, frame } of frames) {
    hash.update(JSON.stringify({ series, rows: frame.time.length, resolutionMs: frame.resolutionMs }));
    addTime(hash, frame.time, frame.resolutionMs);
    for (const column of frame.columns) addColumn(hash, column);
  }
  return hash.digest('hex');
}

function addColumn(hash: Hash, column: Column): void {
  if (column.type === 'number') {
    hash.update(JSON.stringify([column.name, 'number', column.unit]));
    addNumbers(hash, column.values);
    return;
  }
  hash.update(JSON.stringify([column.name, 'category', column.levels]));
  hash.update(new Uint8Array(column.codes.buffer, column.codes.byteOffset, column.codes.byteLength));
}

/** A grid without gaps is its first instant; only what departs from it is spelt out. */
function addTime(hash: Hash, time: Float64Array, resolutionMs: number): void {
  let regular = true;
  for (let i = 1; i < time.length && regular; i++) regular = time[i] === time[i - 1] + resolutionMs;
  if (regular) hash.update(JSON.stringify({ regularFrom: time[0] ?? null }));
  else addNumbers(hash, time);
}

/** NaN has many bit patterns and zero has two: one of each is hashed. */
function addNumbers(hash: Hash, values: Float64Array): void {
  const chunk = new Float64Array(Math.min(values.length, 65_536));
  const bytes = new Uint8Array(chunk.buffer);
  for (let from = 0; from < values.length; from += chunk.length) {
    const size = Math.min(chunk.length, values.length - from);
    for (let i = 0; i < size; i++) {
      const value = values[from + i];
      chunk[i] = value !== value ? NaN : value + 0;
    }
    hash.update(bytes.subarray(0, size * 8));
  }
}
