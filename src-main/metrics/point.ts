/**
 * @file Point metrics. Every function takes observed and predicted values of equal length, target unit, shape (n),
 * without missing values ({@link usableRows} removes them first), and gives `null` where the metric has no meaning.
 * Signs: `bias` is predicted - actual, `nmbe` follows ASHRAE Guideline 14 and is actual - predicted.
 */
type Values = ArrayLike<number>;

/** Below this the denominator is noise of floating point, not a quantity. */
const TINY = 1e-12;

const mean = (sum: number, rows: number): number | null => (rows === 0 ? null : sum / rows);

/** Indices where actual and predicted are both finite, and how many finite actuals lack a prediction. */
export function usableRows(actual: Values, predicted: Values): { rows: Int32Array; unpredicted: number } {
  const rows = new Int32Array(actual.length);
  let count = 0;
  let unpredicted = 0;
  for (let i = 0; i < actual.length; i++) {
    if (!Number.isFinite(actual[i])) continue;
    if (Number.isFinite(predicted[i])) rows[count++] = i;
    else unpredicted++;
  }
  return { rows: rows.subarray(0, count), unpredicted };
}

/** Mean absolute error, target unit. */
export function mae(actual: Values, predicted: Values): number | null {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += Math.abs(predicted[i] - actual[i]);
  return mean(sum, actual.length);
}

/** Root mean squared error, target unit. */
export function rmse(actual: Values, predicted: Values): number | null {
  const value = mean(squaredErrors(actual, predicted), actual.length);
  return value === null ? null : Math.sqrt(value);
}

/** Coefficient of determination, 1 - SSE / SST; `null` when the actuals do not vary (scikit-learn says 0 or 1 there). */
export function r2(actual: Values, predicted: Values): number | null {
  const centre = average(actual);
  if (centre === null) return null;
  let total = 0;
  for (let i = 0; i < actual.length; i++) total += (actual[i] - centre) ** 2;
  return total <= TINY * Math.max(1, centre * centre) ? null : 1 - squaredErrors(actual, predicted) / total;
}

/** Mean absolute percentage error as a share; rows with actual 0 are left out. */
export function mape(actual: Values, predicted: Values): number | null {
  let sum = 0;
  let rows = 0;
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] === 0) continue;
    sum += Math.abs((predicted[i] - actual[i]) / actual[i]);
    rows++;
  }
  return mean(sum, rows);
}

/** Symmetric MAPE, mean of 2|p - a| / (|a| + |p|), 0..2; a row with both 0 is a perfect one. Makridakis (1993). */
export function smape(actual: Values, predicted: Values): number | null {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) {
    const size = Math.abs(actual[i]) + Math.abs(predicted[i]);
    if (size > 0) sum += (2 * Math.abs(predicted[i] - actual[i])) / size;
  }
  return mean(sum, actual.length);
}

/** Weighted absolute percentage error, sum |error| / sum |actual|, a share. */
export function wape(actual: Values, predicted: Values): number | null {
  let errors = 0;
  let size = 0;
  for (let i = 0; i < actual.length; i++) {
    errors += Math.abs(predicted[i] - actual[i]);
    size += Math.abs(actual[i]);
  }
  return size <= TINY ? null : errors / size;
}

/**
 * Mean absolute scaled error: MAE over the in-sample MAE of the seasonal naive forecast.
 * @param naiveScale {@link seasonalNaiveScale} of the training rows, target unit
 * @see Hyndman and Koehler, "Another look at measures of forecast accuracy", IJF 22 (2006)
 */
export function mase(actual: Values, predicted: Values, naiveScale: number): number | null {
  const error = mae(actual, predicted);
  return error === null || !(naiveScale > TINY) ? null : error / naiveScale;
}

/** Mean of predicted - actual, target unit: positive means the forecast is too high. */
export function bias(actual: Values, predicted: Values): number | null {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += predicted[i] - actual[i];
  return mean(sum, actual.length);
}

/**
 * Coefficient of variation of the RMSE: RMSE / |mean actual|, a share. ASHRAE Guideline 14 divides the squared errors by
 * n - p, p parameters of a model fitted to the same rows; on rows the model has not seen p is 0.
 */
export function cvrmse(actual: Values, predicted: Values): number | null {
  const centre = average(actual);
  const error = rmse(actual, predicted);
  return centre === null || error === null || Math.abs(centre) <= TINY ? null : error / Math.abs(centre);
}

/**
 * Normalised mean bias error, ASHRAE Guideline 14: sum(actual - predicted) / (n |mean actual|), a share. Positive means
 * the model predicts too little, the opposite sign of {@link bias}. p = 0 as in {@link cvrmse}.
 */
export function nmbe(actual: Values, predicted: Values): number | null {
  const centre = average(actual);
  const error = bias(actual, predicted);
  return centre === null || error === null || Math.abs(centre) <= TINY ? null : -error / Math.abs(centre) + 0;
}

/**
 * In-sample MAE of the seasonal naive forecast, the scale of MASE: mean |y(t) - y(t - season)| over rows `0..trainEnd - 1`
 * where both are there.
 * @param season steps, one day
 * @returns target unit; NaN when no pair exists
 */
export function seasonalNaiveScale(values: Values, trainEnd: number, season: number): number {
  let sum = 0;
  let pairs = 0;
  for (let i = season; i < trainEnd; i++) {
    const difference = Math.abs(values[i] - values[i - season]);
    if (!Number.isFinite(difference)) continue;
    sum += difference;
    pairs++;
  }
  return pairs === 0 ? Number.NaN : sum / pairs;
}

function average(values: Values): number | null {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return mean(sum, values.length);
}

function squaredErrors(actual: Values, predicted: Values): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += (predicted[i] - actual[i]) ** 2;
  return sum;
}
