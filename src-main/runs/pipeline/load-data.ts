/** @file Step 2: the series of the recipe, cut to its range, on a regular grid (a missing row is a row of NaN). */
import { AppError } from '../../../src-preload/contract/index.ts';
import { toRegularGrid } from '../../data/cleaning/regular-grid.ts';
import { rowCount } from '../../data/frame.ts';
import type { Frame } from '../../data/frame.ts';
import { readTable } from '../../data/table-store.ts';
import { fromIsoDuration, toIsoDuration } from '../../data/time/resolution.ts';
import { formatLocal } from '../../data/time/zone.ts';
import type { StepDefinition } from '../step.ts';
import { count, writeFrame } from './artifacts.ts';
import type { FrameMeta } from './artifacts.ts';
import { resolveRecipe } from './resolve.ts';
import { endOf, startOf } from './time-range.ts';

export const loadData: StepDefinition = {
  id: 'load-data',
  version: 1,
  weight: 0.7,
  inputs: [],
  reusable: true,
  params: (spec) => {
    const { series, from, to } = resolveRecipe(spec).data;
    const { frequency, timezone, columns } = spec.dataset;
    return {
      table: spec.table,
      series,
      from,
      to,
      frequency,
      timezone,
      units: columns.map((column) => [column.name, column.unit]),
    };
  },
  async run(context) {
    const { spec } = context;
    const { series, from, to } = resolveRecipe(spec).data;
    const { timezone } = spec.dataset;
    const resolutionMs = fromIsoDuration(spec.dataset.frequency);
    const units = Object.fromEntries(spec.dataset.columns.map((column) => [column.name, column.unit]));
    const stored = readTable(context.objects.path(spec.table), { series }, { resolutionMs, timezone, units });
    context.progress(0.4, 'read');
    const cut = cutRange(
      stored,
      from === null ? -Infinity : startOf(from, timezone, 'data.from'),
      to === null ? Infinity : endOf(to, timezone, resolutionMs, 'data.to'),
    );
    if (rowCount(cut) === 0)
      throw new AppError({
        code: 'range-empty',
        message: `No row lies between data.from (${from ?? 'the beginning'}) and data.to (${to ?? 'the end'}).`,
        hint: `The data reaches from ${formatLocal(stored.time[0]!, timezone)} to ${formatLocal(stored.time.at(-1)!, timezone)}.`,
        place: { key: from === null ? 'data.to' : 'data.from' },
      });
    const frame = toRegularGrid(cut);
    const rows = rowCount(frame);
    const meta: FrameMeta = {
      resolutionMs,
      timezone,
      units,
      series,
      rows,
      start: frame.time[0]!,
      end: frame.time[rows - 1]!,
    };
    writeFrame(context, 'frame.parquet', frame);
    context.writeJson('frame.json', meta);
    const added = rows - rowCount(cut);
    context.log(
      'info',
      `${count(rows)} rows, ${toIsoDuration(resolutionMs)}, ${formatLocal(meta.start, timezone)} to ${formatLocal(meta.end, timezone)} (${timezone})` +
        `${series === null ? '' : `, series ${series}`}${added > 0 ? `; ${count(added)} missing rows added` : ''}`,
    );
  },
};

/** Rows whose interval begins in `[from, to)`, UTC ms. Arrays are views, not copies. */
export function cutRange(frame: Frame, from: number, to: number): Frame {
  const { time } = frame;
  let first = 0;
  while (first < time.length && time[first]! < from) first += 1;
  let last = time.length;
  while (last > first && time[last - 1]! >= to) last -= 1;
  if (first === 0 && last === time.length) return frame;
  return sliceRows(frame, first, last);
}

export function sliceRows(frame: Frame, first: number, last: number): Frame {
  return {
    ...frame,
    time: frame.time.subarray(first, last),
    columns: frame.columns.map((column) =>
      column.type === 'number'
        ? { ...column, values: column.values.subarray(first, last) }
        : { ...column, codes: column.codes.subarray(first, last) },
    ),
  };
}
