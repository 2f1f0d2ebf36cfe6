/** @file What of a frame Chronos-2 is trained on, and which of its windows decide when it is trained enough. */
import { AppError } from '../../../src-preload/contract/index.ts';
import { findColumn } from '../../data/frame.ts';
import type { Frame } from '../../data/frame.ts';
import { targetValues } from '../series.ts';
import { encodeCategories, textsOf } from './categories.ts';
import type { SeriesColumns } from './forecast-series.ts';
import { cutCount, lastCuts } from './training-windows.ts';
import type { TrainingSeries, WindowPlan } from './training-windows.ts';

export interface TuningSeries {
  readonly train: TrainingSeries;
  /** the training rows and those after them */
  readonly validation: TrainingSeries;
  /** cuts in `validation`; empty: none is wanted, or none can be spared */
  readonly cuts: readonly number[];
}

/** More of the newest part than this tells no more, and costs its time at every look. */
const mostWindows = 64;

/**
 * Rows `0 .. trainEnd - 1` of a frame, from the first reading on; none after them is read.
 * @param share of these rows, the newest, that is kept for validation
 * @throws AppError `unknown-column`, `target-not-number`, `too-few-rows`
 */
export function tuningSeries(
  frame: Frame,
  columns: SeriesColumns,
  trainEnd: number,
  plan: WindowPlan,
  share: number,
): TuningSeries {
  const all = targetValues(frame, columns.target);
  // a sliding window of training hides what is older
  const first = Math.max(0, all.findIndex(Number.isFinite));
  const target = all.subarray(first, trainEnd);
  const windows = Math.min(mostWindows, Math.floor((share * target.length) / plan.horizon));
  const spared = share > 0 ? Math.max(1, windows) : 0;
  const wanted = lastCuts(target.length, plan, spared);
  const cuts = cutCount(target.length - wanted.length * plan.horizon, plan) > 0 ? wanted : [];
  const head = target.length - cuts.length * plan.horizon;
  if (cutCount(head, plan) === 0)
    throw new AppError({
      code: 'too-few-rows',
      message: `${target.length} training rows are too few: a training window needs ${plan.leastPast} steps of the past and ${plan.horizon} ahead.`,
      hint: 'Take a shorter forecast.horizon or a lower model.params.min_past, or import a longer series.',
    });
  const rows = (names: readonly string[]): Float64Array[] =>
    names.map((name) => covariate(frame, name, target, { first, trainEnd, head }));
  const validation: TrainingSeries = { target, past: rows(columns.past), known: rows(columns.known) };
  const train: TrainingSeries = {
    target: target.subarray(0, head),
    past: validation.past.map((row) => row.subarray(0, head)),
    known: validation.known.map((row) => row.subarray(0, head)),
  };
  return { train, validation, cuts };
}

/** Categories stand for means of the target over the rows that train, as in the original over all it is given. */
function covariate(
  frame: Frame,
  name: string,
  target: Float64Array,
  { first, trainEnd, head }: { readonly first: number; readonly trainEnd: number; readonly head: number },
): Float64Array {
  const column = findColumn(frame, name);
  if (column === undefined)
    throw new AppError({
      code: 'unknown-column',
      message: `There is no column "${name}".`,
      hint: `Columns: ${frame.columns.map((entry) => entry.name).join(', ')}.`,
    });
  if (column.type === 'number') return column.values.subarray(first, trainEnd);
  const texts = textsOf(column, first, trainEnd);
  const [encoded] = encodeCategories([
    { targets: [target.subarray(0, head)], past: texts.slice(0, head), future: texts.slice(head) },
  ]);
  return Float64Array.from([...encoded.past, ...encoded.future]);
}
