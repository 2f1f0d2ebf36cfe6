/** @file Hourly means of a backtest: the values ASHRAE Guideline 14 sets its limits for. */
import type { Backtest } from '../metrics/backtest.ts';
import { HOUR_MS } from '../metrics/local-clock.ts';

/** Complete hours of finite pairs, shape (hours) each; values of a coarser resolution are taken as they are. */
export function hourly(backtest: Backtest): { actual: Float64Array; predicted: Float64Array } {
  const perHour = Math.max(1, Math.round(HOUR_MS / backtest.resolutionMs));
  const hours = new Map<number, { rows: number; actual: number; predicted: number }>();
  for (let cell = 0; cell < backtest.time.length; cell++) {
    const actual = backtest.actual[cell];
    const predicted = backtest.batch.point[cell];
    if (!Number.isFinite(actual) || !Number.isFinite(predicted)) continue;
    // windows that overlap are kept apart, so that each hour belongs to one forecast
    const window = Math.floor(cell / backtest.plan.horizon);
    const key = window * 1e9 + Math.floor(backtest.time[cell] / HOUR_MS);
    const hour = hours.get(key) ?? { rows: 0, actual: 0, predicted: 0 };
    hour.rows++;
    hour.actual += actual;
    hour.predicted += predicted;
    hours.set(key, hour);
  }
  // One step ahead, an hour is spread over several windows: then each value stands alone.
  const complete = [...hours.values()].filter((hour) => hour.rows === perHour);
  const whole = complete.length > 0 ? complete : [...hours.values()];
  return {
    actual: Float64Array.from(whole, (hour) => hour.actual / hour.rows),
    predicted: Float64Array.from(whole, (hour) => hour.predicted / hour.rows),
  };
}
