/** @file The values of one forecast by a finished run's model: the model's own quantiles, or intervals of past errors around its points. */
import path from 'node:path';
import type { Forecast, Recipe } from '../../src-preload/contract/index.ts';
import type { Frame } from '../data/frame.ts';
import { applyIntervals } from '../metrics/intervals.ts';
import type { CalibrationResiduals } from '../metrics/intervals.ts';
import type { ForecastBatch } from '../models/estimator.ts';
import { keepDeviceTrials } from '../runs/process/device-trials.ts';
import type { Workspace } from '../workspace/types.ts';
import { reviveFinal } from './trained-model.ts';
import type { TrainedModel } from './trained-model.ts';

export interface ForecastJob {
  /** rows `0 .. origin + steps` */
  readonly full: Frame;
  readonly window: { readonly origin: number; readonly steps: number };
  readonly trained: TrainedModel;
  readonly levels: readonly number[];
  /** what the model finds odd is added to them */
  readonly warnings: Forecast['warnings'];
  /** where networks may run: what the run's recipe says */
  readonly choice: Recipe['runtime']['device'];
}

/** @returns the forecast of one origin, and what networks ran on: null where there was none */
export async function forecastValues(
  workspace: Pick<Workspace, 'objects' | 'path'>,
  job: ForecastJob,
): Promise<{ batch: ForecastBatch; device: string | null }> {
  const { full, window, levels, warnings, choice } = job;
  const { final, intervals } = job.trained;
  const { horizon } = final.signature;
  const model = reviveFinal(final, workspace);
  if (window.steps > horizon && model.anyHorizon !== true)
    warnings.push({
      code: 'beyond-horizon',
      message: `The model was trained for ${horizon} steps; beyond them it forecasts over its own forecasts, and intervals are widened by the square root of the number of rounds.`,
    });
  const devices = new Set<string>();
  const points = await model.forecast(full, Int32Array.of(window.origin), window.steps, 0, {
    levels,
    // a driver that ended a run is left alone here too
    device: {
      choice,
      trials: keepDeviceTrials(path.join(workspace.path, 'device-trials.json')),
      used: (name) => void devices.add(name),
    },
    progress: () => undefined,
    log(level, message) {
      if (level === 'warn' && !warnings.some((one) => one.message === message))
        warnings.push({ code: 'model-warning', message });
    },
  });
  const errors = knownBy(intervals, full.time[window.origin]!);
  const batch = applyIntervals(points, errors, levels, {
    time: full.time,
    gap: 0,
    nonNegative: final.nonNegative,
  });
  return {
    batch: model.anyHorizon ? batch : widen(batch, horizon, final.nonNegative),
    device: devices.size === 0 ? null : [...devices].sort().join(', '),
  };
}

const weekMs = 7 * 86_400_000;

/**
 * A look back lies before the errors that are kept, and an origin is never shown errors of its future. It is no test
 * anyway (see `in-sample`), so the errors are moved to before it, by whole weeks: time of day and weekday stay.
 */
function knownBy(residuals: CalibrationResiduals, origin: number): CalibrationResiduals {
  const latest = residuals.time.at(-1) ?? origin;
  if (latest <= origin) return residuals;
  const shift = Math.ceil((latest - origin) / weekMs) * weekMs;
  return { ...residuals, time: residuals.time.map((time) => time - shift) };
}

/**
 * Past errors speak of the trained horizon only. Round k of a forecast over forecasts starts from k - 1 uncertain
 * ones, so its spread grows as that of a sum of k independent steps: by the square root of k.
 */
function widen(batch: ForecastBatch, horizon: number, nonNegative: boolean): ForecastBatch {
  const { levels, quantiles, point } = batch;
  if (levels === null || quantiles === null) return batch;
  const wide = quantiles.slice();
  for (let step = horizon; step < batch.horizon; step += 1) {
    const factor = Math.sqrt(Math.floor(step / horizon) + 1);
    for (let j = 0; j < levels.length; j += 1) {
      const at = step * levels.length + j;
      const value = point[step]! + (wide[at]! - point[step]!) * factor;
      wide[at] = nonNegative ? Math.max(0, value) : value;
    }
  }
  return { ...batch, quantiles: wide };
}
