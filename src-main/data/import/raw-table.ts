/** @file What parsing a file yields, before any repair: rows in file order, nothing moved, nothing dropped. */
import type { FileFormat, ImportQuestion, Warning } from '../../../src-preload/contract/index.ts';
import type { CategoryColumn, Column } from '../frame.ts';

export type Progress = (fraction: number, message: string) => void;

/** What a reader of one format knows; {@link RawTable} adds the file itself. */
export type TableWithoutFile = Omit<RawTable, 'file' | 'bytes'>;

export interface RawTable {
  readonly file: string;
  readonly bytes: number;
  readonly format: FileFormat;
  /**
   * Stamps in file order, milliseconds. `absolute`: true instants (epoch, or an offset in the text).
   * Otherwise the wall clock written as if it were UTC: the zone is applied later. NaN where unreadable.
   */
  readonly time: Float64Array;
  readonly absolute: boolean;
  /** stamps written as `start - end`: the start is in `time`, and this is the ends; else null */
  readonly intervalEnd: Float64Array | null;
  /** column names the stamps were read from */
  readonly timestampColumns: readonly string[];
  /** long form: which series a row belongs to; else null */
  readonly series: CategoryColumn | null;
  /** without the timestamp and series columns; numbers keep their unit from the units row or the header */
  readonly columns: readonly Column[];
  readonly questions: readonly ImportQuestion[];
  readonly warnings: readonly Warning[];
  readonly sampleHeader: readonly string[];
  readonly sample: readonly (readonly (string | null)[])[];
}
