/** @file What the analysis works on between parsing and frames, and what it hands back. */
import type { ImportPreview } from '../../../src-preload/contract/index.ts';
import type { Column, Frame } from '../frame.ts';

export interface SeriesFrame {
  /** name in a long-form file, else null */
  readonly series: string | null;
  readonly frame: Frame;
}

/** Everything a preview shows, and the repaired table itself (empty while a blocking question is open). */
export interface Analysis extends ImportPreview {
  readonly frames: readonly SeriesFrame[];
}

/**
 * One series on its way from file to frame. `time` in milliseconds: wall clock written as UTC, or true instants, in
 * file order at first. Columns are replaced, never written to: the raw table belongs to the caller.
 */
export interface Part {
  readonly series: string | null;
  time: Float64Array;
  columns: Column[];
}

export const DAY = 86_400_000;
export const HOUR = 3_600_000;
export const MINUTE = 60_000;
