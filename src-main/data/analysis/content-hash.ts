/**
 * @file The identity of a dataset's content: what the table holds and how it was read, not where the file lay, what it
 * was called, how it was sorted or compressed. The same content is the same version.
 */
import { createHash } from 'node:crypto';
import type { Repair } from '../../../src-preload/contract/index.ts';
import type { SeriesFrame } from './types.ts';

export interface Reading {
  readonly timezone: string;
  readonly stamps: string;
  readonly frequency: string;
  readonly repairs: readonly Repair[];
}

/** Raised when the same bytes would mean something else, or the same content is written in other bytes. */
const FORMAT = 'voltcast-table-2';
/** Repairs of the file's layout leave the table as a well-ordered file would have given it. */
const ofLayout = new Set<string>(['out-of-order', 'duplicate-timestamps', 'category-spelling']);

/**
 * @param table sha256 of the stored table, whose bytes hang on its content alone (table-store.ts)
 * @param frames what is stored in it; all have the same columns
 * @returns sha256, hex
 */
export function contentHash(table: string, frames: readonly SeriesFrame[], reading: Reading): string {
  const repairs = reading.repairs
    .filter((repair) => repair.applied && !ofLayout.has(repair.code))
    .map((repair) => `${repair.code}:${repair.column ?? ''}`)
    .sort();
  const units = frames[0].frame.columns.map((column) => (column.type === 'number' ? column.unit : null));
  const { timezone, stamps, frequency } = reading;
  const identity = { format: FORMAT, timezone, stamps, frequency, repairs, units, table };
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}
