/**
 * @file Time-ordered folds inside the training rows, for out-of-fold predictions.
 *
 *   rows     0 .......... trainEnd of fold 1 | forecasts of fold 1 |
 *            0 ................ trainEnd of fold 2 ................| forecasts of fold 2 |
 *
 * A fold's models are fitted on the rows before its first origin and forecast from its origins: nothing is shuffled, and no
 * model ever saw a row that it is scored on.
 */

export interface Fold {
  /** rows 0 .. trainEnd - 1 fit the members */
  readonly trainEnd: number;
  /** forecast: ascending; the first is `trainEnd - 1`, none sees its own forecast rows */
  readonly origins: Int32Array;
  /** regression: rows predicted, `from .. to - 1` */
  readonly from: number;
  readonly to: number;
}

export interface FoldRequest {
  /** rows that may be used */
  readonly trainEnd: number;
  /** first row with a reading of the target */
  readonly start: number;
  readonly folds: number;
  /** share of the rows before the first fold */
  readonly firstShare: number;
}

/** Forecast cells that a combiner learns from at most: beyond it more of them cost time and tell little. */
const maxCells = 20_000;

/**
 * Folds of forecasts. Origins reach back from the last training row in whole strides, in step with those that will be
 * asked for; their forecast rows `origin + gap + 1 .. origin + gap + horizon` lie inside the training rows.
 * @returns fewer folds where there are few origins; none where there is not one
 */
export function forecastFolds(
  request: FoldRequest & { readonly horizon: number; readonly gap: number; readonly stride: number },
): Fold[] {
  const { trainEnd, start, folds, firstShare, horizon, gap, stride } = request;
  const earliest = start + Math.max(1, Math.floor((trainEnd - start) * firstShare)) - 1;
  const last = trainEnd - 1 - stride * Math.ceil((gap + horizon) / stride);
  const all: number[] = [];
  for (let origin = last; origin >= earliest; origin -= stride) all.push(origin);
  const every = Math.ceil((all.length * horizon) / maxCells);
  const origins = all.filter((_, i) => i % every === 0).reverse();
  return divide(origins.length, folds).map(([from, to]) => ({
    trainEnd: origins[from] + 1,
    origins: Int32Array.from(origins.slice(from, to)),
    from: 0,
    to: 0,
  }));
}

/** Folds of same-instant predictions: consecutive stretches of rows. */
export function rowFolds({ trainEnd, start, folds, firstShare }: FoldRequest): Fold[] {
  const first = start + Math.max(1, Math.floor((trainEnd - start) * firstShare));
  return divide(trainEnd - first, folds).map(([from, to]) => ({
    trainEnd: first + from,
    origins: new Int32Array(),
    from: first + from,
    to: first + to,
  }));
}

/** Consecutive parts of `0 .. count - 1`, as even as can be, none empty. */
function divide(count: number, parts: number): [number, number][] {
  const n = Math.min(parts, count);
  return Array.from({ length: n }, (_, k) => [
    Math.floor((k * count) / n),
    Math.floor(((k + 1) * count) / n),
  ]);
}
