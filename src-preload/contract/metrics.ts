/** @file The metrics every result carries, by their usual names. `null` where a metric does not apply. */
import { z } from 'zod';

const metric = z.number().nullable();

export const metricNames = [
  'rmse',
  'mae',
  'r2',
  'mape',
  'smape',
  'wape',
  'mase',
  'bias',
  'cvrmse',
  'nmbe',
  'peakError',
  'wql',
  'coverage80',
] as const;
export type MetricName = (typeof metricNames)[number];

export const metricsSchema = z.object({
  /** target unit */
  rmse: metric,
  /** target unit */
  mae: metric,
  r2: metric,
  /** share, 0.12 = 12 %; rows with actual 0 are left out */
  mape: metric,
  /** share, 0..2 */
  smape: metric,
  /** share */
  wape: metric,
  mase: metric,
  /** mean of predicted - actual, target unit */
  bias: metric,
  /** share of the mean actual */
  cvrmse: metric,
  /** share of the mean actual, ASHRAE G14 sign: sum(actual - predicted) */
  nmbe: metric,
  /** mean absolute error of the daily peak, target unit */
  peakError: metric,
  /** weighted quantile loss, share */
  wql: metric,
  /** share of actuals inside the 10..90 % interval */
  coverage80: metric,
});
export type Metrics = z.infer<typeof metricsSchema>;

/** Metrics where a larger value is better; for `bias` and `nmbe` nearer zero is better. */
export const higherIsBetter: ReadonlySet<MetricName> = new Set(['r2']);
