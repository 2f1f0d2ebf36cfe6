/**
 * @file The series a model is applied to: the latest readings on the model's grid, cleaned, and drawn out over the
 * horizon so that what is known ahead has a place.
 *
 *   rows   0 ................ origin | origin+1 ........ origin+steps
 *   target readings (cleaned)        | missing
 *   known  values                    | values of the file, or of the calendar
 */
import { AppError } from '../../src-preload/contract/index.ts';
import type { DatasetVersion, Recipe } from '../../src-preload/contract/index.ts';
import { cleanTarget } from '../data/cleaning/clean.ts';
import { toRegularGrid } from '../data/cleaning/regular-grid.ts';
import { findColumn, rowCount } from '../data/frame.ts';
import type { Column, Frame } from '../data/frame.ts';
import { readTable } from '../data/table-store.ts';
import { fromIsoDuration } from '../data/time/resolution.ts';
import { formatLocal, utcToWall } from '../data/time/zone.ts';
import { sliceRows } from '../runs/pipeline/load-data.ts';
import type { Signature } from '../runs/pipeline/final-model.ts';

const weekMs = 7 * 86_400_000;

/**
 * The readings on a regular grid, from where the model's training began.
 * @param file Parquet of the dataset version
 * @throws AppError `signature-mismatch` when columns, units or resolution are not the model's
 */
export function readProductionFrame(file: string, version: DatasetVersion, signature: Signature): Frame {
  const resolutionMs = fromIsoDuration(version.frequency);
  checkSignature(version, signature);
  const units = Object.fromEntries(version.columns.map((column) => [column.name, column.unit]));
  const wanted = [signature.target, ...signature.inputs.map((input) => input.name)];
  const stored = readTable(
    file,
    { series: signature.series, columns: [...new Set(wanted)] },
    { resolutionMs, timezone: version.timezone, units },
  );
  const grid = toRegularGrid(stored);
  // what lies before the training's beginning was left out on purpose
  const first = Math.round((signature.start - grid.time[0]!) / resolutionMs);
  return first > 0 && first < rowCount(grid) ? sliceRows(grid, first, rowCount(grid)) : grid;
}

function checkSignature(version: DatasetVersion, signature: Signature): void {
  const problems: string[] = [];
  if (version.frequency !== signature.frequency)
    problems.push(`a step of ${signature.frequency}, found ${version.frequency}`);
  if (version.timezone !== signature.timezone)
    problems.push(`the time zone ${signature.timezone}, found ${version.timezone}`);
  const needed = [{ name: signature.target, unit: signature.unit }, ...signature.inputs];
  for (const { name, unit } of needed) {
    const column = version.columns.find((candidate) => candidate.name === name);
    if (!column) problems.push(`a column "${name}"`);
    else if (column.unit !== unit)
      problems.push(`"${name}" in ${unit ?? 'no unit'}, found ${column.unit ?? 'none'}`);
  }
  if (problems.length > 0)
    throw new AppError({
      code: 'signature-mismatch',
      message: `The model does not fit ${version.dataset} version ${version.version}: it expects ${problems.join('; ')}.`,
      hint: 'Train it again on this data.',
      details: { expected: signature },
    });
}

/**
 * Rows `0 .. origin + steps`: the target cleaned up to the origin and missing after it, past columns as they are up to
 * the origin, known columns drawn out.
 * @throws AppError `covariates-missing` naming the first missing moment
 */
export function drawOut(
  frame: Frame,
  origin: number,
  steps: number,
  signature: Signature,
  parts: { readonly cleaning: Recipe['cleaning']; readonly version: DatasetVersion },
): Frame {
  const history = sliceRows(frame, 0, origin + 1);
  const cleaned = cleanTarget(history, signature.target, parts.cleaning, origin + 1).frame;
  const rows = origin + 1 + steps;
  const time = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) time[row] = frame.time[0]! + row * frame.resolutionMs;
  const known = new Set(signature.inputs.filter((input) => input.role !== 'past').map((input) => input.name));
  const wall = known.size > 0 ? utcToWall(time, frame.timezone) : new Float64Array();
  const columns = cleaned.columns.map((column) => {
    if (!known.has(column.name)) return padded(column, rows);
    const source = findColumn(frame, column.name)!;
    const byCalendar = parts.version.columns.find((info) => info.name === column.name)?.knownAhead ?? false;
    const full = padded(source, rows);
    const filled = byCalendar ? fillByCalendar(full, wall, frame.resolutionMs, origin) : full;
    requireKnown(filled, time, origin, frame.timezone);
    return filled;
  });
  return { ...frame, time, columns };
}

/** Cut or drawn out to `rows`; missing beyond its own values. */
function padded(column: Column, rows: number): Column {
  if (column.type === 'number') {
    const values = new Float64Array(rows).fill(Number.NaN);
    values.set(column.values.subarray(0, rows));
    return { ...column, values };
  }
  const codes = new Int32Array(rows).fill(-1);
  codes.set(column.codes.subarray(0, rows));
  return { ...column, codes };
}

/** A column that follows from the calendar (weekday, seconds since midnight) is as it was a week before. */
function fillByCalendar(column: Column, wall: Float64Array, resolutionMs: number, origin: number): Column {
  const rowOf = new Map<number, number>();
  const slot = (value: number): number => Math.round(value / resolutionMs);
  const from = Math.max(0, origin - Math.ceil((2 * weekMs) / resolutionMs));
  for (let row = from; row < wall.length; row += 1) rowOf.set(slot(wall[row]!), row);
  const copy: Column =
    column.type === 'number'
      ? { ...column, values: column.values.slice() }
      : { ...column, codes: column.codes.slice() };
  for (let row = origin + 1; row < wall.length; row += 1) {
    const before = rowOf.get(slot(wall[row]! - weekMs));
    if (before === undefined) continue;
    if (copy.type === 'number') {
      if (!Number.isFinite(copy.values[row])) copy.values[row] = copy.values[before]!;
    } else if (copy.codes[row]! < 0) copy.codes[row] = copy.codes[before]!;
  }
  return copy;
}

function requireKnown(column: Column, time: Float64Array, origin: number, timezone: string): void {
  for (let row = origin + 1; row < time.length; row += 1) {
    const missing = column.type === 'number' ? !Number.isFinite(column.values[row]) : column.codes[row]! < 0;
    if (missing)
      throw new AppError({
        code: 'covariates-missing',
        message: `"${column.name}" must be known over the horizon, but has no value at ${formatLocal(time[row]!, timezone)}.`,
        hint: `Import a file whose rows go on beyond the last reading, with "${column.name}" filled in and the target empty.`,
        place: { column: column.name },
      });
  }
}
