/**
 * @file The table every domain function takes and returns: columns of equal length over one time axis.
 * Time is UTC milliseconds of the *beginning* of each interval; number types are decided here, once.
 */

/** NaN is a missing reading. 64 bit: meter totals need the precision, and one column of a year is 280 kB. */
export interface NumberColumn {
  readonly name: string;
  readonly type: 'number';
  readonly unit: string | null;
  readonly values: Float64Array;
}

/** `codes[i]` indexes `levels`; -1 is missing. */
export interface CategoryColumn {
  readonly name: string;
  readonly type: 'category';
  readonly levels: readonly string[];
  readonly codes: Int32Array;
}

export type Column = NumberColumn | CategoryColumn;

/** One series: `time` strictly ascending. On a regular grid once `toRegularGrid` has run (gaps become NaN / -1). */
export interface Frame {
  readonly time: Float64Array;
  /** step between rows in milliseconds */
  readonly resolutionMs: number;
  /** IANA zone or `UTC` */
  readonly timezone: string;
  readonly columns: readonly Column[];
}

export const rowCount = (frame: Frame): number => frame.time.length;

export function findColumn(frame: Frame, name: string): Column | undefined {
  return frame.columns.find((column) => column.name === name);
}
