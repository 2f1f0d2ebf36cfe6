/** @file A frame with a row for every step: what was not read is a row of missing values, so that a lag is an index. */
import { AppError } from '../../../src-preload/contract/index.ts';
import { thousands } from '../analysis/numbers.ts';
import { toIsoDuration } from '../time/resolution.ts';
import type { Column, Frame } from '../frame.ts';

/** A grid this much longer than the readings is a mistyped date, not a gap. */
const MOST_EMPTY = 20;
const ALWAYS_FINE = 100_000;

/**
 * @param frame times ascending, whole steps apart up to rounding
 * @returns first to last row of `frame`, one row per `resolutionMs`; the frame itself when it is regular already
 * @throws AppError `grid-too-sparse` when nearly all rows of the grid would be missing, `bad-time-axis` when rows are not ascending
 */
export function toRegularGrid(frame: Frame): Frame {
  const { time, resolutionMs } = frame;
  const n = time.length;
  if (n === 0) return frame;
  const places = new Int32Array(n);
  let regular = true;
  const rows = Math.round((time[n - 1] - time[0]) / resolutionMs) + 1;
  if (rows > Math.max(ALWAYS_FINE, MOST_EMPTY * n))
    throw new AppError({
      code: 'grid-too-sparse',
      message: `Between ${iso(time[0])} and ${iso(time[n - 1])} there are ${thousands(rows)} steps of ${toIsoDuration(resolutionMs)}, but only ${thousands(n)} readings.`,
      hint: 'Look for a mistyped year, or limit the range with data.from and data.to in the recipe.',
    });
  for (let i = 0; i < n; i++) {
    places[i] = Math.round((time[i] - time[0]) / resolutionMs);
    if (i > 0 && places[i] <= places[i - 1])
      throw new AppError({
        code: 'bad-time-axis',
        message: `Rows ${i} and ${i + 1} (${iso(time[i - 1])}, ${iso(time[i])}) are not one step of ${toIsoDuration(resolutionMs)} apart.`,
        hint: 'Import the file again: the importer sorts rows and resolves duplicates.',
      });
    if (places[i] !== i || time[i] !== time[0] + i * resolutionMs) regular = false;
  }
  if (regular) return frame;
  const grid = new Float64Array(rows);
  for (let i = 0; i < rows; i++) grid[i] = time[0] + i * resolutionMs;
  return { ...frame, time: grid, columns: frame.columns.map((column) => spread(column, places, rows)) };
}

function spread(column: Column, places: Int32Array, rows: number): Column {
  if (column.type === 'number') {
    const values = new Float64Array(rows).fill(NaN);
    for (let i = 0; i < places.length; i++) values[places[i]] = column.values[i];
    return { ...column, values };
  }
  const codes = new Int32Array(rows).fill(-1);
  for (let i = 0; i < places.length; i++) codes[places[i]] = column.codes[i];
  return { ...column, codes };
}

const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
